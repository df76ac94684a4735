import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import { entityNameOf, objectExists } from '../account-objects/index.ts'
import { lockAccount } from '../accounts/index.ts'
import type { Context } from '../context.ts'
import type { Sql, Transaction } from '../database/index.ts'
import { write } from '../events/index.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'

export const RECORDING_MODES = ['OFF', 'SELECTED', 'ALL'] as const
export const RECORDING_RULES = ['ALWAYS', 'ON_DEMAND', 'NEVER'] as const
export const RECORDED_OBJECTS = [
  'END_USER',
  'LINE_APPEARANCE',
  'BUSINESS_LINE',
  'HUNT_GROUP',
  'BUSINESS_LINE_HUNT_GROUP',
  'CALL_GROUP',
  'CALL_QUEUE',
  'TELEPHONE_NUMBER',
] as const

/** What holds for calls of one user, line or number, or that come through one group or queue. */
export interface RecordingRuleOf {
  readonly type: (typeof RECORDED_OBJECTS)[number]
  readonly id: string
  readonly record: (typeof RECORDING_RULES)[number]
}

/** Whose calls of an account are recorded, and for how long that is kept. */
export interface RecordingSettings {
  readonly mode: (typeof RECORDING_MODES)[number]
  /** With SELECTED: calls of these users. */
  readonly userIds: readonly string[]
  /** Both parties are told before it begins. */
  readonly announce: boolean
  readonly retentionDays: number
  /** NEVER goes before ALWAYS, and both before the mode. */
  readonly rules: readonly RecordingRuleOf[]
  /** Whoever talks may press *1 and *2. */
  readonly keys: boolean
  /** A tone every 15 s as long as it goes on. */
  readonly beep: boolean
}

const DEFAULTS: RecordingSettings = { mode: 'OFF', userIds: [], announce: true, retentionDays: 30, rules: [], keys: false, beep: false }

export async function readSettings(sql: Sql | Transaction, accountId: string): Promise<RecordingSettings> {
  const row = await sql.selectFrom('call_recording_setting').select('settings').where('account_id', '=', accountId).executeTakeFirst()
  return { ...DEFAULTS, ...row?.settings }
}

export function changeSettings(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  wanted: Partial<RecordingSettings>,
): Promise<Result<RecordingSettings, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const account = await lockAccount(change.sql, scope)
    if (account === undefined || account.status === 'DELETED') return err(entityNotFound('Account', scope.accountId))
    const settings: RecordingSettings = { ...DEFAULTS, ...wanted }
    const stranger = await unknownUser(change.sql, scope, settings.userIds)
    if (stranger !== undefined) return err(entityNotFound('EndUser', stranger))
    for (const { type, id } of settings.rules) if (!(await objectExists(change.sql, scope, { type, id }))) return err(entityNotFound(entityNameOf(type), id))
    const before = await readSettings(change.sql, scope.accountId)
    const text = JSON.stringify(settings)
    await change.sql
      .insertInto('call_recording_setting')
      .values({ account_id: scope.accountId, partition_id: scope.partitionId, settings: text, updated_at: change.now })
      .onConflict((conflict) => conflict.column('account_id').doUpdateSet({ settings: text, updated_at: change.now }))
      .execute()
    change.emit({
      type: 'callrecording.settings',
      partitionId: scope.partitionId,
      accountId: scope.accountId,
      data: { accountId: scope.accountId, mode: settings.mode },
      history: {
        type: 'ACCOUNT',
        action: 'UPDATE',
        oldValue: { callRecording: before },
        newValue: { callRecording: settings },
        referenceType: 'ACCOUNT',
        referenceId: scope.accountId,
        referenceName: account.account_name,
      },
    })
    return ok(settings)
  })
}

async function unknownUser(sql: Transaction, scope: AccountScope, userIds: readonly string[]): Promise<string | undefined> {
  if (userIds.length === 0) return undefined
  const rows = await sql
    .selectFrom('end_user')
    .select('id')
    .where('account_id', '=', scope.accountId)
    .where('id', 'in', [...userIds])
    .execute()
  const known = new Set(rows.map((row) => row.id))
  return userIds.find((userId) => !known.has(userId))
}
