import { newId } from '@dialtone/foundation'
import type { Transaction } from '../database/index.ts'
import { insertAdministratorRole, replaceRolesOfUser } from '../roles/index.ts'

export interface FirstAdministrator {
  readonly username: string
  readonly passwordHash: string
  readonly firstName: string
  readonly lastName: string
}

/** Gives a new partition its role with every permission and, if it gets one, the operator who has it; part of the partition's own transaction. */
export async function insertAdministrator(sql: Transaction, partitionId: string, user: FirstAdministrator | undefined, now: Date): Promise<void> {
  const roleId = await insertAdministratorRole(sql, partitionId, now)
  if (user === undefined) return
  const id = newId()
  await sql
    .insertInto('management_user')
    .values({
      id,
      partition_id: partitionId,
      username: user.username,
      password_hash: user.passwordHash,
      first_name: user.firstName,
      last_name: user.lastName,
      created_at: now,
    })
    .execute()
  await replaceRolesOfUser(sql, 'ManagementUser', id, [{ id: roleId }])
}
