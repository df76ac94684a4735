import type { SeededNumbers } from './seeded-numbers.ts'

/** What a kind of phone tends to do, as chances. */
export interface Manners {
  readonly answers: number
  /** Rings until somebody ends it. */
  readonly ringsForever: number
  /** Its cable is pulled while it rings or talks. */
  readonly vanishes: number
  /** Sends the other end to somebody else, or takes the call over to its user's other phone. */
  readonly transfers: number
  /** Goes on though it was cancelled. */
  readonly deafness: number
  readonly refusals: readonly [number, ...number[]]
}

export const PEOPLE: Manners = {
  answers: 0.65,
  ringsForever: 0.1,
  vanishes: 0.03,
  transfers: 0.15,
  deafness: 0.2,
  refusals: [486, 486, 603, 480, 404, 500, 600, 302, 488],
}
export const CARRIERS: Manners = {
  answers: 0.6,
  ringsForever: 0.05,
  vanishes: 0.01,
  transfers: 0,
  deafness: 0.2,
  refusals: [503, 503, 500, 404, 486, 408, 502],
}

/** What a phone does about one call. */
export interface Manner {
  readonly progress: readonly { readonly statusCode: number; readonly afterMs: number; readonly withMedia: boolean; readonly reliable: boolean }[]
  /** undefined: it never says yes or no. */
  readonly final: { readonly statusCode: number; readonly afterMs: number } | undefined
  readonly vanishAfterMs: number | undefined
  /** When it wants other media though nobody has answered: UPDATE (RFC 3311 5.1). */
  readonly updatesAtMs: readonly number[]
}

export function drawManner(numbers: SeededNumbers, manners: Manners): Manner {
  const progress: Manner['progress'][number][] = []
  for (let count = numbers.below(3); count > 0; count--) {
    const statusCode = numbers.pick([180, 180, 183, 181])
    const withMedia = statusCode === 183 && numbers.chance(0.7)
    progress.push({ statusCode, afterMs: numbers.below(3000), withMedia, reliable: numbers.chance(0.5) })
  }
  const updatesAtMs = numbers.chance(0.2) ? [1000 * numbers.below(4), numbers.below(6000)] : []
  const vanishAfterMs = numbers.chance(manners.vanishes) ? numbers.below(8000) : undefined
  const afterMs = numbers.chance(0.3) ? numbers.below(50) : numbers.below(9000)
  if (numbers.chance(manners.answers)) return { progress, final: { statusCode: 200, afterMs }, vanishAfterMs, updatesAtMs }
  if (numbers.chance(manners.ringsForever)) return { progress, final: undefined, vanishAfterMs, updatesAtMs }
  return { progress, final: { statusCode: numbers.pick(manners.refusals), afterMs }, vanishAfterMs, updatesAtMs }
}

export type TalkAct = 'bye' | 'reinvite' | 'resume' | 'change mind' | 'update' | 'info' | 'vanish' | 'restart' | 'transfer' | 'transfer and leave' | 'pull'

/** What a phone does in an answered call; the other one has plans of its own. */
export function drawTalk(numbers: SeededNumbers, manners: Manners): readonly { readonly afterMs: number; readonly act: TalkAct }[] {
  const acts: { readonly afterMs: number; readonly act: TalkAct }[] = []
  // Round instants, so that both ends often do something in the same one: glare (RFC 3261 14.1), crossing BYEs.
  const instant = (): number => (numbers.chance(0.4) ? 1000 * numbers.below(20) : numbers.below(30_000))
  if (numbers.chance(0.4)) acts.push({ afterMs: instant(), act: 'reinvite' }, { afterMs: instant(), act: 'resume' })
  if (numbers.chance(0.2)) acts.push({ afterMs: instant(), act: 'reinvite' })
  if (numbers.chance(0.15)) acts.push({ afterMs: instant(), act: 'change mind' })
  for (let updates = numbers.chance(0.2) ? 1 + numbers.below(2) : 0; updates > 0; updates--) acts.push({ afterMs: instant(), act: 'update' })
  for (let keys = numbers.chance(0.3) ? numbers.below(6) : 0; keys > 0; keys--) acts.push({ afterMs: instant(), act: 'info' })
  if (numbers.chance(manners.vanishes)) acts.push({ afterMs: instant(), act: 'vanish' })
  if (numbers.chance(manners.vanishes)) acts.push({ afterMs: instant(), act: 'restart' })
  if (numbers.chance(manners.transfers)) acts.push({ afterMs: instant(), act: 'transfer' })
  if (numbers.chance(manners.transfers / 2)) acts.push({ afterMs: instant(), act: 'transfer and leave' })
  if (numbers.chance(manners.transfers)) acts.push({ afterMs: instant(), act: 'pull' })
  if (numbers.chance(0.6)) acts.push({ afterMs: numbers.chance(0.15) ? numbers.below(100) : instant(), act: 'bye' })
  return acts
}
