import type { CarrierVerdict, OnNetVerdict, RouteVerdict, RoutingSnapshot } from '@dialtone/call-routing'
import { callFailure } from '../calls/call-failure.ts'
import type { RouteQuestion } from '../calls/state/call-event.ts'
import type { AuthorizationRequest } from '../ports/call-authorizer.ts'
import type { ExplainQuestion, PaidLeg } from '../ports/call-explanation.ts'

/**
 * The legs of a decision that somebody has to pay for, as `calls/state/authorize-call.ts` and `ring-beside.ts` ask about them: to a carrier,
 * or to another account. Whoever sent the call on pays for where it was sent.
 */
export function paidLegsOf(
  { accountId, call }: RouteQuestion,
  verdict: RouteVerdict,
  snapshot: RoutingSnapshot | undefined,
  refusals: ExplainQuestion['refusals'] = [],
): readonly PaidLeg[] {
  const isSentOn = (paid: CarrierVerdict | OnNetVerdict): boolean => paid.diversion !== undefined || call.direction !== 'originating'
  const legOf = (paid: CarrierVerdict | OnNetVerdict, sentOn: boolean): PaidLeg => {
    const payer = paid.diversion?.payer ?? {}
    const lineId = sentOn ? payer.lineId : call.direction === 'originating' ? call.fromLineId : undefined
    const leg = {
      partitionId: snapshot?.partitionId ?? '',
      accountId,
      userId: sentOn ? payer.userId : snapshot?.lines.get(lineId ?? '')?.userId,
      lineId,
      callingNumber: paid.caller.number,
      calledNumber: paid.number,
      category: paid.kind === 'carrier' ? paid.category : ('OnNet' as const),
      sentOn: sentOn ? ('forwarded' as const) : undefined,
    }
    const refused = refusals.find((refusal) => isSameLeg(refusal, leg))
    return refused === undefined ? leg : { ...leg, refusal: refusalOf(refused.code) }
  }
  if (verdict.kind === 'carrier' || verdict.kind === 'on-net') return [legOf(verdict, isSentOn(verdict))]
  if (verdict.kind !== 'ring') return []
  return (verdict.alsoCall ?? []).flatMap(({ verdict: also, startsAfterMs, ringsForMs }) =>
    also.kind === 'ring' ? [] : [{ ...legOf(also, true), startsAfterMs, ringsForMs }],
  )
}

/** What was asked about for a call that is made. */
export function paidLegOf(request: AuthorizationRequest): PaidLeg {
  const { partitionId, accountId, userId, lineId, callingNumber, calledNumber, category, sentOn } = request
  return { partitionId, accountId, userId, lineId, callingNumber, calledNumber, category, sentOn }
}

/** How the caller hears that nobody pays for it. */
export function refusalOf(code: string): NonNullable<PaidLeg['refusal']> {
  const { statusCode, reasonPhrase } = callFailure(code)
  return { code, statusCode, reasonPhrase }
}

export function isSameLeg(one: PaidLeg, other: PaidLeg): boolean {
  return one.accountId === other.accountId && one.userId === other.userId && one.lineId === other.lineId && one.calledNumber === other.calledNumber
}
