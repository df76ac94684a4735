import { systemScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { DomainEvent } from '../events/index.ts'
import { OBJECT_TYPES, type UsedBy } from './account-object.ts'
import { usersOf } from './account-object-queries.ts'

/** Who points at the object that an event tells of. */
export function affectedBy(context: Context, { partitionId, accountId, history }: DomainEvent): Promise<readonly UsedBy[]> {
  const type = OBJECT_TYPES.find((candidate) => candidate === history?.referenceType)
  if (type === undefined || accountId === undefined || history === undefined) return Promise.resolve([])
  return usersOf(context.database.sql, systemScope(partitionId, accountId), { type, id: history.referenceId })
}
