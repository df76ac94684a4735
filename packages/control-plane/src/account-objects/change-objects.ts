import { sql as sqlText } from 'kysely'
import type { AccountScope } from '../access/index.ts'
import type { Write } from '../events/index.ts'
import { alreadyInUse, type ApiFailure, entityNotFound, inConflict, pascalCase } from '../failures/index.ts'
import { entityNameOf, type ObjectId, type ObjectReference, type ObjectType } from './account-object.ts'
import { lockObject, usersOf } from './account-object-queries.ts'

export interface ObjectDetails {
  readonly name: string
  /** Of kinds that have no table of their own. */
  readonly attributes?: Readonly<Record<string, unknown>>
  /** Values nobody else in the account has under the same key, such as `extension`, `spotNumber`, `name:IVR`. */
  readonly keys?: Readonly<Record<string, string>>
}

/** Registers an object of the account. The failure is a key that is taken. */
export function addObject(change: Write, scope: AccountScope, object: ObjectId & ObjectDetails): Promise<ApiFailure | undefined> {
  return addObjects(change, scope, [object])
}

/** Several at once, in one statement. */
export async function addObjects(change: Write, scope: AccountScope, objects: readonly (ObjectId & ObjectDetails)[]): Promise<ApiFailure | undefined> {
  const values = objects.map(({ type, id, name, attributes }) => {
    const written = attributes === undefined ? null : JSON.stringify(attributes)
    return sqlText`(${type}::text, ${id}::text, ${name}::text, ${written}::jsonb)`
  })
  const { numAffectedRows } = await sqlText`INSERT INTO account_object (partition_id, account_id, type, id, name, attributes, created_at, updated_at)
    SELECT ${scope.partitionId}, account.id, added.type, added.id, added.name, added.attributes, ${change.now}::timestamptz, ${change.now}::timestamptz
    FROM account, (VALUES ${sqlText.join(values)}) AS added (type, id, name, attributes)
    WHERE account.id = ${scope.accountId} AND account.status NOT IN ('DELETE_PENDING', 'DELETED')`.execute(change.sql)
  if (numAffectedRows !== BigInt(objects.length)) return closedAccount(change, scope)
  for (const { type, id, keys = {} } of objects) {
    const taken = await claimKeys(change, scope, { type, id }, keys)
    if (taken !== undefined) return taken
  }
  return undefined
}

/** An account that is to be deleted gets nothing new. */
async function closedAccount(change: Write, scope: AccountScope): Promise<ApiFailure> {
  const account = await change.sql.selectFrom('account').select('status').where('id', '=', scope.accountId).executeTakeFirst()
  if (account === undefined) return entityNotFound('Account', scope.accountId)
  return inConflict('AccountDeletePending', 'The account is to be deleted: nothing new can be added to it.', { status: account.status })
}

/** Changes what is given; `keys` replaces all of them. */
export async function changeObject(change: Write, scope: AccountScope, object: ObjectId, to: Partial<ObjectDetails>): Promise<ApiFailure | undefined> {
  const { numUpdatedRows } = await change.sql
    .updateTable('account_object')
    .set((expression) => ({
      ...(to.name === undefined ? {} : { name: to.name }),
      ...(to.attributes === undefined ? {} : { attributes: JSON.stringify(to.attributes) }),
      version: expression('version', '+', '1'),
      updated_at: change.now,
    }))
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .where('type', '=', object.type)
    .where('id', '=', object.id)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) return entityNotFound(entityNameOf(object.type), object.id)
  if (to.keys === undefined) return undefined
  await change.sql
    .deleteFrom('account_object_key')
    .where('account_id', '=', scope.accountId)
    .where('type', '=', object.type)
    .where('id', '=', object.id)
    .execute()
  return claimKeys(change, scope, object, to.keys)
}

/** Takes an object out of the account, and with it everything it points at; refused while something points at it. */
export async function removeObject(change: Write, scope: AccountScope, object: ObjectId): Promise<ApiFailure | undefined> {
  // Whoever points at it needs its row meanwhile, and waits.
  if ((await lockObject(change.sql, scope, object)) === undefined) return entityNotFound(entityNameOf(object.type), object.id)
  const failure = await inUseFailure(change, scope, object)
  if (failure !== undefined) return failure
  await change.sql
    .deleteFrom('account_object_reference')
    .where('account_id', '=', scope.accountId)
    .where('from_type', '=', object.type)
    .where('from_id', '=', object.id)
    .execute()
  await change.sql
    .deleteFrom('account_object')
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .where('type', '=', object.type)
    .where('id', '=', object.id)
    .execute()
  return undefined
}

/** Who points at the object, as a refusal. */
export async function inUseFailure(change: Write, scope: AccountScope, object: ObjectId): Promise<ApiFailure | undefined> {
  const usedBy = await usersOf(change.sql, scope, object)
  const [first] = usedBy
  if (first === undefined) return undefined
  const others = usedBy.length === 1 ? '' : ` and ${usedBy.length - 1} more`
  return inConflict(`${entityNameOf(object.type)}InUse`, `It is in use by the ${entityNameOf(first.type)} "${first.name}" (${first.role})${others}.`, {
    usedBy,
  })
}

/** Replaces what an object points at. A target that is not on the account is a failure; nothing is changed then. */
export async function pointTo(change: Write, scope: AccountScope, from: ObjectId, targets: readonly ObjectReference[]): Promise<ApiFailure | undefined> {
  const present = await presentTargets(change, scope, targets)
  const missing = missingTarget(targets, present)
  if (missing !== undefined) return missing
  await change.sql
    .deleteFrom('account_object_reference')
    .where('account_id', '=', scope.accountId)
    .where('from_type', '=', from.type)
    .where('from_id', '=', from.id)
    .execute()
  return insertReferences(change, scope, from, targets, present)
}

/**
 * The same for an object that this change has added: it points at nothing yet.
 * @param beside what the change has added with it, which nobody has to look for
 */
export async function pointAddedTo(
  change: Write,
  scope: AccountScope,
  from: ObjectId,
  targets: readonly ObjectReference[],
  beside: readonly ObjectId[],
): Promise<ApiFailure | undefined> {
  const added = new Set(beside.map(({ type, id }) => `${type} ${id}`))
  const others = targets.filter((target) => typeOf(target, added) === undefined)
  const present = added.union(await presentTargets(change, scope, others))
  return missingTarget(targets, present) ?? insertReferences(change, scope, from, targets, present)
}

function missingTarget(targets: readonly ObjectReference[], present: ReadonlySet<string>): ApiFailure | undefined {
  const missing = targets.find((target) => typeOf(target, present) === undefined)
  return missing === undefined ? undefined : entityNotFound(entityNameOf(missing.type), missing.id)
}

async function insertReferences(
  change: Write,
  scope: AccountScope,
  from: ObjectId,
  targets: readonly ObjectReference[],
  present: ReadonlySet<string>,
): Promise<undefined> {
  if (targets.length === 0) return undefined
  await change.sql
    .insertInto('account_object_reference')
    .values(
      targets.map((target, position) => ({
        account_id: scope.accountId,
        from_type: from.type,
        from_id: from.id,
        role: target.role,
        position,
        to_type: typeOf(target, present) ?? target.type,
        to_id: target.id,
      })),
    )
    .execute()
  return undefined
}

/** Those of the targets that the account has, as `type id`; they cannot be deleted before this change commits. */
async function presentTargets(change: Write, scope: AccountScope, targets: readonly ObjectId[]): Promise<ReadonlySet<string>> {
  if (targets.length === 0) return new Set()
  const present = await change.sql
    .selectFrom('account_object')
    .select(['type', 'id'])
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .where('id', 'in', [...new Set(targets.map((target) => target.id))])
    // In one order, so that two changes with common targets wait for each other instead of blocking each other for ever.
    .orderBy('type')
    .orderBy('id')
    .forKeyShare()
    .execute()
  return new Set(present.map((row) => `${row.type} ${row.id}`))
}

function typeOf({ type, id, orTypes = [] }: ObjectReference, present: ReadonlySet<string>): ObjectType | undefined {
  return [type, ...orTypes].find((candidate) => present.has(`${candidate} ${id}`))
}

async function claimKeys(change: Write, scope: AccountScope, object: ObjectId, keys: Readonly<Record<string, string>>): Promise<ApiFailure | undefined> {
  // In one order, for the same reason.
  for (const [key, value] of Object.entries(keys).toSorted(([one], [other]) => (one < other ? -1 : 1))) {
    const claimed = await change.sql
      .insertInto('account_object_key')
      .values({ account_id: scope.accountId, key, value, ...object })
      .onConflict((conflict) => conflict.columns(['account_id', 'key', 'value']).doNothing())
      .returning('key')
      .executeTakeFirst()
    if (claimed === undefined) return takenKey(key, value)
  }
  return undefined
}

/** `extension` is the one key that all kinds share; `name:IVR` is the name among the IVRs. */
function takenKey(key: string, value: string): ApiFailure {
  const [field = key] = key.split(':')
  return alreadyInUse(field === 'extension' ? 'ExtensionAlreadyInUse' : `Duplicate${pascalCase(field)}`, field, value, 'account')
}
