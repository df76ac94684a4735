import { ok } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import type { Context } from '../context.ts'
import { accountOperation, named, oneOf, type Operation, partitionOperation } from '../http/index.ts'
import type { OwnerScope } from './carrier-trunk-queries.ts'
import { appliedRule, AppliedRule } from './number-rules-body.ts'
import { type TriedCarrier, type TriedNumber, tryNumber } from './try-number.ts'

const LONGEST_NUMBER = 64

const Body = named(
  'CarrierNumberTrial',
  Type.Object({
    direction: Type.Optional(oneOf(['outbound', 'inbound'])),
    to: Type.String({ minLength: 1, maxLength: LONGEST_NUMBER }),
    from: Type.Optional(Type.String({ minLength: 1, maxLength: LONGEST_NUMBER })),
  }),
)
const Tried = Type.Object({ number: Type.String(), rule: Type.Optional(AppliedRule), why: Type.String() })
const View = named(
  'CarrierNumberTrialResult',
  Type.Object({
    direction: Type.String(),
    to: Type.String(),
    from: Type.Optional(Type.String()),
    carriers: Type.Array(
      Type.Object({
        id: Type.String(),
        name: Type.String(),
        priority: Type.Integer(),
        status: Type.String(),
        called: Tried,
        caller: Type.Optional(Tried),
        /** Of a call that comes in: whether it reaches somebody. */
        arrives: Type.Optional(Type.Object({ accountId: Type.Optional(Type.String()), code: Type.Optional(Type.String()), why: Type.Optional(Type.String()) })),
      }),
    ),
  }),
)

const shared = { method: 'POST', tag: 'Carrier Trunk', body: Body, responses: { 200: View } } as const

export const tryNumberOperations: readonly Operation[] = [
  partitionOperation({
    ...shared,
    path: '/v2/partition/:partitionId/carrier-trunk/normalize',
    summary: "What a number becomes on its way to or from each of a partition's own carriers and why, without a call",
    requires: { permission: 'Product', level: 'READ' },
    handle: async (context, { scope, body }) => answer(context, scope, body),
  }),
  accountOperation({
    ...shared,
    path: '/v2/partition/:partitionId/account/:accountId/carrier-trunk/normalize',
    summary: "What a number becomes on its way to or from each of an account's own carriers and why, without a call",
    requires: { permission: 'EU_SipTrunk', level: 'READ' },
    handle: async (context, { scope, body }) => answer(context, scope, body),
  }),
]

async function answer(context: Context, scope: OwnerScope, { direction = 'outbound', to, from }: Static<typeof Body>) {
  const carriers = await tryNumber(context, scope, { direction, to, from })
  return ok({ status: 200, body: { direction, to, ...(from === undefined ? {} : { from }), carriers: carriers.map(shown) } })
}

function shown({ row, trunk, called, caller, arrival }: TriedCarrier) {
  return {
    id: row.id,
    name: trunk.name,
    priority: trunk.priority,
    status: trunk.status,
    called: triedView(called),
    ...(caller === undefined ? {} : { caller: triedView(caller) }),
    ...(arrival === undefined ? {} : { arrives: 'code' in arrival ? { code: arrival.code, why: arrival.reason } : arrival }),
  }
}

function triedView({ number, ruleIndex, rules }: TriedNumber): Static<typeof Tried> {
  const rule = appliedRule(rules, ruleIndex)
  if (rule === undefined)
    return { number, why: rules === undefined || rules.length === 0 ? 'no rules: as it is' : `none of ${rules.length} rules fits: as it is` }
  const { index, prefix, strip, prepend } = rule
  const begins = prefix === '' ? 'any number' : `what begins with ${prefix}`
  return { number, rule, why: `rule ${index}, for ${begins}: ${strip} off the front, "${prepend}" before the rest` }
}
