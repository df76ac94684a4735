import { err, ok, type Result } from '@dialtone/foundation'
import type { AccountScope } from '../access/index.ts'
import type { ObjectReference } from '../account-objects/index.ts'
import type { Sql } from '../database/index.ts'
import { type ApiFailure, invalidField } from '../failures/index.ts'

export const CALL_GROUP_TYPES = ['DEVICE', 'USER'] as const
export const CALL_GROUP_SUB_TYPES = ['ANY_USER', 'PAGING_DEVICE'] as const

/** People or phones under one name: what paging and pickup groups are made of. */
export interface CallGroup {
  readonly name: string
  readonly type: (typeof CALL_GROUP_TYPES)[number]
  readonly subType: (typeof CALL_GROUP_SUB_TYPES)[number]
  readonly memberIds: readonly string[]
}

/** A group of phones is one to page, a group of people anybody (public-spec section 11). */
export function callGroupOf(group: Omit<CallGroup, 'subType'> & { readonly subType: CallGroup['subType'] | undefined }): Result<CallGroup, ApiFailure> {
  const subType = group.subType ?? (group.type === 'DEVICE' ? 'PAGING_DEVICE' : 'ANY_USER')
  if (group.type === 'USER' && subType === 'PAGING_DEVICE')
    return err(invalidField('subType', 'PAGING_DEVICE is for groups of devices', 'type DEVICE with PAGING_DEVICE, or type USER with ANY_USER'))
  if (new Set(group.memberIds).size !== group.memberIds.length) return err(invalidField('memberIds', 'names a member twice', 'every member once'))
  return ok({ ...group, subType })
}

export function membersOf(group: CallGroup): readonly ObjectReference[] {
  const type = group.type === 'USER' ? 'END_USER' : 'LINE_APPEARANCE'
  return group.memberIds.map((id) => ({ role: 'member', type, id }))
}

/** The groups that a user or a phone is in. */
export async function idsOfGroupsWith(sql: Sql, scope: AccountScope, memberId: string): Promise<ReadonlySet<string>> {
  const rows = await sql
    .selectFrom('account_object_reference')
    .select('from_id')
    .where('account_id', '=', scope.accountId)
    .where('from_type', '=', 'CALL_GROUP')
    .where('to_id', '=', memberId)
    .execute()
  return new Set(rows.map((row) => row.from_id))
}
