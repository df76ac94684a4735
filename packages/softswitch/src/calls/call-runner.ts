import type { IncomingInvite, SipLeg } from '@dialtone/sip'
import { buildCallRecords } from '../cdr/build-cdr.ts'
import type { CallRecord } from '../ports/call-record.ts'
import { CallTrace } from './call-trace.ts'
import type { Arrival, CallContext, CallNeeds, NewCallEvent, OtherCalls } from './call-context.ts'
import { listenToCaller } from './leg-listener.ts'
import { performEffect } from './perform-effect.ts'
import { receiveNewcomer } from './perform-transfer.ts'
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
  readonly onFinished: (answered: boolean) => void
}

export interface RunningCall {
  readonly state: CallState
  /** What happened so far, oldest first: replayed through `stepCall` it gives the same effects. */
  readonly trace: readonly CallEvent[]
  readonly records: readonly CallRecord[]
  readonly legCount: number
  hangUp(code: string): void
  dispatch(event: NewCallEvent): void
  /** A leg from another call, and the event that tells of it. */
  arrive(arrival: Arrival, event: NewCallEvent): void
  /** An INVITE with Replaces for one of the legs, and the event that tells of it. */
  receive(newcomer: IncomingInvite, event: NewCallEvent): void
  /** @returns undefined when the leg is not of this call, or out of it; `legId` when it only rings */
  placeOf(leg: SipLeg): { readonly side: CallSide; readonly ringingLegId: string | undefined } | undefined
}

/** Runs one call: events go through the pure state machine one at a time, its effects are performed, their outcome comes back as events. */
export function runCall(needs: CallNeeds, others: OtherCalls, start: CallStart): RunningCall {
  const trace = new CallTrace()
  trace.add(start.event)
  const waiting: CallEvent[] = []
  let working = false
  const first = startCall(start.event)
  let state = first.state

  const call: CallContext = {
    needs,
    others,
    caller: start.invite,
    maxForwards: start.maxForwards,
    maxBreadth: start.invite?.maxBreadth,
    legs: new Map(),
    timers: new Map(),
    reinvites: new Map(),
    opening: undefined,
    session: undefined,
    offer: undefined,
    refer: undefined,
    referSubscription: undefined,
    arrival: undefined,
    newcomer: undefined,
    lastSent: { caller: undefined, callee: undefined },
    origins: { caller: undefined, callee: undefined },
    get state() {
      return state
    },
    dispatch(event: NewCallEvent) {
      waiting.push({ ...event, atMs: needs.clock.nowMs() })
      work()
    },
    onDisposed: start.onDisposed,
    onFinished: start.onFinished,
  }

  function work(): void {
    if (working) return
    working = true
    for (let event = waiting.shift(); event !== undefined; event = waiting.shift()) {
      trace.add(event)
      const step = stepCall(state, event)
      state = step.state
      performAll(call, step.effects)
    }
    working = false
    needs.observe(state)
  }

  working = true
  performAll(call, first.effects)
  working = false
  work()
  listenToCaller(call)

  return runningCall(call, trace)
}

function runningCall(call: CallContext, trace: CallTrace): RunningCall {
  return {
    get state() {
      return call.state
    },
    trace: trace.events,
    get records() {
      return buildCallRecords(call.state)
    },
    get legCount() {
      const { legs, callerLeg } = call.state
      return legs.filter((leg) => leg.phase !== 'over').length + (callerLeg === 'over' || callerLeg === 'lent' ? 0 : 1)
    },
    hangUp: (code) => call.dispatch({ type: 'hangup', code }),
    dispatch: (event) => call.dispatch(event),
    arrive(arrival, event) {
      call.arrival = arrival
      call.dispatch(event)
    },
    receive(newcomer, event) {
      if (call.newcomer !== undefined) return newcomer.reject(491)
      receiveNewcomer(call, newcomer)
      return call.dispatch(event)
    },
    placeOf: (leg) => placeOf(call, leg),
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
