import { admissionOf, err, newId, ok, type Result } from '@dialtone/foundation'
import { actorOf, type PartitionScope, type Principal } from '../access/index.ts'
import { lockAccount } from '../accounts/index.ts'
import type { Context } from '../context.ts'
import { type Transaction, violatedUniqueIndex } from '../database/index.ts'
import { type DomainEvent, write, type Write } from '../events/index.ts'
import { alreadyInUse, type ApiFailure, entityNotFound, inConflict, invalidFields } from '../failures/index.ts'
import type { AccountScope } from '../access/index.ts'
import { readLevels } from './access-levels.ts'
import { type AccessRuleAttributes, type AccessRuleRow, normalizedRule } from './access-rule.ts'

const MAX_RULES = 1000

/** Of a partition, or of one account in it. */
export type RuleScope = PartitionScope | AccountScope

/** Who changes the rules, from where, and whether he means it when they would shut himself out. */
export interface RuleChange {
  readonly principal: Principal
  readonly remoteAddress: string
  readonly confirmLockout: boolean
}

export function listRules(context: Context, scope: RuleScope): Promise<AccessRuleRow[]> {
  return ofOwner(context.database.sql, scope).selectAll().orderBy('created_at').orderBy('id').limit(MAX_RULES).execute()
}

export function findRule(context: Context, scope: RuleScope, id: string): Promise<AccessRuleRow | undefined> {
  return ofOwner(context.database.sql, scope).selectAll().where('id', '=', id).executeTakeFirst()
}

/** Adds a rule: an allow list narrows what the partitions above allow, denying always wins (C-09). */
export async function createRule(context: Context, by: RuleChange, scope: RuleScope, wanted: AccessRuleAttributes): Promise<Result<AccessRuleRow, ApiFailure>> {
  const rule = normalizedRule(wanted)
  if ('field' in rule) return err(invalidFields([rule]))
  return unique(
    scope,
    () => rule.cidr,
    () =>
      changeRules(context, by, scope, async (change) => {
        if (await standsOtherwise(change.sql, scope, rule)) return err(taken(scope, rule.cidr))
        const count = await ofOwner(change.sql, scope)
          .select((row) => row.fn.countAll<string>().as('total'))
          .executeTakeFirstOrThrow()
        if (Number(count.total) >= MAX_RULES) return err(inConflict('TooManyAccessRules', `At most ${MAX_RULES} rules.`))
        const row = await change.sql
          .insertInto('access_rule')
          .values({ ...rule, id: newId(), partition_id: scope.partitionId, account_id: accountIdOf(scope), created_at: change.now, updated_at: change.now })
          .returningAll()
          .executeTakeFirstOrThrow()
        change.emit(ruleChanged('CREATE', undefined, row))
        return ok(row)
      }),
  )
}

export async function updateRule(
  context: Context,
  by: RuleChange,
  scope: RuleScope,
  id: string,
  revise: (before: AccessRuleRow) => Result<AccessRuleAttributes, ApiFailure>,
): Promise<Result<AccessRuleRow, ApiFailure>> {
  let cidr = ''
  return unique(
    scope,
    () => cidr,
    () =>
      changeRules(context, by, scope, async (change) => {
        const before = await ofOwner(change.sql, scope).selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
        if (before === undefined) return err(entityNotFound('AccessRule', id))
        const revised = revise(before)
        if (!revised.ok) return revised
        const rule = normalizedRule(revised.value)
        if ('field' in rule) return err(invalidFields([rule]))
        cidr = rule.cidr
        const isElsewhere = rule.cidr !== before.cidr || rule.action !== before.action || rule.scope !== before.scope
        if (isElsewhere && (await standsOtherwise(change.sql, scope, rule, id))) return err(taken(scope, cidr))
        const row = await change.sql
          .updateTable('access_rule')
          .set({ ...rule, updated_at: change.now })
          .where('id', '=', id)
          .where('partition_id', '=', scope.partitionId)
          .returningAll()
          .executeTakeFirstOrThrow()
        change.emit(ruleChanged('UPDATE', before, row))
        return ok(row)
      }),
  )
}

export function deleteRule(context: Context, by: RuleChange, scope: RuleScope, id: string): Promise<Result<AccessRuleRow, ApiFailure>> {
  return changeRules(context, by, scope, async (change) => {
    const row = await change.sql
      .deleteFrom('access_rule')
      .where('id', '=', id)
      .where('partition_id', '=', scope.partitionId)
      .where('account_id', accountIdOf(scope) === null ? 'is' : '=', accountIdOf(scope))
      .returningAll()
      .executeTakeFirst()
    if (row === undefined) return err(entityNotFound('AccessRule', id))
    change.emit(ruleChanged('DELETE', row, undefined))
    return ok(row)
  })
}

/**
 * Changes of one owner's rules follow each other: each is judged by those before it. A slip of the finger must not shut its author out: he has to say
 * that he means it. Who is out already loses nothing.
 */
function changeRules(
  context: Context,
  by: RuleChange,
  scope: RuleScope,
  work: (change: Write) => Promise<Result<AccessRuleRow, ApiFailure>>,
): Promise<Result<AccessRuleRow, ApiFailure>> {
  return write(context, actorOf(by.principal), async (change) => {
    await lockOwner(change.sql, scope)
    const admits = async (): Promise<boolean> => admissionOf(await readLevels(change.sql, scope.partitionId), by.remoteAddress).isAdmitted
    // Rules of accounts are for SIP. Asked in the transaction: nobody who has a connection waits for another one.
    const mayBeShutOut = !('accountId' in scope) && !by.confirmLockout && (await admits())
    const changed = await work(change)
    if (!changed.ok || !mayBeShutOut || (await admits())) return changed
    return err(
      inConflict(
        'WouldLockYouOut',
        `With this the address you call from (${by.remoteAddress}) would no longer get in; say confirmLockout=true (/orgips: confirm_lockout=true) if you mean it.`,
      ),
    )
  })
}

async function lockOwner(sql: Transaction, scope: RuleScope): Promise<void> {
  if ('accountId' in scope) await lockAccount(sql, scope)
  else await sql.selectFrom('partition').select('id').where('id', '=', scope.partitionId).forNoKeyUpdate().executeTakeFirst()
}

async function unique(
  scope: RuleScope,
  cidr: () => string,
  work: () => Promise<Result<AccessRuleRow, ApiFailure>>,
): Promise<Result<AccessRuleRow, ApiFailure>> {
  try {
    return await work()
  } catch (error) {
    if (violatedUniqueIndex(error) === 'access_rule_cidr') return err(taken(scope, cidr()))
    throw error
  }
}

/** S3-94: an owner has a block once, not allowed and denied at the same time. What stands so from before stays: denying wins. */
async function standsOtherwise(sql: Transaction, scope: RuleScope, rule: Pick<AccessRuleRow, 'scope' | 'action' | 'cidr'>, exceptId = ''): Promise<boolean> {
  const other = await ofOwner(sql, scope)
    .select('id')
    .where('scope', '=', rule.scope)
    .where('cidr', '=', rule.cidr)
    .where('action', '!=', rule.action)
    .where('id', '!=', exceptId)
    .executeTakeFirst()
  return other !== undefined
}

function taken(scope: RuleScope, cidr: string): ApiFailure {
  return alreadyInUse('DuplicateCidr', 'cidr', cidr, 'accountId' in scope ? 'account' : 'partition')
}

const EVENT_OF = { CREATE: 'accessrule.created', UPDATE: 'accessrule.updated', DELETE: 'accessrule.deleted' } as const

function ruleChanged(action: 'CREATE' | 'UPDATE' | 'DELETE', before: AccessRuleRow | undefined, after: AccessRuleRow | undefined): DomainEvent {
  const row = after ?? before
  if (row === undefined) throw new Error('a rule that was and is not cannot have changed')
  return {
    type: EVENT_OF[action],
    partitionId: row.partition_id,
    accountId: row.account_id ?? undefined,
    data: { accessRuleId: row.id, scope: row.scope, action: row.action, cidr: row.cidr },
    history: {
      type: 'IP_WHITELIST',
      action,
      ...(before === undefined ? {} : { oldValue: shown(before) }),
      ...(after === undefined ? {} : { newValue: shown(after) }),
      referenceType: 'AccessRule',
      referenceId: row.id,
      referenceName: row.cidr,
    },
  }
}

function shown({ scope, action, cidr, description, enabled }: AccessRuleRow) {
  return { scope, action, cidr, description, enabled }
}

/** Rules of the partition itself, or of one account: neither is seen at the other. */
function ofOwner(sql: Context['database']['sql'] | Transaction, scope: RuleScope) {
  const accountId = accountIdOf(scope)
  return sql
    .selectFrom('access_rule')
    .where('partition_id', '=', scope.partitionId)
    .where('account_id', accountId === null ? 'is' : '=', accountId)
}

function accountIdOf(scope: RuleScope): string | null {
  return 'accountId' in scope ? scope.accountId : null
}
