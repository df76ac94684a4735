import { newId, randomToken } from '@dialtone/foundation'
import { hashPassword, verifyPassword } from '../access/index.ts'
import { insertDefaultProduct } from '../calling-plans/index.ts'
import { insertDefaultInboundRatePlan } from '../inbound-rate-plans/index.ts'
import type { Database, Sql } from '../database/index.ts'
import { insertAdministrator } from '../management-users/index.ts'

export interface FirstStartOptions {
  readonly database: Database
  readonly now: Date
  readonly environment: string
  readonly partitionId: string | undefined
  readonly username: string
  readonly password: string | undefined
}

export interface FirstStart {
  readonly partitionId: string
  readonly username: string
  /** Known on the very first start only; afterwards just its hash is stored. */
  readonly password: string | undefined
}

const PASSWORD_BYTES = 15

/**
 * The first start of an empty database: one partition, one operator with every permission, the default calling
 * plan. Everything in one transaction, so that a kill in between leaves nothing half made.
 */
export async function firstStart(o: FirstStartOptions): Promise<FirstStart> {
  const known = await knownFirst(o.database.sql)
  if (known !== undefined) return known
  // It takes its time, which a second start has no use for.
  const password = o.password ?? `${randomToken(PASSWORD_BYTES)}-1a`
  const passwordHash = await hashPassword(password)
  return o.database.sql.transaction().execute(async (sql) => {
    const partitionId = o.partitionId ?? newId()
    await sql
      .insertInto('partition')
      .values({ id: partitionId, parent_id: null, name: 'First partition', environment: o.environment, settings: '{}', created_at: o.now, updated_at: o.now })
      .execute()
    await insertAdministrator(sql, partitionId, { username: o.username, passwordHash, firstName: 'First', lastName: 'Operator' }, o.now)
    await insertDefaultProduct(sql, partitionId, o.now)
    await insertDefaultInboundRatePlan(sql, partitionId, o.now)
    return { partitionId, username: o.username, password }
  })
}

async function knownFirst(sql: Sql): Promise<FirstStart | undefined> {
  const known = await sql.selectFrom('partition').select('id').where('parent_id', 'is', null).orderBy('created_at').limit(1).executeTakeFirst()
  return known === undefined ? undefined : { partitionId: known.id, username: await firstOperator(sql, known.id), password: undefined }
}

/** Whether a password still is the operator's own: what was written down at the first start is shown only as long as it is. */
export async function isOperatorPassword(database: Database, username: string, password: string): Promise<boolean> {
  const row = await database.sql.selectFrom('management_user').select('password_hash').where('username', '=', username).executeTakeFirst()
  return verifyPassword(password, row?.password_hash ?? undefined)
}

async function firstOperator(sql: Sql, partitionId: string): Promise<string> {
  const row = await sql
    .selectFrom('management_user')
    .select('username')
    .where('partition_id', '=', partitionId)
    .orderBy('created_at')
    .limit(1)
    .executeTakeFirst()
  return row?.username ?? ''
}
