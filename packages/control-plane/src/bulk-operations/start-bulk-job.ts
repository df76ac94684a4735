import { err, ok, type Result } from '@dialtone/foundation'
import { actorOf, type Principal, systemScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import { inOneUnit, write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, fieldRequired, inConflict, invalidField } from '../failures/index.ts'
import type { OperationPerformer } from '../http/index.ts'
import { type JobRow, startJob } from '../jobs/index.ts'
import { type BulkJobType, isOperation, OBJECTS_OF_JOB } from './bulk-job-type.ts'
import type { BulkObject } from './bulk-object.ts'
import { enterNamedAccount, lockCollection } from './bulk-queries.ts'
import { BULK_WORKER } from './bulk-worker.ts'
import { CALL_OF_JOB } from './row-calls.ts'

export interface BulkJobRequest {
  readonly type: BulkJobType
  readonly collectionId: string
  readonly accountId: string | undefined
  readonly parameters: BulkObject
  /** Failed rows after which the rest is left undone. */
  readonly abortAfter: number | undefined
}

/** Starts a job over a collection. The caller holds what each row needs, and the collection does not change any more. */
export async function startBulkJob(
  context: Context,
  principal: Principal,
  performer: OperationPerformer,
  request: BulkJobRequest,
): Promise<Result<JobRow, ApiFailure>> {
  const admitted = performer.admits(principal, CALL_OF_JOB[request.type])
  if (!admitted.ok) return admitted
  const missing = parameterProblem(request)
  if (missing !== undefined) return err(missing)
  const { result } = await inOneUnit(context, (unit) =>
    write(unit, actorOf(principal), async (change) => {
      const collection = await lockCollection(change.sql, principal, request.collectionId)
      if (collection === undefined) return err(entityNotFound('Collection', request.collectionId))
      const wanted = isOperation(request.type) ? null : OBJECTS_OF_JOB[request.type]
      if (collection.object_type !== wanted && !(wanted === null && collection.object_type === 'DeleteUserInput'))
        return err(
          inConflict('InvalidTransformObjectType', `The collection does not hold what "${request.type}" works on.`, {
            transformObjectType: collection.object_type,
          }),
        )
      if (collection.account_id !== null && request.accountId !== undefined && collection.account_id !== request.accountId)
        return err(invalidField('targetAccountId', 'is another account than that of the collection', 'one account a collection'))
      const accountId = request.accountId ?? collection.account_id ?? undefined
      if (accountId === undefined) return err(fieldRequired('targetAccountId'))
      const scope = await enterNamedAccount(change.sql, principal, accountId)
      if (!scope.ok) return scope
      await change.sql.updateTable('bulk_collection').set({ is_frozen: true }).where('id', '=', collection.id).execute()
      return startJob(unit, principal, systemScope(scope.value.partitionId, accountId), {
        name: `Bulk: ${request.type}`,
        work: BULK_WORKER,
        parameters: {
          type: request.type,
          collectionId: collection.id,
          total: collection.size,
          parameters: request.parameters,
          ...(request.abortAfter === undefined ? {} : { abortAfter: request.abortAfter }),
        },
      })
    }),
  )
  return result.ok ? ok(result.value) : result
}

function parameterProblem({ type, parameters }: BulkJobRequest): ApiFailure | undefined {
  if (type === 'UPDATE_CALLING_PLAN') return typeof parameters['callingPlanId'] === 'string' ? undefined : fieldRequired('parameters.callingPlanId')
  if (isOperation(type) && type !== 'DELETE_USERS' && Object.keys(parameters).length === 0) return fieldRequired('parameters')
  return undefined
}
