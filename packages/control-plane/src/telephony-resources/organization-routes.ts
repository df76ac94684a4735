import { err, ok } from '@dialtone/foundation'
import { type Expression, sql as raw } from 'kysely'
import Type from 'typebox'
import type { Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { Operation } from '../http/index.ts'
import { entityNotFound } from '../failures/index.ts'
import { Page, pageOf, Pagination } from './paging.ts'
import { idOf, ResourceId, shownId } from './prefixed-id.ts'
import { resourceOperation } from './resource-operation.ts'
import type { OwnerFilter } from './reach.ts'

const TAG = 'Organizations'
const requires = { partition: 'Account', account: 'EU_Account', level: 'READ' } as const

const Organization = Type.Object({
  id: Type.String(),
  name: Type.String(),
  type: Type.String({ enum: ['partition', 'account'] }),
  parent_id: Type.Union([Type.String(), Type.Null()]),
  status: Type.String(),
  created_at: Type.String(),
})

interface Node {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly parent_id: string | null
  readonly status: string
  readonly created_at: Date
}

/** The tenant tree as this surface sees it: what `organization_id` may be (S3-100, conflicts section 8). An extension. */
export const organizationOperations: readonly Operation[] = [
  resourceOperation({
    method: 'GET',
    path: '/organizations',
    tag: TAG,
    summary: 'List the organisations the caller may see: partitions and accounts',
    requires,
    refuses: [],
    query: Page,
    data: Type.Object({ organizations: Type.Array(Organization), pagination: Pagination }),
    handle: async (context, { reach, query, principal }) => {
      const filter = await reach.within({})
      if (!filter.ok) return filter
      const page = pageOf(query)
      const { rows } = await nodes(filter.value, page.limit, page.offset).execute(context.database.sql)
      const { rows: counted } = await countNodes(filter.value).execute(context.database.sql)
      return ok({ data: { organizations: rows.map((row) => shown(row, principal)), pagination: page.shown(Number(counted[0]?.total ?? 0)) } })
    },
  }),
  resourceOperation({
    method: 'GET',
    path: '/organizations/:id',
    tag: TAG,
    summary: 'Read an organisation',
    requires,
    refuses: [404],
    params: Type.Object({ id: ResourceId }),
    data: Organization,
    handle: async (context, { params, reach, principal }) => {
      const id = idOf('organization', params.id)
      const node = await findNode(context, id)
      if (node === undefined) return err(entityNotFound('Organization', params.id))
      const owner = await reach.ownerOf(node.owner)
      return owner.ok ? ok({ data: shown(node, principal) }) : owner
    },
  }),
]

const NODES: Expression<unknown> = raw`(
  SELECT id, account_name AS name, 'account' AS type, partition_id AS parent_id, status, created_at, partition_id, id AS account_id FROM account WHERE status <> 'DELETED'
  UNION ALL
  SELECT id, name, 'partition', parent_id, status, created_at, id, NULL FROM partition
) AS node`

function nodes(filter: OwnerFilter, limit: number, offset: number) {
  return raw<Node>`SELECT * FROM ${NODES} WHERE ${filter} ORDER BY created_at, id LIMIT ${limit} OFFSET ${offset}`
}

function countNodes(filter: OwnerFilter) {
  return raw<{ total: string }>`SELECT count(*) AS total FROM ${NODES} WHERE ${filter}`
}

async function findNode(context: Context, id: string) {
  const { rows } = await raw<Node & { partition_id: string; account_id: string | null }>`SELECT * FROM ${NODES} WHERE id = ${id}`.execute(context.database.sql)
  const [row] = rows
  return row === undefined ? undefined : { ...row, owner: { partition_id: row.partition_id, account_id: row.account_id } }
}

/** What is above the caller's own partition is none of his business. */
function shown({ id, name, type, parent_id: parentId, status, created_at: createdAt }: Node, { visiblePartitionIds }: Principal) {
  return {
    id: shownId('organization', id),
    name,
    type,
    parent_id: parentId === null || !visiblePartitionIds.includes(parentId) ? null : shownId('organization', parentId),
    status: status.toLowerCase(),
    created_at: createdAt.toISOString(),
  }
}
