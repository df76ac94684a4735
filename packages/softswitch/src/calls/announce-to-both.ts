import type { AudioClip, MediaSession, MediaSide, MixPart } from '@dialtone/media'
import type { Phrase } from '../services/phrase.ts'
import type { CallContext } from './call-context.ts'
import { languageOf } from './language-of.ts'
import type { CallAccount } from './state/call-event.ts'

const SIDES = ['a', 'b'] as const
const SAMPLES_PER_MS = 8
const SAMPLE_BYTES = 2
/** What says in North America that a call is recorded (47 CFR 64.501(b)(3)). */
const BEEP = { kind: 'tone', frequenciesHz: [1400], durationMs: 200 } as const

/** What the two who talk are told, how they hear each other meanwhile, and when it has to be over. */
export interface Announcement {
  readonly phrases: readonly Phrase[]
  /** Whose it is: in the language of that account. */
  readonly account: Pick<CallAccount, 'accountId' | 'partitionId'>
  readonly part: MixPart
  readonly endsInMs?: number | undefined
  /** The one who hears it; left out: both. */
  readonly to?: MediaSide | undefined
  /** The first word is said now. */
  readonly onBegun?: () => void
}

/** So often both hear this tone, and each other beneath it. @returns false when they cannot */
export function beepToBoth(call: CallContext, session: MediaSession, times: number): Promise<boolean> {
  const beep = [BEEP, { kind: 'silence', durationMs: BEEP.durationMs }] as const
  return sayToBoth(call, session, Array.from({ length: times }, () => beep).flat(), { part: { kind: 'talk' } })
}

/** Both parties of a call hear the same words, from our own end, or one of them beneath the other one's voice. @returns false when they cannot be told */
export async function announceToBoth(call: CallContext, session: MediaSession, { phrases, account, endsInMs, ...how }: Announcement): Promise<boolean> {
  const { needs } = call
  const askedAtMs = needs.clock.nowMs()
  const language = languageOf(needs.directory.snapshotOf(account.accountId))
  const clips = (await needs.services?.clipsOf(account, phrases, language).catch(() => [])) ?? []
  const durationMs = durationMsOf(clips)
  // The words took their time to come.
  const startsInMs = endsInMs === undefined ? 0 : askedAtMs + endsInMs - durationMs - needs.clock.nowMs()
  if (startsInMs > 0) await passed(call, startsInMs)
  return sayToBoth(call, session, clips, how)
}

type Manner = Pick<Announcement, 'part' | 'to' | 'onBegun'>

async function sayToBoth(call: CallContext, session: MediaSession, clips: readonly AudioClip[], { part, to, onBegun }: Manner): Promise<boolean> {
  const { state } = call
  const mixId = `announcement:${state.sessionId}`
  const isFree = (): boolean => call.state.mix === undefined && call.state.phase !== 'over'
  const isIn = clips.length > 0 && isFree() && SIDES.every((side) => session.joinMix(side, mixId, part).ok)
  if (isIn) {
    session.announceInMix(to ?? 'a', clips, to === undefined ? 'all' : 'side')
    onBegun?.()
    await passed(call, durationMsOf(clips))
  }
  // Somebody who joined the call meanwhile has them in a mix of their own.
  if (isFree()) for (const side of SIDES) session.leaveMix(side)
  return isIn
}

function passed({ needs }: CallContext, durationMs: number): Promise<void> {
  return new Promise((resolve) => needs.timers.start(durationMs, resolve))
}

function durationMsOf(clips: readonly AudioClip[]): number {
  return clips.reduce((sum, clip) => sum + (clip.kind === 'samples' ? clip.samples.byteLength / SAMPLE_BYTES / SAMPLES_PER_MS : clip.durationMs), 0)
}
