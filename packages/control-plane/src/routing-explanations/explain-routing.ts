import { err, ok, type Result } from '@dialtone/foundation'
import { normalizePhoneNumber } from '@dialtone/numbering'
import type { CallExplanation, ExplainQuestion, PaidLeg } from '@dialtone/softswitch'
import { type PartitionScope, systemScope } from '../access/index.ts'
import { type CallToEstimate, estimateCharge } from '../call-records/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, invalidField, unavailable } from '../failures/index.ts'
import { timeWritten } from '../time-zones/index.ts'
import { findCaller } from './find-caller.ts'
import { PastStates, pastTimeOf } from './past-states.ts'

export interface RoutingQuestion {
  readonly from: string
  readonly to: string
  /** Where `from` is an extension of several accounts. */
  readonly accountId?: string | undefined
  /** The name an outside caller shows. */
  readonly fromName?: string | undefined
  readonly at?: string | undefined
  readonly asOf?: string | undefined
}

export type ExplainedPrice = Awaited<ReturnType<typeof estimateCharge>> & {
  /** A minute, or as long as it may last. */
  readonly answeredSeconds: number
  readonly paidBy: { readonly accountId: string; readonly userId?: string; readonly lineId?: string }
}
type Charged = Pick<CallToEstimate, 'direction' | 'origCategory' | 'termCategory' | 'calledNumber'>
type Payer = Pick<PaidLeg, 'partitionId' | 'accountId' | 'userId' | 'lineId' | 'callingNumber'>

export interface ExplainedCall {
  readonly question: ExplainQuestion | undefined
  readonly explanation: CallExplanation
  /** Of an answered minute. */
  readonly price: ExplainedPrice | undefined
  /** Of the past, which it was decided on; an account that is not among them is as it was then. */
  readonly states: PastStates['states']
}

const ESTIMATED_SECONDS = 60
/** What follows a refusal may be refused too, and so on. */
const MOST_ASKED = 5

/** Why a call goes where it goes: the switch's own decisions, taken for a call that is not made. */
export async function explainRouting(context: Context, scope: PartitionScope, asked: RoutingQuestion): Promise<Result<ExplainedCall, ApiFailure>> {
  const asOf = await pastTimeOf(context, asked.asOf)
  if (!asOf.ok) return asOf
  const atMs = timeOf(context, asked.at ?? asked.asOf)
  if (atMs === undefined) return err(invalidField('at', `"${asked.at}" is no time`, 'an RFC 3339 time such as 2026-11-21T15:00:00Z'))
  const caller = await findCaller(context, scope, asked.from, asked.accountId)
  if (!caller.ok) return caller
  if (caller.value.kind === 'line') {
    const { accountId, lineId } = caller.value
    return answer(context, { accountId, call: { direction: 'originating', fromLineId: lineId, dialed: asked.to, isByPhone: true }, atMs }, asOf.value)
  }
  const calledNumber = normalizePhoneNumber(asked.to)
  const owner = calledNumber === undefined ? undefined : context.directory.ownerOf(calledNumber)
  // The number of another partition is as unknown here as any other.
  if (calledNumber === undefined || owner?.partitionId !== scope.partitionId)
    return ok({ question: undefined, explanation: UNKNOWN_NUMBER, price: undefined, states: [] })
  const { number, anonymous } = caller.value
  const identity = { number, name: asked.fromName ?? '', anonymous }
  return answer(context, { accountId: owner.accountId, call: { direction: 'terminating', calledNumber, caller: identity }, atMs }, asOf.value)
}

/** The switch goes by the time of the world, not by the business clock that the sandbox may move. */
function timeOf({ clock }: Context, at: string | undefined): number | undefined {
  if (at === undefined) return clock.nowMs() - (clock.aheadMs ?? 0)
  return timeWritten(at)?.getTime()
}

async function answer(context: Context, question: ExplainQuestion, asOf: Date | undefined): Promise<Result<ExplainedCall, ApiFailure>> {
  const past = asOf === undefined ? undefined : new PastStates(context, asOf)
  await past?.know([question.accountId])
  let explanation = await context.calls.explain({ ...question, past: past?.snapshots })
  // A call that goes on to another account is decided on that one's state too.
  while (explanation !== undefined && past !== undefined && (await past.know(accountsOf(explanation))))
    explanation = await context.calls.explain({ ...question, past: past.snapshots })
  if (past?.isUnknown === true)
    return err(invalidField('asOf', 'is too long ago', 'a time at which the accounts of the call were there and their routing is kept', 'AsOfNotKept'))
  // What a plan had left then is not kept.
  if (asOf === undefined) explanation = await withRefusals(context, question, explanation)
  if (explanation === undefined) return err(unavailable('SwitchUnavailable', 'The switch does not answer; try again in a moment.'))
  // What it cost is in its record; the price lists of then are not kept.
  const price = asOf === undefined ? await priceOf(context, question, explanation) : undefined
  return ok({ question, explanation, price, states: past?.states ?? [] })
}

/** Why a call of a line would come to nobody now, before anybody is tried: by the rules, or because whoever pays may not. undefined: somebody is called. */
export async function refusalOfDialed(context: Context, line: { readonly accountId: string; readonly lineId: string }, dialed: string) {
  const atMs = context.clock.nowMs() - (context.clock.aheadMs ?? 0)
  const question: ExplainQuestion = { accountId: line.accountId, call: { direction: 'originating', fromLineId: line.lineId, dialed }, atMs }
  const explained = await withRefusals(context, question, await context.calls.explain(question))
  const last = explained?.decisions.at(-1)
  // What became of a try is another matter when it is made.
  if (last === undefined || last.after !== undefined) return undefined
  if (last.verdict.kind === 'reject') return last.verdict
  return last.verdict.kind === 'ring' ? undefined : last.paid?.find(({ refusal }) => refusal !== undefined)?.refusal
}

/** As long as somebody would have to pay who has not been asked: what he refuses is not called, and something else may be. */
async function withRefusals(context: Context, question: ExplainQuestion, explained: CallExplanation | undefined): Promise<CallExplanation | undefined> {
  let explanation = explained
  const refusals: (PaidLeg & { readonly code: string })[] = []
  for (let asked = 0; asked < MOST_ASKED && explanation !== undefined; asked++) {
    const refused = pathsOf(explanation).flatMap((path) => refusedOn(context, path))
    if (refused.length === 0) return explanation
    refusals.push(...refused)
    explanation = await context.calls.explain({ ...question, refusals })
  }
  return explanation
}

/** What is decided for one call: until it rings somewhere, and for each answer there what follows. */
function pathsOf({ decisions, next }: CallExplanation): readonly CallExplanation['decisions'][] {
  return [decisions, ...next.map((outcome) => [...decisions, ...outcome.decisions])]
}

/** Legs that were not known to be refused yet. All of a path are asked about together, for what one reserves another cannot have. */
function refusedOn({ authorization }: Context, path: CallExplanation['decisions']): (PaidLeg & { readonly code: string })[] {
  const steps = path.map(({ paid = [] }) => paid)
  const codes = authorization.preview(steps)
  return steps.flatMap((legs, step) =>
    legs.flatMap((leg, index) => {
      const code = codes[step]?.[index]
      return code === undefined || leg.refusal !== undefined ? [] : [{ ...leg, code }]
    }),
  )
}

function decisionsOf({ decisions, next }: CallExplanation): CallExplanation['decisions'] {
  return [...decisions, ...next.flatMap((outcome) => outcome.decisions)]
}

function accountsOf(explanation: CallExplanation): readonly string[] {
  return decisionsOf(explanation).map(({ accountId }) => accountId)
}

/**
 * What a minute of it would cost: whoever sends it out last, or whoever makes it, or whose toll-free number it comes for; undefined: it
 * would not be answered, or nobody of ours pays.
 */
async function priceOf(context: Context, { accountId, call }: ExplainQuestion, { decisions }: CallExplanation): Promise<ExplainedPrice | undefined> {
  const first = decisions.find(({ verdict }) => verdict.kind !== 'reject')
  const last = decisions.at(-1)
  if (first === undefined || last === undefined) return undefined
  const crossing = decisions.findLast(({ verdict }) => verdict.kind === 'on-net')
  const out = (last.verdict.kind === 'carrier' ? last : crossing)?.paid?.[0]
  if (out?.refusal !== undefined) return undefined
  if (out !== undefined) {
    const seconds = context.authorization.previewSeconds(out)
    return priceFor(context, out, { direction: 'OUTBOUND', termCategory: out.category, calledNumber: out.calledNumber }, seconds)
  }
  const snapshot = context.directory.snapshotOf(accountId)
  if (snapshot === undefined) return undefined
  if (call.direction === 'terminating') return priceOfInbound(context, { partitionId: snapshot.partitionId, accountId }, call)
  if (call.direction !== 'originating') return undefined
  const { fromLineId: lineId } = call
  const payer = { partitionId: snapshot.partitionId, accountId, lineId, userId: snapshot.lines.get(lineId)?.userId, callingNumber: callerOf(first.verdict) }
  return priceFor(context, payer, toCharge(first.verdict))
}

/** Who has a toll-free number pays for calls that come in for it, as the plan of its account for them says; others cost nobody here anything. */
async function priceOfInbound(
  context: Context,
  account: Pick<Payer, 'partitionId' | 'accountId'>,
  { caller, calledNumber }: Pick<Extract<ExplainQuestion['call'], { direction: 'terminating' }>, 'caller' | 'calledNumber'>,
): Promise<ExplainedPrice | undefined> {
  const payer = { ...account, userId: undefined, lineId: undefined, callingNumber: caller.number }
  const price = await priceFor(context, payer, { direction: 'INBOUND', origCategory: 'OffNet', termCategory: 'OnNet', calledNumber })
  return price.charge.rateType === 'TollFree' ? price : undefined
}

async function priceFor(context: Context, payer: Payer, charged: Charged, answeredSeconds = ESTIMATED_SECONDS): Promise<ExplainedPrice> {
  const { partitionId, accountId, userId, lineId, callingNumber } = payer
  const from = { callingNumber, callingUserId: userId, callingLineId: lineId }
  const rated = await estimateCharge(context, systemScope(partitionId, accountId), { ...from, ...charged }, answeredSeconds)
  return { ...rated, answeredSeconds, paidBy: { accountId, ...(userId === undefined ? {} : { userId }), ...(lineId === undefined ? {} : { lineId }) } }
}

function callerOf(verdict: CallExplanation['decisions'][number]['verdict']): string {
  return 'caller' in verdict ? verdict.caller.number : ''
}

/** What nobody is asked about: inside the account, or for help. */
function toCharge(verdict: CallExplanation['decisions'][number]['verdict']): Charged {
  if (verdict.kind === 'emergency') {
    const termCategory = verdict.service === '933' ? 'EmergencyServicesVerification' : 'Emergency'
    return { direction: 'OUTBOUND', termCategory, calledNumber: verdict.service }
  }
  if ('calledNumber' in verdict) return { direction: 'INTERNAL', termCategory: 'OnNet', calledNumber: verdict.calledNumber }
  return { direction: 'OUTBOUND', termCategory: 'NotResolved', calledNumber: '' }
}

/** What the edge of the switch answers a carrier that brings a call for somebody else. */
const UNKNOWN_NUMBER: CallExplanation = {
  decisions: [
    {
      partitionId: undefined,
      accountId: '',
      accountVersion: undefined,
      after: undefined,
      steps: [{ rule: 'edge', outcome: 'not a number of this partition: no carrier may bring calls for it' }],
      verdict: { kind: 'reject', statusCode: 404, code: 'UnknownNumber', reasonPhrase: 'Not Found' },
    },
  ],
  endpoints: [],
  next: [],
}
