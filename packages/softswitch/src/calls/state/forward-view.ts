import type { Diversion, RouteVerdict } from '@dialtone/call-routing'
import type { CallEffect } from './call-effect.ts'
import type { CallEvent } from './call-event.ts'
import type { AccountView, CallState, Step } from './call-state.ts'
import { lateness } from './late-legs.ts'

type Routed = Extract<CallEvent, { type: 'routed' }>

/** A leg out of an account for a call that nobody of it dialed: a record of its own (legType Forward), and its own charge. */
export interface ForwardView extends AccountView {
  /** The record of the call as it came to the account. */
  readonly viaRecordId: string
  /** Who sent the call on, and what was called there. */
  readonly by: { readonly userId: string | undefined; readonly lineId?: string | undefined; readonly number: string; readonly reason: Diversion['reason'] }
}

/**
 * The forwarded legs of the call after a decision: those that led nowhere have ended, and the new one is there. Another carrier for
 * the same leg is the same record.
 */
export function forwardsOf(state: CallState, event: Routed): readonly ForwardView[] | undefined {
  const { decision, account, atMs } = event
  const before = state.forwards
  const leg = forwardLegOf(state, event)
  if (before === undefined) return leg === undefined ? undefined : [leg]
  const same = leg === undefined ? undefined : before.find((forward) => isSameLeg(forward, leg))
  const last = state.trail.at(-1)
  const ended = { atMs, ...FORWARD_ENDS[last?.outcome ?? 'failed'], statusCode: last?.statusCode ?? 480 }
  // A call that is refused now ends for the leg as it ends for the caller.
  const goesOn = decision.kind === 'reject' || decision.kind === 'on-net'
  const kept = before.map((forward): ForwardView => {
    if (forward === same) return { ...forward, carrierId: leg?.carrierId }
    return goesOn || forward.viaRecordId !== account.recordId || forward.ended !== undefined ? forward : { ...forward, ended }
  })
  return leg === undefined || same !== undefined ? kept : [...kept, leg]
}

/** How a leg that led nowhere ended, for its own record. */
export const FORWARD_ENDS = {
  busy: { disposition: 'BUSY', code: 'UserBusy' },
  'no-answer': { disposition: 'NO_ANSWER', code: 'NoAnswer' },
  declined: { disposition: 'FAILED', code: 'Declined' },
  unregistered: { disposition: 'FAILED', code: 'Unregistered' },
  failed: { disposition: 'FAILED', code: 'DestinationFailed' },
  left: { disposition: 'FAILED', code: 'DestinationFailed' },
} as const

/** Gives back what was reserved for legs that nobody answered, before anything else is asked for: what comes next may need it. */
export function giveBackEnded(step: Step, before: CallState): Step {
  const { forwards } = step.state
  if (forwards === undefined || forwards === before.forwards || step.state.phase === 'over') return step
  const isNews = ({ recordId, ended }: ForwardView) => ended !== undefined && before.forwards?.find((one) => one.recordId === recordId)?.ended === undefined
  const given = forwards.filter(isNews).map(({ recordId }): CallEffect => ({ type: 'giveBackAuthorization', reservationId: recordId }))
  return given.length === 0 ? step : { state: step.state, effects: [...given, ...step.effects] }
}

function isSameLeg(one: ForwardView, other: ForwardView): boolean {
  return (
    one.ended === undefined &&
    one.viaRecordId === other.viaRecordId &&
    one.calledNumber === other.calledNumber &&
    one.by.userId === other.by.userId &&
    one.by.lineId === other.by.lineId
  )
}

function payerOf(diversion: Diversion | undefined): Pick<ForwardView['by'], 'userId' | 'lineId'> {
  const { userId, lineId } = diversion?.payer ?? {}
  return lineId === undefined ? { userId } : { userId, lineId }
}

export function forwardLegOf(
  state: CallState,
  { decision, account, forwardRecordId, atMs }: Pick<Routed, 'account' | 'forwardRecordId'> & { readonly atMs: number; readonly decision: RouteVerdict },
): ForwardView | undefined {
  if (forwardRecordId === undefined || (decision.kind !== 'carrier' && decision.kind !== 'on-net')) return undefined
  const { diversion, caller, number } = decision
  const call = state.question.call
  const called = call.direction === 'originating' ? call.dialed : call.calledNumber
  return {
    partitionId: account.partitionId,
    accountId: account.accountId,
    recordId: forwardRecordId,
    role: 'destination',
    startedAtMs: atMs,
    ...lateness(state),
    caller,
    calledNumber: number,
    destination: decision.kind === 'carrier' ? 'pstn' : decision.accountId === account.accountId ? 'own' : 'other',
    category: decision.kind === 'carrier' ? decision.category : 'OnNet',
    calledUserId: undefined,
    calledLineId: undefined,
    carrierId: decision.kind === 'carrier' ? decision.carrierIds[0] : undefined,
    viaRecordId: account.recordId,
    by: { ...payerOf(diversion), number: diversion?.number ?? called, reason: diversion?.reason ?? 'always' },
  }
}
