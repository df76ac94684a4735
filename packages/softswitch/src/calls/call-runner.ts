import type { IncomingInvite, SipLeg } from '@dialtone/sip'
import { buildCallRecords } from '../cdr/build-cdr.ts'
import type { CallCommandResult, RecordAction } from '../ports/call-door.ts'
import type { CallRecord } from '../ports/call-record.ts'
import { CallTrace } from './call-trace.ts'
import type { Arrival, CallContext, CallerPort, CallNeeds, NewCallEvent, OnFinished, OtherCalls } from './call-context.ts'
import { listenToCaller } from './leg-listener.ts'
import { performEffect } from './perform-effect.ts'
import { receiveNewcomer } from './perform-transfer.ts'
import { followRecording, recordOnDemand } from './record-call.ts'
import { hearRecordingKey } from './recording-keys.ts'
import type { CallEffect } from './state/call-effect.ts'
import type { CallEvent, CallSide } from './state/call-event.ts'
import type { CallState } from './state/call-state.ts'
import { startCall, stepCall } from './state/step-call.ts'

export interface CallStart {
  /** undefined: begun by a REFER. */
  readonly invite: IncomingInvite | undefined
  readonly event: Extract<CallEvent, { type: 'started' }>
  /** What the INVITEs of the call may still be forwarded. */
  readonly maxForwards: number
  readonly onDisposed: () => void
  readonly onFinished: OnFinished
}

export interface RunningCall {
  readonly state: CallState
  /** What happened so far, oldest first: replayed through `stepCall` it gives the same effects. */
  readonly trace: readonly CallEvent[]
  /** The same, with what it weighs. */
  readonly keptTrace: CallTrace
  readonly records: readonly CallRecord[]
  readonly legCount: number
  hangUp(code: string): void
  record(accountId: string, action: RecordAction): CallCommandResult
  dispatch(event: NewCallEvent): void
  /** A leg from another call, and the event that tells of it. */
  arrive(arrival: Arrival, event: NewCallEvent): void
  /** An INVITE with Replaces for one of the legs, and the event that tells of it. */
  receive(newcomer: CallerPort, event: NewCallEvent): void
  /** @returns undefined when the leg is not of this call, or out of it; `legId` when it only rings */
  placeOf(leg: SipLeg): { readonly side: CallSide; readonly ringingLegId: string | undefined } | undefined
}

/** Runs one call: events go through the pure state machine one at a time, its effects are performed, their outcome comes back as events. */
export function runCall(needs: CallNeeds, others: OtherCalls, start: CallStart): RunningCall {
  const call = new CallRun(needs, others, start)
  call.begin()
  return call
}

/**
 * One call and what it holds on to. A class, for there are thousands: every object literal with getters has a shape of its own,
 * which keeps the call until the next full collection.
 */
class CallRun implements CallContext, RunningCall {
  readonly needs: CallNeeds
  readonly others: OtherCalls
  readonly maxForwards: number
  readonly maxBreadth: number | undefined
  caller: CallContext['caller']
  readonly legs: CallContext['legs'] = new Map()
  legsWritten = 0
  readonly timers: CallContext['timers'] = {}
  readonly reinvites: CallContext['reinvites'] = { caller: undefined, callee: undefined }
  opening: CallContext['opening'] = undefined
  session: CallContext['session'] = undefined
  offer: CallContext['offer'] = undefined
  refer: CallContext['refer'] = undefined
  referSubscription: CallContext['referSubscription'] = undefined
  arrival: CallContext['arrival'] = undefined
  pickedUp: CallContext['pickedUp'] = undefined
  newcomer: CallContext['newcomer'] = undefined
  service: CallContext['service'] = undefined
  sending: CallContext['sending'] = undefined
  readonly confirmations: CallContext['confirmations'] = new Map()
  recording: CallContext['recording'] = undefined
  readonly lastSent: CallContext['lastSent'] = { caller: undefined, callee: undefined }
  readonly keys: CallContext['keys'] = {}
  readonly origins: CallContext['origins'] = { caller: undefined, callee: undefined }
  state: CallState
  readonly onDisposed: () => void
  readonly onFinished: OnFinished
  readonly keptTrace = new CallTrace()
  readonly #firstEffects: readonly CallEffect[]
  readonly #waiting: CallEvent[] = []
  #observed: CallState | undefined = undefined
  #working = false

  constructor(needs: CallNeeds, others: OtherCalls, { invite, event, maxForwards, onDisposed, onFinished }: CallStart) {
    this.needs = needs
    this.others = others
    this.maxForwards = maxForwards
    this.maxBreadth = invite?.maxBreadth
    this.caller = invite
    this.onDisposed = onDisposed
    this.onFinished = onFinished
    this.keptTrace.add(event)
    const { state, effects } = startCall(event)
    this.state = state
    this.#firstEffects = effects
  }

  begin(): void {
    this.#working = true
    performAll(this, this.#firstEffects)
    this.#working = false
    this.#work()
    listenToCaller(this)
  }

  get trace(): readonly CallEvent[] {
    return this.keptTrace.events
  }

  get records(): readonly CallRecord[] {
    return buildCallRecords(this.state)
  }

  get legCount(): number {
    const { legs, callerLeg } = this.state
    const own = this.service?.legCount ?? 0
    return own + legs.filter((leg) => leg.phase !== 'over').length + (callerLeg === 'over' || callerLeg === 'lent' ? 0 : 1)
  }

  hangUp(code: string): void {
    this.dispatch({ type: 'hangup', code })
  }

  record(accountId: string, action: RecordAction): CallCommandResult {
    return recordOnDemand(this, accountId, action)
  }

  dispatch(event: NewCallEvent): void {
    // Every event is made for this once, so it is not copied: of so many shapes that costs more than most steps.
    this.#waiting.push(Object.assign(event, { atMs: this.needs.clock.nowMs() }))
    this.#work()
  }

  arrive(arrival: Arrival, event: NewCallEvent): void {
    this.arrival = arrival
    this.dispatch(event)
  }

  receive(newcomer: CallerPort, event: NewCallEvent): void {
    if (this.newcomer !== undefined) return newcomer.reject(491)
    receiveNewcomer(this, newcomer)
    return this.dispatch(event)
  }

  placeOf(leg: SipLeg): ReturnType<RunningCall['placeOf']> {
    return placeOf(this, leg)
  }

  #work(): void {
    if (this.#working) return
    this.#working = true
    // To take from an empty list costs V8 a call out of the compiled code.
    while (this.#waiting.length > 0) {
      const event = this.#waiting.shift()
      if (event === undefined) break
      this.keptTrace.add(event)
      const step = stepCall(this.state, event)
      this.state = step.state
      performAll(this, step.effects)
      hearRecordingKey(this, event)
    }
    this.#working = false
    const before = this.#observed
    this.#observed = this.state
    if (before !== this.state) this.needs.observe(this.state, before)
    this.needs.turns.endTurn()
    followRecording(this)
  }
}

/** An effect that throws is a bug of ours; the other effects of the step are done nevertheless, so that nothing leaks. */
function performAll(call: CallContext, effects: readonly CallEffect[]): void {
  for (const effect of effects) {
    try {
      performEffect(call, effect)
    } catch (error) {
      call.needs.logger.error('effect of a call failed', { sessionId: call.state.sessionId, effect: effect.type, error: String(error) })
      if (call.state.phase !== 'over') call.dispatch({ type: 'hangup', code: 'InternalError' })
    }
  }
}

function placeOf(call: CallContext, leg: SipLeg): ReturnType<RunningCall['placeOf']> {
  const { state } = call
  if (call.caller?.leg === leg) return state.callerLeg === 'over' ? undefined : { side: 'caller', ringingLegId: undefined }
  for (const [legId, called] of call.legs) {
    if (called.leg !== leg) continue
    return { side: 'callee', ringingLegId: legId === state.winnerId ? undefined : legId }
  }
  return undefined
}
