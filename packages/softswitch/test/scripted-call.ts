import type { CallerIdentity, CarrierVerdict, RouteDecision } from '@dialtone/call-routing'
import { ManualTime } from '@dialtone/foundation'
import type { Timer } from '@dialtone/foundation'
import type { CallEffect } from '../src/calls/state/call-effect.ts'
import type { CallEvent, CallOrigin, FaxCall, TimerName } from '../src/calls/state/call-event.ts'
import type { CallState } from '../src/calls/state/call-state.ts'
import type { BesidePlan, LegPlan } from '../src/calls/state/leg-plan.ts'
import type { TransferOrigin } from '../src/calls/state/transfer-state.ts'
import type { CallAuthorization } from '../src/ports/call-authorizer.ts'
import { startCall, stepCall } from '../src/calls/state/step-call.ts'

export const OFFER = 'v=0 offer'
export const ANSWER = 'v=0 answer'
export const ALICE: CallerIdentity = { number: '2001', name: 'Alice Adams', anonymous: false }

const ALLOWED: CallAuthorization = { allowed: true, maxSeconds: undefined, planId: undefined }
const CELL: CarrierVerdict & RouteDecision = {
  kind: 'carrier',
  carrierIds: ['pstn'],
  number: '16075550199',
  caller: ALICE,
  category: 'OffNet',
  diversion: undefined,
  steps: [],
}

/** What the routing answers, in the order it is asked; an answer may look at the question. */
export interface ScriptedRoute {
  readonly decision: RouteDecision
  /** How many phones or peers the decision leads to. */
  readonly forks?: number
  readonly forwardRecordId?: string
  /** They are trunks with terms of their own about media. */
  readonly mustAnchor?: true
  /** Legs to a carrier beside them, after the others. */
  readonly beside?: readonly Pick<BesidePlan, 'startsAfterMs' | 'ringsForMs' | 'endsRingingWhenBusy'>[]
}

type EventOf<Event> = Event extends CallEvent ? Omit<Event, 'atMs'> : never

/** The pure call in virtual time: performs timers, answers routing and media from the script, records every event and effect. */
export class ScriptedCall {
  readonly time = new ManualTime()
  readonly effects: CallEffect[] = []
  readonly events: CallEvent[] = []
  readonly #routes: (ScriptedRoute | ((effect: Extract<CallEffect, { type: 'askRoute' }>) => ScriptedRoute))[]
  readonly #timers = new Map<TimerName, Timer>()
  readonly #opensMedia: boolean
  #media: { readonly hasHoldMusic?: boolean } = {}
  readonly #authorizations: (CallAuthorization | 'no answer yet')[]
  readonly #waiting: CallEvent[] = []
  #working = false
  state: CallState

  constructor(
    routes: (ScriptedRoute | ((effect: Extract<CallEffect, { type: 'askRoute' }>) => ScriptedRoute))[],
    options: {
      readonly opensMedia?: boolean
      readonly hasHoldMusic?: boolean
      readonly dialed?: string
      readonly offer?: string | undefined
      readonly transfer?: TransferOrigin
      readonly origin?: CallOrigin
      readonly faxCall?: FaxCall
      readonly authorizations?: readonly (CallAuthorization | 'no answer yet')[]
    } = {},
  ) {
    this.#routes = [...routes]
    this.#opensMedia = options.opensMedia ?? true
    if (options.hasHoldMusic === true) this.#media = { hasHoldMusic: true }
    this.#authorizations = [...(options.authorizations ?? [])]
    const dialed = options.dialed ?? '2002'
    const started: CallEvent = {
      type: 'started',
      atMs: this.time.nowMs(),
      sessionId: 'session-1',
      origin: options.origin ?? { kind: 'line', lineId: 'line-alice', userId: 'alice', number: '2001', name: 'Alice Adams', dialed },
      account: { partitionId: 'partition-1', accountId: 'account-1', recordId: 'record-account-1' },
      question: { accountId: 'account-1', call: { direction: 'originating', fromLineId: 'line-alice', dialed } },
      offer: 'offer' in options ? options.offer : OFFER,
      sipCallId: 'caller-call-id',
      times: { maxRingMs: 900_000, maxCallMs: 86_400_000, carrierSetupTimeoutMs: 20_000 },
      ...(options.transfer === undefined ? {} : { transfer: options.transfer }),
      ...(options.faxCall === undefined ? {} : { faxCall: options.faxCall }),
    }
    this.events.push(started)
    const step = startCall(started)
    this.state = step.state
    this.#working = true
    this.#perform(step.effects)
    this.#working = false
    this.#work()
  }

  /** One event, and whatever follows from it; events that effects bring about wait for their turn, as in the runner. */
  feed(event: EventOf<CallEvent>): readonly CallEffect[] {
    const before = this.effects.length
    this.#waiting.push({ ...event, atMs: this.time.nowMs() })
    this.#work()
    return this.effects.slice(before)
  }

  #work(): void {
    if (this.#working) return
    this.#working = true
    for (let event = this.#waiting.shift(); event !== undefined; event = this.#waiting.shift()) {
      this.events.push(event)
      const step = stepCall(this.state, event)
      this.state = step.state
      this.#perform(step.effects)
    }
    this.#working = false
  }

  /** Effects of one type, in order. */
  done<Type extends CallEffect['type']>(type: Type): readonly Extract<CallEffect, { type: Type }>[] {
    return this.effects.filter((effect): effect is Extract<CallEffect, { type: Type }> => effect.type === type)
  }

  #perform(effects: readonly CallEffect[]): void {
    this.effects.push(...effects)
    for (const effect of effects) {
      if (effect.type === 'startTimer') this.#startTimer(effect.name, effect.delayMs)
      if (effect.type === 'stopTimer') this.#timers.get(effect.name)?.cancel()
      if (effect.type === 'openMedia' && this.#opensMedia) this.feed({ type: 'mediaOpened', ...this.#media })
      if (effect.type === 'askRoute') this.#route(effect)
      if (effect.type === 'askAuthorization') this.#authorize(effect.request.reservationId)
      if (effect.type === 'extendAuthorization') this.#authorize(effect.reservationId)
      if (effect.type === 'askRecall') this.#recall(effect)
    }
  }

  #startTimer(name: TimerName, delayMs: number): void {
    this.#timers.get(name)?.cancel()
    this.#timers.set(
      name,
      this.time.start(delayMs, () => this.feed({ type: 'timer', name })),
    )
  }

  #recall({ transferor, timeoutMs }: Extract<CallEffect, { type: 'askRecall' }>): void {
    const account = { partitionId: 'partition-1', accountId: transferor.accountId, recordId: `record-${transferor.accountId}` }
    const decision = ring(transferor.userId, timeoutMs)
    this.feed({ type: 'routed', account, decision, plans: [plan(decision, 0)] })
  }

  #route(effect: Extract<CallEffect, { type: 'askRoute' }>): void {
    const next = this.#routes.shift()
    if (next === undefined) throw new Error('the routing was asked more often than the script says')
    const { decision, forks, forwardRecordId, mustAnchor, beside = [] } = typeof next === 'function' ? next(effect) : next
    const accountId = effect.question.accountId
    const plans =
      decision.kind === 'reject' || decision.kind === 'on-net'
        ? []
        : Array.from({ length: forks ?? 1 }, (_, index) => ({ ...plan(decision, index), ...(mustAnchor === undefined ? {} : { mustAnchor }) }))
    const account = { partitionId: 'partition-1', accountId, recordId: `record-${accountId}` }
    const besides = beside.map((times, index) => {
      const forward = { recordId: `forward-${index}`, account, verdict: CELL }
      return { ...plan(CELL, plans.length + index), beside: { account, verdict: CELL, forward, ...times } }
    })
    const all = [...plans, ...besides]
    this.feed({ type: 'routed', account, decision, plans: all, ...(forwardRecordId === undefined ? {} : { forwardRecordId }) })
  }

  #authorize(reservationId: string): void {
    const authorization = this.#authorizations.shift() ?? ALLOWED
    if (authorization !== 'no answer yet') this.feed({ type: 'authorized', reservationId, authorization })
  }
}

function plan(decision: RouteDecision, index: number): LegPlan {
  const to = { transport: 'udp', address: '127.0.0.1', port: 5080 + index } as const
  const rest = { requestUri: `sip:fork${index}@127.0.0.1`, to, from: '<sip:2001@test>', toHeader: '<sip:2002@test>', headers: [] }
  if (decision.kind === 'ring') return { kind: 'line', lineId: `line-${index}`, ...rest }
  const carrierId = decision.kind === 'carrier' || decision.kind === 'emergency' ? (decision.carrierIds[0] ?? '') : ''
  return { kind: decision.kind === 'emergency' ? 'psap' : 'carrier', carrierId, ...rest }
}

export function ring(userId = 'bob', ...times: [timeoutMs?: number | undefined]): RouteDecision {
  const timeoutMs = times.length === 0 ? 20_000 : times[0]
  const target = `user:${userId}`
  return { kind: 'ring', lineIds: ['line-0'], userId, target, timeoutMs, caller: ALICE, calledNumber: '2002', diversion: undefined, steps: [] }
}

export function onNet(accountId: string, number: string): RouteDecision {
  const caller = { ...ALICE, number: '18015551212' }
  return { kind: 'on-net', partitionId: 'partition-1', accountId, number, caller, diversion: undefined, steps: [] }
}

export function carrier(...carrierIds: string[]): RouteDecision {
  return { kind: 'carrier', carrierIds, number: '16075550123', caller: ALICE, category: 'OffNet', diversion: undefined, steps: [] }
}

export function reject(code: 'UserBusy' | 'NoAnswer' | 'Declined' | 'Unregistered' | 'UnknownNumber' | 'CarrierFailed', statusCode: number): RouteDecision {
  return { kind: 'reject', statusCode, code, reasonPhrase: 'as decided', steps: [] }
}

/** Replays recorded events through the pure call: the effects of every step, flattened. */
export function replay(events: readonly CallEvent[]): readonly CallEffect[] {
  const [first, ...rest] = events
  if (first?.type !== 'started') throw new Error('a trace begins with the start of the call')
  let step = startCall(first)
  const effects = [...step.effects]
  for (const event of rest) {
    step = stepCall(step.state, event)
    effects.push(...step.effects)
  }
  return effects
}
