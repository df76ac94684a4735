import type { Clock } from '@dialtone/foundation'
import type { CallState } from '../calls/state/call-state.ts'
import type { LastAnswer, RememberedFact, SwitchMemory } from '../ports/switch-memory.ts'

/** Lines and groups that are remembered; of more, the ones longest silent are forgotten. */
const MAX_LINES = 100_000
const MAX_GROUPS = 20_000
const GROUP_TARGET = /^huntgroup:([^/]*)\/(.*)$/

/**
 * When each line last talked, and who of a group answered last: what ringing in turn needs (S0-55, C-57). Kept over a restart, and
 * known to every switch worker, is who answered, and the last call each line had from a group; of other calls each worker knows its own.
 */
export class GroupMemory {
  readonly #clock: Clock
  readonly #memory: Pick<SwitchMemory, 'save'>
  /** Calls that talk, since when. */
  readonly #talking = new Map<string, number>()
  readonly #idleSince = new Map<string, number>()
  readonly #lastAnswered = new Map<string, LastAnswer>()

  constructor(clock: Clock, memory: Pick<SwitchMemory, 'save'>) {
    this.#clock = clock
    this.#memory = memory
  }

  /** What an earlier run or another switch remembered; what is later stands. */
  recall(facts: readonly RememberedFact[]): void {
    for (const { kind, key, value } of facts) {
      if (kind === 'last-answer' && (this.#lastAnswered.get(key)?.answeredAtMs ?? -1) <= value.answeredAtMs)
        remember(this.#lastAnswered, key, value, MAX_GROUPS)
      if (kind === 'last-talk' && (this.#idleSince.get(key) ?? -1) <= value.endedAtMs) remember(this.#idleSince, key, value.endedAtMs, MAX_LINES)
    }
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
      this.#answered(state, nowMs)
    } else if (this.#talking.delete(sessionId)) {
      for (const lineId of linesOf(state)) remember(this.#idleSince, lineId, nowMs, MAX_LINES)
      this.#groupCallEnded(state, nowMs)
    }
  }

  lastAnsweredBy(groupId: string): string | undefined {
    return this.#lastAnswered.get(groupId)?.memberId
  }

  /** When the last call of the line ended, in ms since 1970; undefined: none is known. */
  idleSinceMs(lineId: string): number | undefined {
    return this.#idleSince.get(lineId)
  }

  /** Since when the call talks to somebody; waiting for somebody is not counted. */
  talkingSinceMs(sessionId: string): number | undefined {
    return this.#talking.get(sessionId)
  }

  #answered({ attempt, question: { accountId } }: CallState, answeredAtMs: number): void {
    const [, groupId, memberId] = GROUP_TARGET.exec(attempt?.place.target ?? '') ?? []
    if (groupId === undefined || memberId === undefined) return
    const value = { memberId, answeredAtMs }
    remember(this.#lastAnswered, groupId, value, MAX_GROUPS)
    this.#memory.save({ type: 'remember', fact: { kind: 'last-answer', key: groupId, accountId, value } })
  }

  #groupCallEnded({ attempt, legs, winnerId, question: { accountId } }: CallState, endedAtMs: number): void {
    const lineId = legs.find((leg) => leg.id === winnerId)?.plan.lineId
    if (lineId === undefined || !GROUP_TARGET.test(attempt?.place.target ?? '')) return
    this.#memory.save({ type: 'remember', fact: { kind: 'last-talk', key: lineId, accountId, value: { endedAtMs } } })
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
