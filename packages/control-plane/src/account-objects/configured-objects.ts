import { err, newId, newUuid, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import { lockAccount } from '../accounts/index.ts'
import type { Context } from '../context.ts'
import { type DomainEvent, write, type Write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, inConflict } from '../failures/index.ts'
import { entityNameOf } from './account-object.ts'
import { type AccountObjectRow, countObjects, lockObject } from './account-object-queries.ts'
import { addObject, changeObject, pointTo, removeObject } from './change-objects.ts'
import type { ConfigurationKind, ConfiguredObject, Revise } from './configuration-kind.ts'

type Kind<Attributes extends object> = ConfigurationKind<Attributes>
type Answer<Attributes> = Promise<Result<ConfiguredObject<Attributes>, ApiFailure>>

const DEFAULT_LIMIT = 10_000

export function createObject<A extends object>(context: Context, principal: Principal, scope: AccountScope, kind: Kind<A>, attributes: A): Answer<A> {
  return write(context, actorOf(principal), async (change) => {
    const account = await lockAccount(change.sql, scope)
    if (account === undefined || account.status === 'DELETED') return err(entityNotFound('Account', scope.accountId))
    return insertObject(change, scope, kind, attributes)
  })
}

/** Part of a change that has locked the account. */
export async function insertObject<A extends object>(change: Write, scope: AccountScope, kind: Kind<A>, attributes: A): Answer<A> {
  const limit = kind.limit ?? DEFAULT_LIMIT
  if ((await countObjects(change.sql, scope, kind.type)) >= limit) return err(tooMany(kind.type, limit))
  const id = kind.idForm === 'uuid' ? newUuid() : newId()
  const object = { type: kind.type, id }
  const failure =
    (await kind.check?.(change, scope, attributes, id)) ??
    (await addObject(change, scope, {
      ...object,
      name: kind.nameOf(attributes),
      attributes: { ...attributes } as Record<string, unknown>,
      keys: kind.keys?.(attributes) ?? {},
    })) ??
    (await pointTo(change, scope, object, kind.references?.(attributes) ?? []))
  if (failure !== undefined) return err(failure)
  change.emit(eventOf(kind, scope, id, undefined, attributes))
  return ok({ id, partitionId: scope.partitionId, accountId: scope.accountId, attributes, createdAt: change.now, updatedAt: change.now })
}

/** @param revise makes the wanted attributes of the stored ones while the row is locked. */
export function updateObject<A extends object>(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  kind: Kind<A>,
  id: string,
  revise: Revise<A>,
): Answer<A> {
  return write(context, actorOf(principal), async (change) => {
    // The account first, as everywhere: two changes never wait for each other.
    await lockAccount(change.sql, scope)
    return reviseObject(change, scope, kind, id, revise)
  })
}

/** Part of a change that has locked the account. */
export async function reviseObject<A extends object>(change: Write, scope: AccountScope, kind: Kind<A>, id: string, revise: Revise<A>): Answer<A> {
  const object = { type: kind.type, id }
  const row = await lockObject(change.sql, scope, object)
  if (row === undefined) return err(entityNotFound(entityNameOf(kind.type), id))
  const before = configuredObject<A>(row)
  const revised = revise(before.attributes)
  if (!revised.ok) return revised
  const attributes = revised.value
  const failure =
    (await kind.check?.(change, scope, attributes, id)) ??
    (await changeObject(change, scope, object, {
      name: kind.nameOf(attributes),
      attributes: { ...attributes } as Record<string, unknown>,
      keys: kind.keys?.(attributes) ?? {},
    })) ??
    (await pointTo(change, scope, object, kind.references?.(attributes) ?? []))
  if (failure !== undefined) return err(failure)
  change.emit(eventOf(kind, scope, id, before.attributes, attributes))
  return ok({ ...before, attributes, updatedAt: change.now })
}

export function deleteObject<A extends object>(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  kind: Kind<A>,
  id: string,
): Promise<Result<undefined, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    // The account first, as everywhere: two changes never wait for each other.
    await lockAccount(change.sql, scope)
    const dropped = await dropObject(change, scope, kind, id)
    return dropped.ok ? ok(undefined) : dropped
  })
}

/** Part of a change that has locked the account. @returns what the object was. */
export async function dropObject<A extends object>(change: Write, scope: AccountScope, kind: Kind<A>, id: string): Answer<A> {
  const object = { type: kind.type, id }
  const row = await lockObject(change.sql, scope, object)
  if (row === undefined) return err(entityNotFound(entityNameOf(kind.type), id))
  const failure = await removeObject(change, scope, object)
  if (failure !== undefined) return err(failure)
  const dropped = configuredObject<A>(row)
  change.emit(eventOf(kind, scope, id, dropped.attributes, undefined))
  return ok(dropped)
}

/** The attributes were checked by their kind before they were stored. */
export function configuredObject<A extends object>(row: AccountObjectRow): ConfiguredObject<A> {
  return {
    id: row.id,
    partitionId: row.partition_id,
    accountId: row.account_id,
    attributes: (row.attributes ?? {}) as A,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

function eventOf<A extends object>(kind: Kind<A>, scope: AccountScope, id: string, before: A | undefined, after: A | undefined): DomainEvent {
  const [verb, action] =
    before === undefined ? (['created', 'CREATE'] as const) : after === undefined ? (['deleted', 'DELETE'] as const) : (['updated', 'UPDATE'] as const)
  const shown = after ?? before
  const name = shown === undefined ? '' : kind.nameOf(shown)
  return {
    type: `${kind.eventName}.${verb}`,
    partitionId: scope.partitionId,
    accountId: scope.accountId,
    data: { id, accountId: scope.accountId, name },
    history: {
      type: kind.historyType,
      action,
      ...(before === undefined ? {} : { oldValue: before }),
      ...(after === undefined ? {} : { newValue: after }),
      referenceType: kind.type,
      referenceId: id,
      referenceName: name,
    },
  }
}

function tooMany(type: Kind<object>['type'], limit: number): ApiFailure {
  return inConflict(`Account${entityNameOf(type)}LimitReached`, `An account holds at most ${limit} of them.`, { limit })
}
