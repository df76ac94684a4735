import type { IncomingInvite } from '@dialtone/sip'
import type { CallRecord } from '../ports/call-record.ts'
import type { CallNeeds } from './call-context.ts'
import { runCall } from './call-runner.ts'
import type { RunningCall } from './call-runner.ts'
import type { CallEvent } from './state/call-event.ts'

/** Traces of ended calls that are kept for whoever asks why. */
const KEPT_TRACES = 200
/** RFC 3261 8.1.1.6. */
const DEFAULT_MAX_FORWARDS = 70

type Started = Extract<CallEvent, { type: 'started' }>

/** Every call that is not over yet, and the traces of the last ones. */
export class CallDesk {
  readonly #needs: CallNeeds
  readonly #calls = new Map<string, RunningCall>()
  readonly #unfinished = new Set<string>()
  readonly #traces = new Map<string, readonly CallEvent[]>()
  #idle: (() => void)[] = []
  started = 0
  answered = 0

  constructor(needs: CallNeeds) {
    this.#needs = needs
  }

  begin(invite: IncomingInvite, event: Started): void {
    const { sessionId } = event
    this.started++
    this.#unfinished.add(sessionId)
    const forwards = invite.request.maxForwards ?? DEFAULT_MAX_FORWARDS
    let disposed = false
    const call = runCall(this.#needs, {
      invite,
      event,
      maxForwards: Math.max(0, Math.min(DEFAULT_MAX_FORWARDS, forwards) - 1),
      onDisposed: () => {
        disposed = true
        this.#forget(sessionId)
      },
      onFinished: (records) => this.#finished(sessionId, records),
    })
    this.#keepTrace(sessionId, call.trace)
    // A call that was refused at once is over before it could be put down.
    if (!disposed) this.#calls.set(sessionId, call)
    else this.#tellIdle()
  }

  get count(): number {
    return this.#calls.size
  }

  get legCount(): number {
    return this.calls.reduce((sum, call) => sum + call.legCount, 0)
  }

  get calls(): readonly RunningCall[] {
    return [...this.#calls.values()]
  }

  /** Calls that somebody takes part in still, as they look now. */
  activeRecords(): readonly CallRecord[] {
    return this.calls.filter((call) => call.state.phase !== 'over').flatMap((call) => call.records)
  }

  traceOf(sessionId: string): readonly CallEvent[] | undefined {
    return this.#traces.get(sessionId)
  }

  hangUpAll(code: string): void {
    for (const call of this.calls) call.hangUp(code)
  }

  /** Resolves when no call is left and every record is closed. */
  whenIdle(): Promise<void> {
    if (this.#isIdle) return Promise.resolve()
    return new Promise((resolve) => this.#idle.push(resolve))
  }

  get #isIdle(): boolean {
    return this.#calls.size === 0 && this.#unfinished.size === 0
  }

  #forget(sessionId: string): void {
    this.#calls.delete(sessionId)
    this.#tellIdle()
  }

  #finished(sessionId: string, records: readonly CallRecord[]): void {
    if (records.some((record) => record.answeredAtMs !== undefined)) this.answered++
    this.#unfinished.delete(sessionId)
    this.#tellIdle()
  }

  #tellIdle(): void {
    if (!this.#isIdle) return
    for (const resolve of this.#idle.splice(0)) resolve()
  }

  #keepTrace(sessionId: string, trace: readonly CallEvent[]): void {
    this.#traces.set(sessionId, trace)
    for (const oldest of this.#traces.keys()) {
      if (this.#traces.size <= KEPT_TRACES + this.#calls.size) break
      if (!this.#calls.has(oldest)) this.#traces.delete(oldest)
    }
  }
}
