import type { AccountScope } from '../access/index.ts'
import { usersOf, type UsedBy } from '../account-objects/index.ts'
import type { Sql } from '../database/index.ts'
import { sql as sqlText } from 'kysely'

export interface E911Usages {
  /** Ids of users whose emergency calls are located by this number's address. */
  readonly users: readonly string[]
  /** Everything that names the number as its 911 callback. */
  readonly usedBy: readonly UsedBy[]
}

/** Whose emergency calls are located by the address of a number: those of lines that name it, and of users who show it (S1-95). */
export async function e911Usages(sql: Sql, scope: AccountScope, phoneNumber: string): Promise<E911Usages> {
  const usedBy = (await usersOf(sql, scope, { type: 'TELEPHONE_NUMBER', id: phoneNumber })).filter((user) => user.role.startsWith('emergency'))
  const lines = await sql
    .selectFrom('device_line')
    .select('user_id')
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .where('emergency_number', '=', phoneNumber)
    .where('user_id', 'is not', null)
    .execute()
  const users = await sql
    .selectFrom('end_user')
    .select('id')
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .where(sqlText<boolean>`caller_id_config ->> 'callerIdNumber' = ${phoneNumber}`)
    .execute()
  const ids = [...lines.flatMap((line) => line.user_id ?? []), ...users.map((user) => user.id)]
  return { users: [...new Set(ids)].toSorted(), usedBy }
}
