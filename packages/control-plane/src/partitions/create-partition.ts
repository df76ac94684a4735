import { err, newId, ok, type Result } from '@dialtone/foundation'
import type { Selectable } from 'kysely'
import { actorOf, type PartitionScope, type Principal } from '../access/index.ts'
import { insertDefaultProduct } from '../calling-plans/index.ts'
import { insertDefaultInboundRatePlan } from '../inbound-rate-plans/index.ts'
import type { Context } from '../context.ts'
import type { PartitionTable } from '../database/index.ts'
import { write } from '../events/index.ts'
import { type ApiFailure, invalidFields } from '../failures/index.ts'
import { insertAdministrator } from '../management-users/index.ts'
import { firstPasswordHash, uniqueUsername } from '../passwords/index.ts'
import { referenceProblems } from './change-partition.ts'
import { partitionChanged } from './partition-events.ts'
import type { PartitionSettings } from './partition-settings.ts'

export interface NewSubPartition {
  readonly name: string
  readonly settings: Partial<PartitionSettings>
  /** The first operator of the sub-partition, when it gets one of its own. */
  readonly manager: { readonly username: string; readonly password: string; readonly firstName: string; readonly lastName: string } | undefined
}

/** Creates a sub-partition: another brand or carrier arrangement of the same customer, with its own id (S1-11). */
export async function createSubPartition(
  context: Context,
  principal: Principal,
  parent: PartitionScope,
  request: NewSubPartition,
): Promise<Result<Selectable<PartitionTable>, ApiFailure>> {
  const { manager } = request
  const passwordHash = manager === undefined ? ok('') : await firstPasswordHash(manager.username, manager.password, 'manager.password')
  if (!passwordHash.ok) return passwordHash
  return uniqueUsername(
    () => manager?.username ?? '',
    () =>
      write(context, actorOf(principal), async (change) => {
        const row = await change.sql
          .insertInto('partition')
          .values({
            id: newId(),
            parent_id: parent.partitionId,
            name: request.name,
            environment: context.settings.environment,
            settings: JSON.stringify(request.settings),
            created_at: change.now,
            updated_at: change.now,
          })
          .returningAll()
          .executeTakeFirstOrThrow()
        await insertAdministrator(change.sql, row.id, manager === undefined ? undefined : { ...manager, passwordHash: passwordHash.value }, change.now)
        await insertDefaultProduct(change.sql, row.id, change.now)
        await insertDefaultInboundRatePlan(change.sql, row.id, change.now)
        const problems = await referenceProblems(change.sql, row.id, request.settings)
        if (problems.length > 0) return err(invalidFields(problems))
        change.emit(partitionChanged(undefined, row))
        return ok(row)
      }),
    'manager.username',
  )
}
