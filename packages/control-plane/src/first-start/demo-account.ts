import { SYSTEM_ACTOR, EVERY_PERMISSION, enterAccount, enterPartition, type Principal } from '../access/index.ts'
import { createAccount } from '../accounts/index.ts'
import type { Context } from '../context.ts'
import { createDeviceLine, provisioningData, findLine } from '../device-lines/index.ts'
import { createEndUser } from '../end-users/index.ts'

/** Everything somebody needs to put a softphone on a desk. */
export interface PhoneLogin {
  readonly extension: string
  readonly sipUsername: string
  readonly sipPassword: string
}

const ACCOUNT_NUMBER = 'DEMO'
const PEOPLE = [
  { firstName: 'Ada', lastName: 'Demo', extension: '2001' },
  { firstName: 'Ben', lastName: 'Demo', extension: '2002' },
] as const

/**
 * Two phones that can call each other at once, made through the same use cases as everybody else's. Only an empty
 * partition gets them; an operator who deletes the account does not find it again.
 */
export async function ensureDemoAccount(context: Context, partitionId: string): Promise<readonly PhoneLogin[]> {
  const { sql } = context.database
  const any = await sql.selectFrom('account').select('id').where('partition_id', '=', partitionId).limit(1).executeTakeFirst()
  if (any === undefined) await createDemoAccount(context, partitionId)
  return readLogins(context, partitionId)
}

async function createDemoAccount(context: Context, partitionId: string): Promise<void> {
  const principal = systemPrincipal(partitionId)
  const partition = enterPartition(principal, partitionId)
  if (!partition.ok) throw new Error(partition.error.message)
  const account = await createAccount(context, principal, partition.value, { accountNumber: ACCOUNT_NUMBER, accountName: 'Demo account' })
  if (!account.ok) throw new Error(account.error.message)
  const scope = await enterAccount(context.database.sql, principal, partition.value, account.value.row.id)
  if (!scope.ok) throw new Error(scope.error.message)
  for (const person of PEOPLE) {
    const user = await createEndUser(context, principal, scope.value, person)
    if (!user.ok) throw new Error(user.error.message)
    const device = { userId: user.value.id, deviceName: `${person.firstName}'s phone`, deviceTypeId: 'GENERIC_SIP', macAddress: undefined, lineNumber: 1, lineType: 'Line', referenceId: undefined, faxEnabled: false, emergencyNumber: undefined, features: undefined, codecs: undefined } as const // prettier-ignore
    const line = await createDeviceLine(context, principal, scope.value, device, { sipUsername: `demo-${person.extension}`, sipPassword: undefined })
    if (!line.ok) throw new Error(line.error.message)
  }
}

async function readLogins(context: Context, partitionId: string): Promise<readonly PhoneLogin[]> {
  const principal = systemPrincipal(partitionId)
  const partition = enterPartition(principal, partitionId)
  if (!partition.ok) return []
  const scope = await enterAccount(context.database.sql, principal, partition.value, ACCOUNT_NUMBER, 'AccountNumber')
  if (!scope.ok) return []
  const rows = await context.database.sql
    .selectFrom('device_line')
    .innerJoin('end_user', 'end_user.id', 'device_line.user_id')
    .select(['device_line.id', 'end_user.extension'])
    .where('device_line.account_id', '=', scope.value.accountId)
    .where('device_line.partition_id', '=', partitionId)
    .orderBy('end_user.extension')
    .execute()
  const logins: PhoneLogin[] = []
  for (const row of rows) {
    const line = await findLine(context.database.sql, scope.value, row.id)
    const shown = line === undefined ? undefined : (await provisioningData(context, scope.value, line)).lines[0]
    if (shown !== undefined) logins.push({ extension: row.extension ?? '', sipUsername: shown.sipUsername, sipPassword: shown.sipPassword })
  }
  return logins
}

function systemPrincipal(partitionId: string): Principal {
  return { userId: SYSTEM_ACTOR.userId, userType: 'ManagementUser', username: SYSTEM_ACTOR.userName, partitionId, visiblePartitionIds: [partitionId], accountId: undefined, permissions: EVERY_PERMISSION } // prettier-ignore
}
