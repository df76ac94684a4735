import { err, ok, type Result } from '@dialtone/foundation'
import type { Selectable } from 'kysely'
import { actorOf, type PartitionScope, type Principal, SYSTEM_ACTOR } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { RateCenterPlanTable, Sql } from '../database/index.ts'
import { type CommittedEvent, write } from '../events/index.ts'
import { type ApiFailure, invalidField } from '../failures/index.ts'
import { queueMessage } from '../messages/index.ts'

const MAX_EMAILS = 20
const EMAIL = /^[^\s@,;<>"]{1,64}@[^\s@,;<>"]{1,190}\.[^\s@,;<>"]{2,63}$/

export async function reorderEmails(sql: Sql, scope: PartitionScope): Promise<readonly string[]> {
  const row = await sql.selectFrom('rate_center_reorder').select('emails').where('partition_id', '=', scope.partitionId).executeTakeFirst()
  return row?.emails ?? []
}

/** Who is written to when the stock of a planned rate center falls below its minimum; nobody with an empty list. */
export function setReorderEmails(
  context: Context,
  principal: Principal,
  scope: PartitionScope,
  emails: readonly string[],
): Promise<Result<readonly string[], ApiFailure>> {
  const wrong = emails.findIndex((email) => !EMAIL.test(email))
  if (wrong >= 0) return Promise.resolve(err(invalidField(`emails.${wrong}`, 'is no e-mail address', 'name@domain', 'InvalidEmailAddress')))
  if (emails.length > MAX_EMAILS) return Promise.resolve(err(invalidField('emails', `has ${emails.length} entries`, `at most ${MAX_EMAILS}`)))
  const unique = [...new Set(emails)]
  return write(context, actorOf(principal), async (change) => {
    const before = await reorderEmails(change.sql, scope)
    const values = { partition_id: scope.partitionId, emails: JSON.stringify(unique), updated_at: change.now }
    await change.sql
      .insertInto('rate_center_reorder')
      .values(values)
      .onConflict((conflict) => conflict.column('partition_id').doUpdateSet({ emails: values.emails, updated_at: values.updated_at }))
      .execute()
    change.emit({
      type: 'reordernotification.changed',
      partitionId: scope.partitionId,
      accountId: undefined,
      data: { emails: unique.length },
      history: {
        type: 'PARTITION_SETTINGS',
        action: 'UPDATE',
        oldValue: before,
        newValue: unique,
        referenceType: 'REORDER_NOTIFICATION',
        referenceId: scope.partitionId,
        referenceName: 'Reorder notification',
      },
    })
    return ok(unique)
  })
}

/** A number left the stock: when exactly the minimum is undercut by it, those who are to reorder are told. */
export async function watchStock(context: Context, event: CommittedEvent): Promise<void> {
  if (event.type !== 'number.assigned') return
  const { sql } = context.database
  const number = await sql.selectFrom('telephone_number').selectAll().where('phone_number', '=', String(event.data['phoneNumber'])).executeTakeFirst()
  if (number === undefined) return
  const plan = await sql
    .selectFrom('rate_center_plan')
    .selectAll()
    .where('partition_id', '=', number.inventory_partition_id)
    .where('state', '=', number.state)
    .where('rate_center', '=', number.rate_center)
    .executeTakeFirst()
  if (plan === undefined) return
  const { total } = await sql
    .selectFrom('telephone_number')
    .select((row) => row.fn.countAll<string>().as('total'))
    .where('partition_id', '=', plan.partition_id)
    .where('function_type', '=', 'ELS')
    .where('account_id', 'is', null)
    .where('prefix', 'in', (query) =>
      query
        .selectFrom('inventory_exchange')
        .select('prefix')
        .where('partition_id', '=', plan.partition_id)
        .where('state', '=', plan.state)
        .where('rate_center', '=', plan.rate_center),
    )
    .executeTakeFirstOrThrow()
  // One below the minimum: the next numbers that leave are known to be missing already.
  if (Number(total) !== plan.minimum_stock - 1) return
  await tell(context, plan, Number(total))
}

async function tell(context: Context, plan: Selectable<RateCenterPlanTable>, stock: number): Promise<void> {
  const row = await context.database.sql.selectFrom('rate_center_reorder').select('emails').where('partition_id', '=', plan.partition_id).executeTakeFirst()
  await write(context, SYSTEM_ACTOR, async (change) => {
    for (const recipient of row?.emails ?? []) {
      const subject = `Numbers of ${plan.rate_center}, ${plan.state} run low`
      const body = `${stock} numbers are left, ${plan.minimum_stock} should be in stock. Order ${plan.reorder_quantity}.`
      await queueMessage(change.sql, { partitionId: plan.partition_id, accountId: undefined, kind: 'EMAIL', recipient, subject, body }, change.now)
    }
    return ok(undefined)
  })
}
