import type { Clock } from '@dialtone/foundation'
import type { CallState } from '../calls/state/call-state.ts'

/** Lines and groups that are remembered; of more, the ones longest silent are forgotten. */
const MAX_LINES = 100_000
const MAX_GROUPS = 20_000

/**
 * When each line last talked, and who of a group answered last: what ringing in turn needs (S0-55, C-57). In memory only: after
 * a restart everybody is equal. Each switch worker knows its own calls.
 */
export class GroupMemory {
  readonly #clock: Clock
  /** Calls that talk, since when. */
  readonly #talking = new Map<string, number>()
  readonly #idleSince = new Map<string, number>()
  readonly #lastAnswered = new Map<string, string>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Told after every step of every call; all but two of them cost one look.
   * @param before the call as it was when it was seen last; undefined: it is new
   */
  observe(state: CallState, before: CallState | undefined): void {
    const { phase, sessionId } = state
    if (before?.phase === phase) return
    const nowMs = this.#clock.nowMs()
    if (phase === 'talking') {
      this.#talking.set(sessionId, nowMs)
      this.#answered(state.attempt?.target)
    } else if (this.#talking.delete(sessionId)) {
      for (const lineId of linesOf(state)) remember(this.#idleSince, lineId, nowMs, MAX_LINES)
    }
  }

  lastAnsweredBy(groupId: string): string | undefined {
    return this.#lastAnswered.get(groupId)
  }

  /** When the last call of the line ended, in ms since 1970; undefined: none is known. */
  idleSinceMs(lineId: string): number | undefined {
    return this.#idleSince.get(lineId)
  }

  /** Since when the call talks to somebody; waiting for somebody is not counted. */
  talkingSinceMs(sessionId: string): number | undefined {
    return this.#talking.get(sessionId)
  }

  #answered(target: string | undefined): void {
    if (target?.startsWith('huntgroup:') !== true) return
    const [, groupId, memberId] = /^huntgroup:([^/]*)\/(.*)$/.exec(target) ?? []
    if (groupId !== undefined && memberId !== undefined) remember(this.#lastAnswered, groupId, memberId, MAX_GROUPS)
  }
}

/** Who called and who answered. */
export function linesOf({ origin, legs, winnerId }: CallState): readonly string[] {
  const answered = legs.find((leg) => leg.id === winnerId)?.plan.lineId
  return [...(origin.kind === 'line' ? [origin.lineId] : []), ...(answered === undefined ? [] : [answered])]
}

/** The newest last, so that the first is the one to forget. */
function remember<Value>(map: Map<string, Value>, key: string, value: Value, limit: number): void {
  map.delete(key)
  map.set(key, value)
  if (map.size <= limit) return
  const [oldest] = map.keys()
  if (oldest !== undefined) map.delete(oldest)
}
