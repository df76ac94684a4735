import { ok, type Result } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import { type AccountScope, actorOf, type PartitionScope, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { ApiFailure } from '../failures/index.ts'
import { accountOperation, named, type Operation, partitionOperation, type Reply } from '../http/index.ts'
import type { GuardSettings } from './fraud-guard.ts'
import { changeGuard, readGuardRow, resetGuard, settingsOfRow, trippedOfRow } from './stored-guards.ts'

const settings = {
  maxConcurrentCalls: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  maxCallsPerMinute: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  maxSpendPerDay: Type.Optional(Type.String({ pattern: String.raw`^\d{1,9}(\.\d{1,6})?$` })),
  highRiskPrefixes: Type.Optional(Type.Array(Type.String({ pattern: String.raw`^\d{1,15}$` }), { maxItems: 1000 })),
  endsRunningCalls: Type.Optional(Type.Boolean()),
  notifyEmails: Type.Optional(Type.Array(Type.String({ maxLength: 254, pattern: String.raw`^[^@\s]+@[^@\s]+$` }), { maxItems: 20 })),
}
const FraudGuardBody = named('FraudGuardRequest', Type.Object(settings))
const FraudGuardView = named(
  'FraudGuard',
  Type.Object({
    ...settings,
    /** Where the settings come from. */
    source: Type.String(),
    tripped: Type.Boolean(),
    trippedReason: Type.Optional(Type.String()),
    trippedAt: Type.Optional(Type.String()),
  }),
)

const OF_PARTITION = '/v2/partition/:partitionId/fraud-guard'
const OF_ACCOUNT = '/v2/partition/:partitionId/account/:accountId/fraud-guard'
const TAG = 'Fraud Guard'

const READS = { method: 'GET', tag: TAG, requires: { permission: 'Account', level: 'READ' }, responses: { 200: FraudGuardView } } as const
const CHANGES = {
  method: 'PUT',
  tag: TAG,
  requires: { permission: 'Account', level: 'EDIT' },
  body: FraudGuardBody,
  responses: { 200: FraudGuardView },
} as const

export const fraudGuardOperations: readonly Operation[] = [
  partitionOperation({
    ...READS,
    path: OF_PARTITION,
    summary: 'What outbound calls of accounts without limits of their own may do',
    handle: async (context, { scope }) => reply(context, scope),
  }),
  partitionOperation({
    ...CHANGES,
    path: OF_PARTITION,
    summary: 'Limit outbound calls of every account without limits of its own',
    handle: change,
  }),
  accountOperation({
    ...READS,
    path: OF_ACCOUNT,
    summary: 'What outbound calls of an account may do, and whether its guard has tripped',
    handle: async (context, { scope }) => reply(context, scope),
  }),
  accountOperation({
    ...CHANGES,
    path: OF_ACCOUNT,
    summary: 'Limit outbound calls of an account',
    handle: change,
  }),
  accountOperation({
    method: 'POST',
    path: `${OF_ACCOUNT}/reset`,
    tag: TAG,
    summary: 'Let an account call again after its guard has tripped',
    requires: { permission: 'Account', level: 'EDIT' },
    responses: { 200: FraudGuardView },
    handle: async (context, { principal, scope }) => {
      const done = await resetGuard(context, actorOf(principal), scope)
      return done.ok ? reply(context, scope) : done
    },
  }),
]

interface ChangeRequest {
  readonly principal: Principal
  readonly scope: PartitionScope | AccountScope
  readonly body: Static<typeof FraudGuardBody>
}

async function change(context: Context, { principal, scope, body }: ChangeRequest): Promise<Result<Reply, ApiFailure>> {
  // A body may be what was read, with what is only shown.
  const known = Object.fromEntries(Object.entries(body).filter(([name]) => name in settings))
  const changed = await changeGuard(context, actorOf(principal), scope, known)
  return changed.ok ? reply(context, scope) : changed
}

async function reply(context: Context, scope: PartitionScope | AccountScope): Promise<Result<Reply, ApiFailure>> {
  const { sql } = context.database
  const accountId = 'accountId' in scope ? scope.accountId : undefined
  const own = await readGuardRow(sql, scope.partitionId, accountId)
  const inherited = await readGuardRow(sql, scope.partitionId)
  const found = settingsOfRow(own) ?? settingsOfRow(inherited)
  const tripped = trippedOfRow(own)
  const isTripped = tripped !== undefined && new Date(tripped.atMs).toISOString().slice(0, 10) === new Date(context.clock.nowMs()).toISOString().slice(0, 10)
  const source = found === undefined ? 'NONE' : accountId !== undefined && settingsOfRow(own) !== undefined ? 'ACCOUNT' : 'PARTITION'
  return ok({ status: 200, body: viewOf(found, source, isTripped ? tripped : undefined) })
}

function viewOf(found: GuardSettings | undefined, source: string, tripped: ReturnType<typeof trippedOfRow>): Static<typeof FraudGuardView> {
  const { maxConcurrentCalls, maxCallsPerMinute, maxSpendPerDay, highRiskPrefixes = [], endsRunningCalls = false, notifyEmails = [] } = found ?? {}
  return {
    ...(maxConcurrentCalls === undefined ? {} : { maxConcurrentCalls }),
    ...(maxCallsPerMinute === undefined ? {} : { maxCallsPerMinute }),
    ...(maxSpendPerDay === undefined ? {} : { maxSpendPerDay }),
    highRiskPrefixes: [...highRiskPrefixes],
    endsRunningCalls,
    notifyEmails: [...notifyEmails],
    source,
    tripped: tripped !== undefined,
    ...(tripped === undefined ? {} : { trippedReason: tripped.reason, trippedAt: new Date(tripped.atMs).toISOString() }),
  }
}
