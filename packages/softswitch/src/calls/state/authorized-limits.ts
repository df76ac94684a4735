import type { CallState } from './call-state.ts'
import { answeredAtOf } from './late-legs.ts'

/** A timer may be that much early, and a call go on so long while more is asked for. */
export const TICK_MS = 50

/** So long before the authorised time is over it is asked for more: who gets none is told, and the call ends in the second of the limit. */
const ASKED_BEFORE_MS = 7_000

export interface Limit {
  readonly reservationId: string
  readonly accountId: string
  readonly atMs: number
  /** When it is asked for more; of very little, after half of it. */
  readonly askAtMs: number
}

function limitOf({
  recordId: reservationId,
  accountId,
  fromMs,
  maxSeconds,
}: {
  recordId: string
  accountId: string
  fromMs: number
  maxSeconds: number
}): Limit {
  const atMs = fromMs + maxSeconds * 1000
  return { reservationId, accountId, atMs, askAtMs: atMs - Math.min(ASKED_BEFORE_MS, maxSeconds * 500) }
}

/** When the authorised time of each payer is over. */
export function limitsOf(state: CallState): readonly Limit[] {
  const { transfer } = state
  if (!isLimited(state)) return NO_LIMITS
  const views = transfer.recordsMoved ? [] : [...state.accounts, ...(state.forwards ?? [])]
  const own = views.flatMap((view): Limit[] => {
    const { recordId, accountId, authorization, ended } = view
    const fromMs = answeredAtOf(state, view)
    if (authorization?.maxSeconds === undefined || ended !== undefined || fromMs === undefined) return []
    return [limitOf({ recordId, accountId, fromMs, maxSeconds: authorization.maxSeconds })]
  })
  const carried = [transfer.guests.caller, transfer.guests.callee].flatMap((guest) => guest?.records ?? [])
  const others = carried.flatMap(({ id: recordId, accountId, authorization, answeredAtMs: fromMs }): Limit[] =>
    authorization?.maxSeconds === undefined || fromMs === undefined ? [] : [limitOf({ recordId, accountId, fromMs, maxSeconds: authorization.maxSeconds })],
  )
  return [...own, ...others]
}

const NO_LIMITS: readonly Limit[] = []

/** Nearly every call is free of limits, and is spared the search. */
function isLimited({ accounts, forwards, transfer, talkEnded }: CallState): boolean {
  // Its own legs are over, and those who joined it talk on: that costs nobody anything.
  if (talkEnded !== undefined) return false
  const { caller, callee } = transfer.guests
  if (caller !== undefined || callee !== undefined || forwards !== undefined) return true
  return accounts.some(({ authorization }) => authorization?.maxSeconds !== undefined)
}

/** The second in which what was authorised ends, for a call that ends a moment later: nobody pays for the time it took us to notice. */
export function endWithinLimits(state: CallState, atMs: number): number {
  const passed = limitsOf(state).filter((limit) => limit.atMs < atMs && atMs - limit.atMs <= TICK_MS)
  return passed.length === 0 ? atMs : Math.min(...passed.map((limit) => limit.atMs))
}
