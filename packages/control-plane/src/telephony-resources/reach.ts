import { err, ok, type Result } from '@dialtone/foundation'
import {
  type AccessLevel,
  type AccountScope,
  enterAccount,
  enterPartition,
  holds,
  type PartitionScope,
  type PermissionType,
  type Principal,
  visiblePartitions,
} from '../access/index.ts'
import { type RawBuilder, sql as raw, type SqlBool } from 'kysely'
import type { Sql } from '../database/index.ts'
import { type ApiFailure, invalidField, notPermitted } from '../failures/index.ts'
import { idOf } from './prefixed-id.ts'

/** An organisation: a partition, or an account in one (conflicts section 8). */
export type OrganizationScope = PartitionScope | AccountScope

/** Whose an object is, as its row says. */
export interface Owned {
  readonly partition_id: string
  readonly account_id: string | null
}

export interface NeededPermission {
  /** On what is a partition's. */
  readonly partition: PermissionType
  /** On what is an account's. */
  readonly account: PermissionType
  readonly level: AccessLevel
}

/** How far a caller's arm reaches in one operation. The only way to the scope of an object on this surface. */
export interface Reach {
  /** The organisation a body names: 422 when there is none, 403 when he may not do this there. */
  readonly organization: (organizationId: string) => Promise<Result<OrganizationScope, ApiFailure>>
  /** That of a stored object: 403 when it is somebody else's (S3-08), so that known and unknown ids can be told apart as the seed lists them. */
  readonly ownerOf: (row: Owned) => Promise<Result<OrganizationScope, ApiFailure>>
  /** Whose objects a list shows: those of the organisation that is asked for and no other (conflicts section 8), or all he may see. */
  readonly within: (asked: AskedOrganization) => Promise<Result<OwnerFilter, ApiFailure>>
}

export interface AskedOrganization {
  readonly organization_id?: string | undefined
  /** An extension: with all that is below it. */
  readonly include_descendants?: boolean | undefined
}

/** A condition on `partition_id` and `account_id` of a table. */
export type OwnerFilter = RawBuilder<SqlBool>

export function reachOf(sql: Sql, principal: Principal, needed: NeededPermission): Reach {
  const enter = async ({ partition_id, account_id }: Owned): Promise<Result<OrganizationScope, ApiFailure>> => {
    const partition = enterPartition(principal, partition_id)
    if (!partition.ok) return partition
    const permission = account_id === null ? needed.partition : needed.account
    if (!holds(principal, permission, needed.level)) return err(notPermitted('This token does not have the permission for this operation.'))
    if (account_id !== null) return enterAccount(sql, principal, partition.value, account_id)
    return principal.accountId === undefined ? partition : err(notPermitted('This token is for one account only.'))
  }
  return {
    ownerOf: enter,
    within: async ({ organization_id: organizationId, include_descendants: withDescendants }) => {
      const mayRead = permitted(principal, needed)
      if (organizationId === undefined) return ok(raw`${ofPartitions(principal.visiblePartitionIds)} AND ${ofAccount(principal.accountId)} AND ${mayRead}`)
      const node = await findOrganization(sql, idOf('organization', organizationId))
      const entered = node === undefined ? undefined : await enter(node)
      // Unknown and foreign look the same, to the letter, where only 403 is to be told (S3-71, S3-87).
      if (entered?.ok !== true) return err(notPermitted('This token may not touch that organisation, or not so.'))
      const { partitionId } = entered.value
      if ('accountId' in entered.value) return ok(raw`${ofPartitions([partitionId])} AND ${ofAccount(entered.value.accountId)}`)
      if (withDescendants !== true) return ok(raw`${ofPartitions([partitionId])} AND account_id IS NULL`)
      return ok(raw`${ofPartitions(await visiblePartitions(sql, partitionId))} AND ${mayRead}`)
    },
    organization: async (organizationId) => {
      const node = await findOrganization(sql, idOf('organization', organizationId))
      if (node === undefined) return err(invalidField('organizationId', `"${organizationId}" is no organisation`, 'org_… of a partition or an account'))
      return enter(node)
    },
  }
}

/** The node of the tenant tree with this id: ids are unique across partitions and accounts. */
async function findOrganization(sql: Sql, id: string): Promise<Owned | undefined> {
  const account = await sql
    .selectFrom('account')
    .select(['partition_id', 'id as account_id'])
    .where('id', '=', id)
    .where('status', '<>', 'DELETED')
    .executeTakeFirst()
  if (account !== undefined) return account
  const partition = await sql.selectFrom('partition').select('id as partition_id').where('id', '=', id).executeTakeFirst()
  return partition === undefined ? undefined : { ...partition, account_id: null }
}

function ofPartitions(ids: readonly string[]): OwnerFilter {
  return raw`partition_id IN (${raw.join(ids)})`
}

function ofAccount(id: string | undefined): OwnerFilter {
  return id === undefined ? raw`TRUE` : raw`account_id = ${id}`
}

/** Who may see only what is of accounts, or only what is of partitions, is shown only that. */
function permitted(principal: Principal, { partition, account, level }: NeededPermission): OwnerFilter {
  const [ofThose, ofThese] = [holds(principal, partition, level), holds(principal, account, level)]
  if (ofThose && ofThese) return raw`TRUE`
  return ofThose ? raw`account_id IS NULL` : ofThese ? raw`account_id IS NOT NULL` : raw`FALSE`
}
