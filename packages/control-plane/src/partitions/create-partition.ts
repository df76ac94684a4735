import { err, newId, ok, type Result } from '@dialtone/foundation'
import type { Selectable } from 'kysely'
import { actorOf, hashPassword, type PartitionScope, passwordProblem, type Principal } from '../access/index.ts'
import { insertDefaultProduct } from '../calling-plans/index.ts'
import { insertDefaultInboundRatePlan } from '../inbound-rate-plans/index.ts'
import type { Context } from '../context.ts'
import { type PartitionTable, violatedUniqueIndex } from '../database/index.ts'
import { write } from '../events/index.ts'
import { alreadyInUse, type ApiFailure, invalidField, invalidFields } from '../failures/index.ts'
import { insertAdministrator } from '../management-users/index.ts'
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
  const broken = request.manager === undefined ? undefined : passwordProblem(request.manager.password)
  if (broken !== undefined) return err(invalidField('manager.password', 'breaks the password policy', broken, 'InvalidPassword'))
  const passwordHash = request.manager === undefined ? '' : await hashPassword(request.manager.password)
  try {
    return await write(context, actorOf(principal), async (change) => {
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
      await insertAdministrator(change.sql, row.id, request.manager === undefined ? undefined : { ...request.manager, passwordHash }, change.now)
      await insertDefaultProduct(change.sql, row.id, change.now)
      await insertDefaultInboundRatePlan(change.sql, row.id, change.now)
      const problems = await referenceProblems(change.sql, row.id, request.settings)
      if (problems.length > 0) return err(invalidFields(problems))
      change.emit(partitionChanged(undefined, row))
      return ok(row)
    })
  } catch (error) {
    if (violatedUniqueIndex(error) === 'management_user_username')
      return err(alreadyInUse('DuplicateUsername', 'manager.username', request.manager?.username ?? '', 'platform'))
    throw error
  }
}
