import Type, { type Static } from 'typebox'
import type { ExplainedDecision, ExplainedEndpoint, PaidLeg, RefusedDecision, ToldCarrier } from '@dialtone/softswitch'
import { freeObject, named } from '../http/index.ts'
import type { ExplainedCall, RoutingQuestion } from './explain-routing.ts'

const date = Type.String({ format: 'date-time' })
const maybe = <Schema extends Parameters<typeof Type.Optional>[0]>(schema: Schema) => Type.Optional(schema)

/** A rule that was applied, or skipped, and why. */
export const StepView = named(
  'RoutingStep',
  Type.Object({
    rule: Type.String(),
    outcome: Type.String(),
    detail: maybe(freeObject()),
    /** The object the rule looked at. */
    object: maybe(Type.Object({ type: Type.String(), id: Type.String() })),
  }),
)

export const DecisionView = named(
  'RoutingDecision',
  Type.Object({
    accountId: Type.String(),
    /** Version of the picture of the account it was taken on. */
    version: maybe(Type.Integer()),
    /** What was tried before; of a carrier, for which number. */
    after: maybe(Type.Object({ target: Type.String(), number: maybe(Type.String()), outcome: Type.String(), statusCode: Type.Integer() })),
    steps: Type.Array(StepView),
    result: Type.Intersect([Type.Object({ kind: Type.String() }), freeObject()]),
    /**
     * Legs that whoever pays is asked about: `allowed` false, and the call is refused with that code, or goes on without that leg. Of a time of the
     * past nobody is asked, and `allowed` is left out.
     */
    payers: maybe(
      Type.Array(
        Type.Object({
          accountId: Type.String(),
          userId: maybe(Type.String()),
          lineId: maybe(Type.String()),
          calledNumber: Type.String(),
          category: Type.String(),
          sentOn: maybe(Type.String()),
          allowed: maybe(Type.Boolean()),
          code: maybe(Type.String()),
          statusCode: maybe(Type.Integer()),
        }),
      ),
    ),
  }),
)

const EndpointView = named(
  'RoutingEndpoint',
  Type.Object({
    type: Type.String(),
    id: Type.String(),
    name: maybe(Type.String()),
    registered: maybe(Type.Boolean()),
    /** What a carrier would be told: its numbers, and by which of its rules, from 0. */
    told: maybe(Type.Object({ called: Type.String(), calledRule: maybe(Type.Integer()), caller: maybe(Type.String()), callerRule: maybe(Type.Integer()) })),
    contacts: maybe(Type.Array(Type.Object({ uri: Type.String(), transport: Type.String(), userAgent: Type.String(), expires: date }))),
  }),
)

export const ExplanationView = named(
  'RoutingExplanation',
  Type.Object({
    from: Type.String(),
    to: Type.String(),
    at: date,
    direction: maybe(Type.String()),
    accountId: maybe(Type.String()),
    lineId: maybe(Type.String()),
    decisions: Type.Array(DecisionView),
    endpoints: Type.Array(EndpointView),
    callerId: maybe(Type.Object({ number: Type.String(), name: Type.String(), anonymous: Type.Boolean() })),
    emergency: maybe(
      Type.Object({ service: Type.String(), callbackNumber: maybe(Type.String()), location: maybe(freeObject()), locationMissing: Type.Boolean() }),
    ),
    price: maybe(
      Type.Object({
        answeredSeconds: Type.Integer(),
        cost: Type.Number(),
        ratePerMinute: Type.Number(),
        rateType: Type.String(),
        inPlan: Type.Boolean(),
        local: Type.Boolean(),
        callingPlanProductId: maybe(Type.String()),
        callingPlanProductName: maybe(Type.String()),
        /** Who calls, or who sends the call on. */
        paidBy: Type.Object({ accountId: Type.String(), userId: maybe(Type.String()), lineId: maybe(Type.String()) }),
      }),
    ),
    /** With `asOf`: the states that are over and that were decided on. Accounts that are not named are still as they were. */
    states: maybe(
      Type.Array(
        Type.Object({
          accountId: Type.String(),
          from: maybe(date),
          until: maybe(date),
          cameNext: maybe(Type.Boolean({ description: 'What held at asOf stood for less than two seconds and is not kept: this came next' })),
        }),
      ),
    ),
    // oxlint-disable-next-line unicorn/no-thenable -- a list of the answer, never awaited
    then: Type.Array(
      Type.Object({
        after: Type.String(),
        decisions: Type.Array(DecisionView),
        /** The system prompt that the caller hears then, before he is hung up. */
        prompt: maybe(Type.String()),
      }),
    ),
  }),
)

export function explanationView(
  asked: RoutingQuestion,
  { question, explanation, price, states }: ExplainedCall,
  nowMs: number,
): Static<typeof ExplanationView> {
  const last = explanation.decisions.at(-1)?.verdict
  const caller = last !== undefined && 'caller' in last ? last.caller : undefined
  // What a plan had left then is not kept, nor what the guard had counted: an answer would be about now.
  const wasAsked = asked.asOf === undefined
  const view = (decision: ExplainedDecision) => decisionView(decision, wasAsked)
  return {
    from: asked.from,
    to: asked.to,
    at: new Date(question?.atMs ?? nowMs).toISOString(),
    ...(question === undefined ? {} : { direction: question.call.direction, accountId: question.accountId }),
    ...(question?.call.direction === 'originating' ? { lineId: question.call.fromLineId } : {}),
    decisions: explanation.decisions.map(view),
    endpoints: explanation.endpoints.map(endpointView),
    ...(caller === undefined ? {} : { callerId: { ...caller } }),
    ...(last?.kind === 'emergency' ? { emergency: emergencyView(last) } : {}),
    ...(price === undefined ? {} : { price: priceView(price) }),
    ...(wasAsked ? {} : { states: states.map(stateView) }),
    // oxlint-disable-next-line unicorn/no-thenable -- a list of the answer, never awaited
    then: explanation.next.map(({ after, decisions, prompt }) => ({ after, decisions: decisions.map(view), ...(prompt === undefined ? {} : { prompt }) })),
  }
}

function stateView({ accountId, from, until, cameNext }: ExplainedCall['states'][number]) {
  return {
    accountId,
    ...(from === undefined ? {} : { from: from.toISOString() }),
    ...(until === undefined ? {} : { until: until.toISOString() }),
    ...(cameNext ? { cameNext } : {}),
  }
}

/**
 * A decision as it is shown, whether it was taken for a call or for a question.
 * @param wasAsked whoever pays for it
 */
export function decisionView(decision: ExplainedDecision | RefusedDecision, wasAsked = true): Static<typeof DecisionView> {
  const { accountId, accountVersion, after, steps, verdict, paid } = decision
  return {
    accountId,
    ...(accountVersion === undefined ? {} : { version: accountVersion }),
    ...(after === undefined ? {} : { after: { ...after } }),
    steps: steps.map(({ rule, outcome, detail }) => {
      const object = detail === undefined ? undefined : objectOf(detail)
      return { rule, outcome, ...(detail === undefined ? {} : { detail: { ...detail } }), ...(object === undefined ? {} : { object }) }
    }),
    result: { ...verdict },
    ...(paid === undefined ? {} : { payers: paid.map((leg) => payerView(leg, wasAsked)) }),
  }
}

function payerView({ accountId, userId, lineId, calledNumber, category, sentOn, refusal }: PaidLeg, wasAsked: boolean) {
  const members = { userId, lineId, sentOn, code: refusal?.code, statusCode: refusal?.statusCode }
  const given = Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
  return { accountId, calledNumber, category, ...(wasAsked ? { allowed: refusal === undefined } : {}), ...given }
}

/** The detail names what the rule looked at, the most particular first. */
const OBJECTS: readonly (readonly [member: string, type: string])[] = [
  ['lineId', 'LINE'],
  ['userId', 'END_USER'],
  ['number', 'TELEPHONE_NUMBER'],
  ['accountId', 'ACCOUNT'],
]

function objectOf(detail: Readonly<Record<string, unknown>>) {
  const { referenceType, referenceId } = detail
  if (typeof referenceType === 'string' && typeof referenceId === 'string') return { type: referenceType, id: referenceId }
  for (const [member, type] of OBJECTS) {
    const id = detail[member]
    if (typeof id === 'string') return { type, id }
  }
  return undefined
}

function endpointView(endpoint: ExplainedEndpoint): Static<typeof EndpointView> {
  if (endpoint.kind !== 'line') {
    const { kind, carrierId: id, name, told } = endpoint
    return { type: kind === 'psap' ? 'PSAP' : 'CARRIER', id, ...(name === undefined ? {} : { name }), ...(told === undefined ? {} : { told: toldView(told) }) }
  }
  const contacts = endpoint.contacts.map(({ uri, transport, userAgent, expiresAtMs }) => ({
    uri,
    transport,
    userAgent,
    expires: new Date(expiresAtMs).toISOString(),
  }))
  return { type: 'LINE', id: endpoint.lineId, registered: contacts.length > 0, contacts }
}

function toldView({ called, calledRule, caller, callerRule }: ToldCarrier) {
  return {
    called,
    ...(calledRule === undefined ? {} : { calledRule }),
    ...(caller === undefined ? {} : { caller }),
    ...(callerRule === undefined ? {} : { callerRule }),
  }
}

function emergencyView({ service, callbackNumber, location }: Extract<ExplainedDecision['verdict'], { kind: 'emergency' }>) {
  return {
    service,
    ...(callbackNumber === undefined ? {} : { callbackNumber }),
    ...(location === undefined ? {} : { location: { ...location } }),
    locationMissing: location === undefined,
  }
}

function priceView({ charge, answeredSeconds, local, callingPlanProductId, callingPlanProductName, paidBy }: NonNullable<ExplainedCall['price']>) {
  const { cost, ratePerMinute, rateType, inPlan } = charge
  return {
    answeredSeconds,
    ...{ cost: Number(cost), ratePerMinute: Number(ratePerMinute), rateType, inPlan, local },
    ...(callingPlanProductId === undefined ? {} : { callingPlanProductId }),
    ...(callingPlanProductName === undefined ? {} : { callingPlanProductName }),
    paidBy,
  }
}
