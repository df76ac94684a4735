import { err, newId, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, holds, type Principal, systemScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { Sql, Transaction } from '../database/index.ts'
import { write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, inConflict, invalidField, notPermitted } from '../failures/index.ts'
import type { OperationPerformer } from '../http/index.ts'
import { schemaFailure, type SchemaError } from './bulk-failure.ts'
import { type BulkObject, MAX_OBJECTS, normalizedObject, type ObjectType } from './bulk-object.ts'
import { type CollectionRow, enterNamedAccount, lockCollection } from './bulk-queries.ts'
import { findUser, NUMBER_COLLECTION, USER_COLLECTION } from './row-calls.ts'

export interface NewCollection {
  readonly objectType: ObjectType | undefined
  readonly objects: readonly BulkObject[]
  readonly accountId: string | undefined
}

const INSERT_AT_ONCE = 1000

/** Stores a collection whose objects are all well-formed; otherwise says of each what is wrong, and stores nothing. */
export async function createCollection(
  context: Context,
  principal: Principal,
  performer: OperationPerformer,
  wanted: NewCollection,
): Promise<Result<CollectionRow, ApiFailure>> {
  if (wanted.objects.length > MAX_OBJECTS)
    return err(invalidField('transformObjects', `has ${wanted.objects.length} objects`, `at most ${MAX_OBJECTS}`, 'TooManyObjects'))
  const named = wanted.accountId === undefined ? undefined : await enterNamedAccount(context.database.sql, principal, wanted.accountId)
  if (named !== undefined && !named.ok) return named
  const partitionId = named === undefined ? principal.partitionId : named.value.partitionId
  const objects = wanted.objects.map((object) => normalizedObject(wanted.objectType, object))
  const refused = wanted.objectType === undefined ? undefined : objectProblems(performer, wanted.objectType, objects)
  if (refused !== undefined) return err(refused)
  return write(context, actorOf(principal), async (change) => {
    const row = await insertCollection(change.sql, {
      partitionId,
      accountId: wanted.accountId,
      userId: principal.userId,
      objectType: wanted.objectType,
      objects,
      now: change.now,
    })
    change.emit({ type: 'bulkcollection.created', partitionId, accountId: wanted.accountId, data: { collectionId: row.id, size: row.size } })
    return ok(row)
  })
}

export async function insertCollection(
  sql: Transaction,
  o: {
    readonly partitionId: string
    readonly accountId: string | undefined
    readonly userId: string
    readonly objectType: string | undefined
    readonly objects: readonly BulkObject[]
    readonly now: Date
  },
): Promise<CollectionRow> {
  const row = await sql
    .insertInto('bulk_collection')
    .values({
      id: newId(),
      partition_id: o.partitionId,
      account_id: o.accountId ?? null,
      user_id: o.userId,
      object_type: o.objectType ?? null,
      size: o.objects.length,
      created_at: o.now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  for (let from = 0; from < o.objects.length; from += INSERT_AT_ONCE) {
    const rows = o.objects
      .slice(from, from + INSERT_AT_ONCE)
      .map((object, index) => ({ collection_id: row.id, position: from + index, key: null, object: JSON.stringify(object) }))
    await sql.insertInto('bulk_item').values(rows).execute()
  }
  return row
}

/** Adds one user by his extension (S0-82, C-60). A user stands in a collection once, however often he is added. */
export async function addUser(
  context: Context,
  principal: Principal,
  collectionId: string,
  extension: string,
  accountId: string | undefined,
): Promise<Result<{ readonly collection: CollectionRow; readonly userId: string }, ApiFailure>> {
  if (!holds(principal, 'EU_User', 'READ')) return err(notPermitted())
  return write(context, actorOf(principal), async (change) => {
    const collection = await lockCollection(change.sql, principal, collectionId)
    if (collection === undefined) return err(entityNotFound('Collection', collectionId))
    if (collection.is_frozen) return err(inConflict('CollectionInUse', 'A job works on the collection; make another one.', { collectionId }))
    if (collection.object_type !== null)
      return err(inConflict('InvalidTransformObjectType', 'The collection holds objects, not users.', { transformObjectType: collection.object_type }))
    if (collection.size >= MAX_OBJECTS) return err(inConflict('TooManyObjects', `A collection holds at most ${MAX_OBJECTS} objects.`))
    const scope = await accountOf(change.sql, principal, collection, extension, accountId)
    if (!scope.ok) return scope
    const user = await findUser(change.sql, scope.value, { extension })
    if (!user.ok) return user
    const added = await change.sql
      .insertInto('bulk_item')
      .values({ collection_id: collection.id, position: collection.size, key: user.value.id, object: JSON.stringify({ userId: user.value.id, extension }) })
      .onConflict((conflict) => conflict.columns(['collection_id', 'key']).where('key', 'is not', null).doNothing())
      .returning('position')
      .executeTakeFirst()
    const row = await change.sql
      .updateTable('bulk_collection')
      .set({ size: collection.size + (added === undefined ? 0 : 1), account_id: scope.value.accountId, partition_id: scope.value.partitionId })
      .where('id', '=', collection.id)
      .returningAll()
      .executeTakeFirstOrThrow()
    return ok({ collection: row, userId: user.value.id })
  })
}

/** The account of the collection; without one, that of the only user in the caller's partition with the extension (C-60). */
async function accountOf(
  sql: Sql,
  principal: Principal,
  collection: CollectionRow,
  extension: string,
  accountId: string | undefined,
): Promise<Result<AccountScope, ApiFailure>> {
  if (collection.account_id !== null) {
    if (accountId !== undefined && accountId !== collection.account_id)
      return err(invalidField('accountId', 'is another account than that of the collection', 'one account a collection'))
    return ok(systemScope(collection.partition_id, collection.account_id))
  }
  if (accountId !== undefined) return enterNamedAccount(sql, principal, accountId)
  let query = sql.selectFrom('end_user').select(['account_id', 'partition_id']).where('extension', '=', extension)
  query = query.where('partition_id', '=', principal.partitionId)
  if (principal.accountId !== undefined) query = query.where('account_id', '=', principal.accountId)
  const found = await query.limit(2).execute()
  const [user] = found
  if (user === undefined) return err(entityNotFound('EndUser', extension))
  if (found.length > 1)
    return err(invalidField('accountId', `is needed: several accounts have a user with extension "${extension}"`, 'the id of an account', 'AccountIdRequired'))
  return ok(systemScope(user.partition_id, user.account_id))
}

/** What the operations of the objects would refuse about their form. Whether names are taken and things exist is for the job to find out. */
function objectProblems(performer: OperationPerformer, type: ObjectType, objects: readonly BulkObject[]): ApiFailure | undefined {
  const errors: SchemaError[] = []
  let count = 0
  for (const [index, object] of objects.entries()) {
    const problems = problemsOf(performer, type, object)
    if (problems.length === 0) continue
    count++
    errors.push(...problems.map((problem) => ({ index, ...problem })))
  }
  return count === 0 ? undefined : schemaFailure(errors, count)
}

function problemsOf(performer: OperationPerformer, type: ObjectType, object: BulkObject): readonly Omit<SchemaError, 'index'>[] {
  const missing = (path: string, code: string) => [{ path, code, message: `${path} is missing (required)` }]
  if (type === 'CreateTelephoneNumberInput' || type === 'DeleteTelephoneNumberInput') {
    if (typeof object['phoneNumber'] !== 'string') return missing('phoneNumber', 'PhoneNumberRequired')
    return type === 'CreateTelephoneNumberInput' ? checked(performer.check({ ...NUMBER_COLLECTION, body: { telephoneNumbers: [object['phoneNumber']] } })) : []
  }
  if (type === 'DeleteUserInput')
    return ['userId', 'extension', 'username', 'emailAddress'].some((field) => typeof object[field] === 'string') ? [] : missing('userId', 'UserIdRequired')
  const { callingPlan: _plan, userId: _id, ...body } = object
  return checked(performer.check({ ...USER_COLLECTION, body: structuredClone(body) }))
}

function checked(result: Result<unknown, ApiFailure>): readonly Omit<SchemaError, 'index'>[] {
  if (result.ok) return []
  const { details = [], code, message } = result.error
  if (details.length === 0) return [{ path: '', code, message }]
  return details.map((problem) => ({ path: problem.field, code: problem.code, message: `${problem.field} ${problem.reason} (${problem.rule})` }))
}
