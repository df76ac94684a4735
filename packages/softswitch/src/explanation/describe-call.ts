import type { MediaReport } from '@dialtone/media'
import { callFailure } from '../calls/call-failure.ts'
import type { CallEvent } from '../calls/state/call-event.ts'
import type { CallState, Step } from '../calls/state/call-state.ts'
import { startCall, stepCall } from '../calls/state/step-call.ts'
import type { DescribedCall, DescribedEvent, DescribedMessage, RefusedInvite } from '../ports/described-call.ts'
import type { AuthorizationRequest } from '../ports/call-authorizer.ts'
import { messageOfEvent, messagesOfEffect } from './describe-messages.ts'
import { LegRoll } from './leg-roll.ts'
import { paidLegOf, refusalOf } from './paid-legs.ts'

/** What is kept of a call. */
export interface KeptCall {
  /** The first is 'started'. */
  readonly events: readonly CallEvent[]
  readonly isCut: boolean
  readonly mediaReport: MediaReport | undefined
  /** Its records are closed. */
  readonly isFinished: boolean
}

/** Members of events that may be shown: everything else, descriptions, bodies and pressed keys among it, stays inside. */
const SHOWN = ['legId', 'side', 'statusCode', 'local', 'reason', 'cause', 'code', 'name', 'silentMs', 'contentType', 'relayed', 'bySessionId', 'toSessionId', 'forSessionId', 'sipCallId', 'lineId', 'outcome', 'pageCount', 'badRows', 'bitRate', 'hasCorrection'] as const // prettier-ignore

/** Tells a call by its events alone: replayed, they give every message it was of. Pure; it costs as much as the call itself did. */
export function describeCall(kept: KeptCall): DescribedCall | undefined {
  const [started, ...rest] = kept.events
  if (started?.type !== 'started') return undefined
  const tale: Tale = { decisions: [], paid: new Map(), roll: new LegRoll(), messages: [], events: [] }
  const first = startCall(started)
  tell(tale, started, first.state, first)
  let { state } = first
  for (const event of rest) {
    const step = stepCall(state, event)
    tell(tale, event, state, step)
    ;({ state } = step)
  }
  return {
    ...factsOf(state),
    ...mediaOf(state, kept),
    decisions: tale.decisions,
    legs: tale.roll.all,
    messages: tale.messages.map((message) => ({ ...message, leg: tale.roll.nameAtEnd(message.leg) })),
    events: tale.events,
    isCut: kept.isCut,
  }
}

interface Tale {
  readonly decisions: DescribedCall['decisions'][number][]
  /** Of a reservation, which leg of which decision. */
  readonly paid: Map<string, { readonly decision: number; readonly leg: number }>
  readonly roll: LegRoll
  readonly messages: DescribedMessage[]
  readonly events: DescribedEvent[]
}

function tell(tale: Tale, event: CallEvent, before: CallState, step: Step): void {
  const { roll } = tale
  roll.hear(event)
  const heard = messageOfEvent(event, { before, roll })
  if (heard !== undefined) tale.messages.push({ ...heard, leg: roll.nameOf(heard.leg) })
  if (event.type === 'routed') {
    const { steps, ...verdict } = event.decision
    const { partitionId, accountId } = event.account
    tale.decisions.push({ atMs: event.atMs, partitionId, accountId, accountVersion: event.accountVersion, after: before.trail.at(-1), steps, verdict })
  }
  tale.events.push(describeEvent(event))
  if (event.type === 'authorized' && !event.authorization.allowed) noteRefusal(tale, event.reservationId, event.authorization.code)
  for (const effect of step.effects) {
    if (effect.type === 'askAuthorization') notePaid(tale, effect.request)
    const { state: after } = step
    for (const said of messagesOfEffect(effect, { before, after, roll }))
      tale.messages.push({ atMs: event.atMs, direction: 'out', ...said, leg: roll.nameOf(said.leg) })
    roll.see(effect, before, after)
  }
}

/** Asked about because of the last decision. */
function notePaid(tale: Tale, request: AuthorizationRequest): void {
  const last = tale.decisions.at(-1)
  if (last === undefined) return
  tale.decisions[tale.decisions.length - 1] = { ...last, paid: [...(last.paid ?? []), paidLegOf(request)] }
  tale.paid.set(request.reservationId, { decision: tale.decisions.length - 1, leg: last.paid?.length ?? 0 })
}

function noteRefusal(tale: Tale, reservationId: string, code: string): void {
  const place = tale.paid.get(reservationId)
  const decision = place === undefined ? undefined : tale.decisions[place.decision]
  if (place === undefined || decision === undefined) return
  const paid = decision.paid?.map((leg, index) => (index === place.leg ? { ...leg, refusal: refusalOf(code) } : leg))
  tale.decisions[place.decision] = { ...decision, paid }
}

function describeEvent(event: CallEvent): DescribedEvent {
  const detail: Record<string, string | number | boolean> = {}
  const members: Readonly<Record<string, unknown>> = { ...event }
  for (const name of SHOWN) {
    const value = members[name]
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') detail[name] = value
  }
  if (event.type === 'authorized') Object.assign(detail, event.authorization.allowed ? { allowed: true } : { allowed: false, code: event.authorization.code })
  if (event.type === 'started' && event.clickToCall !== undefined) detail['toSessionId'] = event.clickToCall.toSessionId
  return { atMs: event.atMs, type: event.type, detail }
}

function factsOf(state: CallState) {
  const { sessionId, origin, accounts, startedAtMs, answeredAtMs, endedAtMs, outcome } = state
  const { number, name, dialed } = origin
  const who = origin.kind === 'line' ? { lineId: origin.lineId } : { carrierId: origin.carrierId }
  const accountIds = [...new Set(accounts.map((account) => account.accountId))]
  return { sessionId, accountIds, startedAtMs, answeredAtMs, endedAtMs, from: { number, name, ...who }, dialed, outcome }
}

function mediaOf(state: CallState, { mediaReport, isFinished }: KeptCall): Pick<DescribedCall, 'media' | 'mediaMissing'> {
  if (mediaReport !== undefined) return { media: mediaReport, mediaMissing: undefined }
  const mediaMissing = !isFinished ? 'measured when the call is over' : state.media === 'closed' ? 'no media was opened' : 'the media engine did not report'
  return { media: undefined, mediaMissing }
}

/** A call that was refused before it began, told in the same words. */
export function describeRefusal(refused: RefusedInvite): DescribedCall {
  const { sessionId, atMs, accountId, lineId, dialed, sipCallId, code, reason } = refused
  const { statusCode, reasonPhrase, disposition } = callFailure(code)
  const verdict = { kind: 'reject', statusCode, code, reasonPhrase } as const
  return {
    ...{ sessionId, accountIds: [accountId], startedAtMs: atMs, answeredAtMs: undefined, endedAtMs: atMs, dialed },
    from: { number: '', name: '', lineId },
    outcome: { code, disposition, statusCode, hangupBy: 'system' },
    decisions: [{ atMs, partitionId: undefined, accountId, accountVersion: undefined, after: undefined, steps: [{ rule: 'edge', outcome: reason }], verdict }],
    legs: [{ id: 'caller', kind: 'caller', accountId, lineId, sipCallId }],
    messages: [
      { atMs, leg: 'caller', direction: 'in', method: 'INVITE' },
      { atMs, leg: 'caller', direction: 'out', method: 'INVITE', statusCode, reason: reasonPhrase },
    ],
    events: [{ atMs, type: 'refusedAtEdge', detail: { statusCode, reason } }],
    ...{ media: undefined, mediaMissing: 'no media was opened', isCut: false },
  }
}
