import { canonicalAddress, parseAddressRange, err, ok, type Result } from '@dialtone/foundation'
import { isIP } from 'node:net'
import Type, { type Static } from 'typebox'
import { type AccessRuleRow, createRule, deleteRule, updateRule, usesOf } from '../access-rules/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, fieldRequired, invalidField } from '../failures/index.ts'
import { named, oneOf, type Operation } from '../http/index.ts'
import { changedByPut, notChangeable, unchangeable } from './changed-by-put.ts'
import { Page, Pagination, totalOf, wholeOrPage } from './paging.ts'
import { type Entered, entered } from './entered.ts'
import { idOf, ResourceId, shownId } from './prefixed-id.ts'
import type { Reach } from './reach.ts'
import { resourceOperation } from './resource-operation.ts'

const TAG = 'Organization IPs'
const requires = (level: 'READ' | 'EDIT' | 'CREATE' | 'DELETE') => ({ partition: 'IpWhitelist', account: 'IpWhitelist', level }) as const
const TYPES = ['whitelist', 'blacklist'] as const
/** The same rule as `…/accessrule` of `/v2`, where it is called allow and deny (C-09). */
const ACTION_OF = { whitelist: 'allow', blacklist: 'deny' } as const

const Given = {
  cidr: Type.Optional(Type.Integer({ minimum: 0, maximum: 128 })),
  type: Type.Optional(oneOf(TYPES)),
  description: Type.Optional(Type.String({ maxLength: 256 })),
  enabled: Type.Optional(Type.Boolean()),
}
const Whole = {
  ...Given,
  organization_id: Type.Optional(ResourceId),
  ip_address: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  scope: Type.Optional(oneOf(['sip', 'api'])),
}
const Create = named('OrganizationIpRequest', Type.Object(Whole))
const Update = named('OrganizationIpUpdate', Type.Object(Whole))
const View = named(
  'OrganizationIp',
  Type.Object({
    id: Type.String(),
    organization_id: Type.String(),
    ip_address: Type.String(),
    cidr: Type.Integer(),
    type: oneOf(TYPES),
    scope: Type.String(),
    enabled: Type.Boolean(),
    description: Type.String(),
    last_seen: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    request_count_24h: Type.Optional(Type.Integer()),
    created_at: Type.String(),
    updated_at: Type.String(),
  }),
)
const Entity = Type.Object({ entity: ResourceId })
/** What a slip would shut out himself says it (an extension). */
const Confirm = { confirm_lockout: Type.Optional(Type.Boolean()) }

/** From where an organisation's phones and trunks, or with `scope` api its requests, may come (S3-85 … S3-99). */
export const accessRuleResourceOperations: readonly Operation[] = [
  resourceOperation({
    method: 'GET',
    path: '/orgips/index',
    tag: TAG,
    summary: 'List allowed and denied blocks of addresses',
    requires: requires('READ'),
    query: {
      organization_id: Type.Optional(ResourceId),
      include_descendants: Type.Optional(Type.Boolean()),
      type: Type.Optional(oneOf(TYPES)),
      scope: Type.Optional(oneOf(['sip', 'api'])),
      ...Page,
    },
    data: Type.Object({ ips: Type.Array(View), pagination: Type.Optional(Pagination) }),
    refuses: [],
    handle: async (context, { query, reach }) => {
      const filter = await reach.within(query)
      if (!filter.ok) return filter
      let rows = context.database.sql.selectFrom('access_rule').where(filter.value)
      if (query.type !== undefined) rows = rows.where('action', '=', ACTION_OF[query.type])
      if (query.scope !== undefined) rows = rows.where('scope', '=', query.scope)
      const { rows: found, ...page } = await wholeOrPage(
        query,
        ({ limit, offset }) => rows.selectAll().orderBy('created_at').orderBy('id').limit(limit).offset(offset).execute(),
        () => totalOf(rows.select((row) => row.fn.countAll<string>().as('total'))),
      )
      return ok({ data: { ips: found.map(shown), ...page } })
    },
  }),
  resourceOperation({
    method: 'GET',
    path: '/orgips/:entity',
    tag: TAG,
    summary: 'Read a block, with how often it was met in 24 hours and when last',
    liveMembers: ['last_seen', 'request_count_24h'],
    requires: requires('READ'),
    params: Entity,
    data: View,
    refuses: [404],
    handle: async (context, { params, reach }) => {
      const found = await enterRule(context, reach, params.entity)
      if (!found.ok) return found
      // Who compares before a change has a connection, and must not wait for another one.
      if (context.unit === undefined) await context.ruleUses.settled()
      const { count24h, lastAt } = await usesOf(context.database.sql, found.value.row.id, new Date(context.clock.nowMs()))
      return ok({ data: { ...shown(found.value.row), last_seen: lastAt?.toISOString() ?? null, request_count_24h: count24h } })
    },
  }),
  resourceOperation({
    method: 'PUT',
    path: '/orgips/:entity',
    tag: TAG,
    summary: 'Allow or deny a block of addresses (`new`), or change the one with that id',
    requires: requires('CREATE'),
    params: Entity,
    query: Confirm,
    body: Create,
    data: View,
    creates: true,
    refuses: [409, 422],
    malformed: ['InvalidIpAddress'],
    handle: async (context, { params, query, body, reach, principal, remoteAddress }) => {
      const by = { principal, remoteAddress, confirmLockout: query.confirm_lockout ?? false }
      const isWord = params.entity === 'new' || TYPES.some((type) => type === params.entity)
      const found = await changedByPut(isWord, () => enterRule(context, reach, params.entity))
      if (!found.ok) return found
      if (found.value !== undefined) {
        const { row } = found.value
        const refused = otherRule(body, row)
        if (refused !== undefined) return err(refused)
        const updated = await updateRule(context, by, found.value.scope, row.id, (before) => revised(before, body))
        return updated.ok ? ok({ data: shown(updated.value), message: 'Organization IP updated successfully' }) : updated
      }
      const missing = (['organization_id', 'ip_address'] as const).find((field) => body[field] === undefined)
      if (missing !== undefined) return err(fieldRequired(missing))
      const { organization_id: organizationId = '', ip_address: address = '', description = '', enabled = true, scope: ruleScope = 'sip' } = body
      const cidr = blockOf(address, body.cidr)
      if (!cidr.ok) return cidr
      const scope = await reach.organization(organizationId)
      if (!scope.ok) return scope
      if (ruleScope === 'api' && 'accountId' in scope.value) return err(invalidField('scope', 'is api', 'of a partition; the rules of an account are for SIP'))
      const type = body.type ?? TYPES.find((known) => known === params.entity) ?? 'whitelist'
      const created = await createRule(context, by, scope.value, { scope: ruleScope, action: ACTION_OF[type], cidr: cidr.value, description, enabled })
      return created.ok ? ok({ data: shown(created.value), message: 'Organization IP created successfully', status: 201 }) : created
    },
  }),
  resourceOperation({
    method: 'POST',
    path: '/orgips/:entity',
    tag: TAG,
    summary: 'Change the type, length or description of a block',
    requires: requires('EDIT'),
    params: Entity,
    query: Confirm,
    body: Update,
    data: View,
    refuses: [404, 409],
    handle: async (context, { params, query, body, reach, principal, remoteAddress }) => {
      const found = await enterRule(context, reach, params.entity)
      if (!found.ok) return found
      const refused = otherRule(body, found.value.row)
      if (refused !== undefined) return err(refused)
      const by = { principal, remoteAddress, confirmLockout: query.confirm_lockout ?? false }
      const updated = await updateRule(context, by, found.value.scope, found.value.row.id, (before) => revised(before, body))
      return updated.ok ? ok({ data: shown(updated.value), message: 'Organization IP updated successfully' }) : updated
    },
  }),
  resourceOperation({
    method: 'DELETE',
    path: '/orgips/:entity',
    tag: TAG,
    summary: 'Remove a block',
    requires: requires('DELETE'),
    params: Entity,
    query: Confirm,
    data: Type.Object({ id: Type.String(), deleted_at: Type.String() }),
    refuses: [404],
    handle: async (context, { params, query, reach, principal, remoteAddress }) => {
      const found = await enterRule(context, reach, params.entity)
      if (!found.ok) return found
      const by = { principal, remoteAddress, confirmLockout: query.confirm_lockout ?? false }
      const deleted = await deleteRule(context, by, found.value.scope, found.value.row.id)
      if (!deleted.ok) return deleted
      const data = { id: shownId('accessRule', found.value.row.id), deleted_at: new Date(context.clock.nowMs()).toISOString() }
      return ok({ data, message: 'Organization IP deleted successfully' })
    },
  }),
]

async function enterRule(context: Context, reach: Reach, entity: string): Promise<Result<Entered<AccessRuleRow>, ApiFailure>> {
  const row = await context.database.sql.selectFrom('access_rule').selectAll().where('id', '=', idOf('accessRule', entity)).executeTakeFirst()
  return entered(reach, row, 'OrganizationIp', entity)
}

/** A change that means another rule than the one with that id. */
function otherRule({ organization_id: organizationId, scope }: Static<typeof Update>, row: AccessRuleRow): ApiFailure | undefined {
  const isOtherScope = scope !== undefined && scope !== row.scope
  return unchangeable(organizationId, row, isOtherScope && notChangeable('scope', 'it counts where it was made for: make another one'))
}

type Attributes = Parameters<typeof createRule>[3]

function revised(before: AccessRuleRow, given: Static<typeof Update>): Result<Attributes, ApiFailure> {
  const [address = '', length] = before.cidr.split('/')
  const wanted = given.ip_address ?? address
  // A block of the other version of IP has a length of its own.
  const kept = isIP(canonicalAddress(wanted)) === isIP(address) ? Number(length) : undefined
  const cidr = blockOf(wanted, given.cidr ?? kept)
  if (!cidr.ok) return cidr
  return ok({
    scope: before.scope as Attributes['scope'],
    action: given.type === undefined ? (before.action as Attributes['action']) : ACTION_OF[given.type],
    cidr: cidr.value,
    description: given.description ?? before.description,
    enabled: given.enabled ?? before.enabled,
  })
}

/** An address alone is a block of one: 32 bits, 128 of IPv6 (S3-92). An IPv4 block in the form of IPv6 is that of IPv4. */
function blockOf(given: string, length: number | undefined): Result<string, ApiFailure> {
  const address = canonicalAddress(given)
  const version = isIP(address)
  if (version === 0) return err(invalidField('ipAddress', `"${address}" is no address`, 'an IPv4 or IPv6 address', 'InvalidIpAddress'))
  const most = version === 4 ? 32 : 128
  if (length === undefined) return ok(`${address}/${most}`)
  const range = parseAddressRange(`${given}/${length}`)
  return range === undefined ? err(invalidField('cidr', `is ${length}`, `0 to ${most}`)) : ok(range.cidr)
}

function shown(row: AccessRuleRow): Static<typeof View> {
  const [address = '', length] = row.cidr.split('/')
  return {
    id: shownId('accessRule', row.id),
    organization_id: shownId('organization', row.account_id ?? row.partition_id),
    ip_address: address,
    cidr: Number(length),
    type: row.action === 'allow' ? 'whitelist' : 'blacklist',
    scope: row.scope,
    enabled: row.enabled,
    description: row.description,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}
