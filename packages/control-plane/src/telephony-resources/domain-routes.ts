import { err, ok, type Result } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import { actorOf } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, fieldRequired } from '../failures/index.ts'
import { named, oneOf, type Operation } from '../http/index.ts'
import {
  checkDomain,
  createDomain,
  deleteDomain,
  DOMAIN_STATUSES,
  DOMAIN_TRANSPORTS,
  DOMAIN_TYPES,
  type DomainAttributes,
  findDomain,
  MAX_PEM_CHARACTERS,
  type SipDomainRow,
  updateDomain,
} from '../sip-domains/index.ts'
import { changedByPut, notChangeable, unchangeable } from './changed-by-put.ts'
import { DomainInList, domainInList, DomainView, domainView } from './domain-view.ts'
import { Page, pageOf, Pagination, totalOf } from './paging.ts'
import { type Entered, entered } from './entered.ts'
import { idOf, ResourceId, shownId } from './prefixed-id.ts'
import type { Reach } from './reach.ts'
import { resourceOperation } from './resource-operation.ts'

const TAG = 'Domains'
const requires = (level: 'READ' | 'EDIT' | 'CREATE' | 'DELETE') => ({ partition: 'Product', account: 'EU_SipTrunk', level }) as const
const fieldNames = { organizationId: 'organization_id', sslCertificate: 'ssl_certificate', sslPrivateKey: 'ssl_private_key' } as const

const Given = {
  type: Type.Optional(oneOf(DOMAIN_TYPES)),
  status: Type.Optional(oneOf(DOMAIN_STATUSES, { description: 'In a change; a domain that is claimed is pending, whatever is said' })),
  ssl_enabled: Type.Optional(Type.Boolean()),
  settings: Type.Optional(
    Type.Object({
      default_transport: Type.Optional(oneOf(DOMAIN_TRANSPORTS)),
      nat_keepalive: Type.Optional(Type.Boolean()),
      keepalive_interval: Type.Optional(Type.Integer({ minimum: 15, maximum: 3600 })),
    }),
  ),
  /** PEM, ours first. Replaced as a whole; the empty text takes it away, with its key. */
  ssl_certificate: Type.Optional(Type.String({ maxLength: MAX_PEM_CHARACTERS })),
  /** PEM. Write-only. */
  ssl_private_key: Type.Optional(Type.String({ maxLength: MAX_PEM_CHARACTERS })),
}
const Whole = { ...Given, domain: Type.Optional(Type.String({ maxLength: 255 })), organization_id: Type.Optional(ResourceId) }
const Create = named('SipDomainRequest', Type.Object(Whole))
const Update = named('SipDomainUpdate', Type.Object(Whole))
const Entity = Type.Object({ entity: ResourceId })

/** SIP domains of organisations (S3-69 … S3-84). */
export const domainOperations: readonly Operation[] = [
  resourceOperation({
    method: 'GET',
    path: '/domains',
    tag: TAG,
    summary: 'List SIP domains, a page at a time',
    requires: requires('READ'),
    query: {
      organization_id: Type.Optional(ResourceId),
      include_descendants: Type.Optional(Type.Boolean()),
      status: Type.Optional(oneOf(DOMAIN_STATUSES)),
      ...Page,
    },
    data: Type.Object({ domains: Type.Array(DomainInList), pagination: Pagination }),
    refuses: [],
    handle: async (context, { query, reach }) => {
      const filter = await reach.within(query)
      if (!filter.ok) return filter
      const { limit, offset, shown } = pageOf(query)
      let rows = context.database.sql.selectFrom('sip_domain').where(filter.value)
      if (query.status !== undefined) rows = rows.where('status', '=', query.status)
      const [found, total] = await Promise.all([
        rows.selectAll().orderBy('created_at').orderBy('id').limit(limit).offset(offset).execute(),
        totalOf(rows.select((row) => row.fn.countAll<string>().as('total'))),
      ])
      return ok({ data: { domains: found.map(domainInList), pagination: shown(total) } })
    },
  }),
  resourceOperation({
    method: 'GET',
    path: '/domains/:entity',
    tag: TAG,
    summary: 'Read a SIP domain: how it is proven, where it should lead, when its certificate ends',
    requires: requires('READ'),
    params: Entity,
    data: DomainView,
    refuses: [404],
    handle: async (context, { params, reach }) => {
      const found = await enterDomain(context, reach, params.entity)
      return found.ok ? ok({ data: domainView(context, found.value.row) }) : found
    },
  }),
  resourceOperation({
    method: 'PUT',
    path: '/domains/:entity',
    tag: TAG,
    summary: 'Claim a domain (`new`), or change the one with that id',
    requires: requires('CREATE'),
    params: Entity,
    body: Create,
    data: DomainView,
    creates: true,
    refuses: [409, 422],
    malformed: ['InvalidDomain'],
    fieldNames,
    handle: async (context, { params, body, reach, principal }) => {
      const isWord = params.entity === 'new' || DOMAIN_TYPES.some((type) => type === params.entity)
      const found = await changedByPut(isWord, () => enterDomain(context, reach, params.entity))
      if (!found.ok) return found
      if (found.value !== undefined) {
        const { row, scope } = found.value
        const refused = otherDomain(body, row)
        if (refused !== undefined) return err(refused)
        const updated = await updateDomain(context, principal, scope, row.id, { ...attributesOf(body), status: body.status })
        return updated.ok ? ok({ data: domainView(context, updated.value), message: 'Domain updated successfully' }) : updated
      }
      const missing = (['domain', 'organization_id'] as const).find((field) => body[field] === undefined)
      if (missing !== undefined) return err(fieldRequired(missing))
      const { organization_id: organizationId = '', domain = '' } = body
      const scope = await reach.organization(organizationId)
      if (!scope.ok) return scope
      const type = body.type ?? DOMAIN_TYPES.find((known) => known === params.entity)
      const created = await createDomain(context, principal, scope.value, { ...attributesOf(body), type, domain })
      if (!created.ok) return created
      return ok({ data: domainView(context, created.value), message: 'Domain created successfully. Please add DNS verification record.', status: 201 })
    },
  }),
  resourceOperation({
    method: 'POST',
    path: '/domains/:entity',
    tag: TAG,
    summary: 'Change status, TLS or settings of a SIP domain',
    requires: requires('EDIT'),
    params: Entity,
    body: Update,
    data: DomainView,
    // 422 of a certificate that cannot be used.
    refuses: [404, 422],
    malformed: ['InvalidStatus'],
    fieldNames,
    handle: async (context, { params, body, reach, principal }) => {
      const found = await enterDomain(context, reach, params.entity)
      if (!found.ok) return found
      const { row, scope } = found.value
      const refused = otherDomain(body, row)
      if (refused !== undefined) return err(refused)
      const updated = await updateDomain(context, principal, scope, row.id, { ...attributesOf(body), status: body.status })
      return updated.ok ? ok({ data: domainView(context, updated.value), message: 'Domain updated successfully' }) : updated
    },
  }),
  resourceOperation({
    method: 'POST',
    path: '/domains/:entity/verify',
    tag: TAG,
    summary: 'Look for the DNS verification record of a SIP domain now',
    requires: requires('EDIT'),
    params: Entity,
    data: DomainView,
    refuses: [404],
    handle: async (context, { params, reach, principal }) => {
      const found = await enterDomain(context, reach, params.entity)
      if (!found.ok) return found
      const checked = await checkDomain(context, actorOf(principal), found.value.row)
      if (!checked.ok) return checked
      const message = checked.value.verified_at === null ? 'Domain is not verified yet' : 'Domain is verified'
      return ok({ data: domainView(context, checked.value), message })
    },
  }),
  resourceOperation({
    method: 'DELETE',
    path: '/domains/:entity',
    tag: TAG,
    summary: 'Give a SIP domain up',
    requires: requires('DELETE'),
    params: Entity,
    data: Type.Object({ id: Type.String(), deleted_at: Type.String() }),
    refuses: [404, 409],
    handle: async (context, { params, reach, principal }) => {
      const found = await enterDomain(context, reach, params.entity)
      if (!found.ok) return found
      const deleted = await deleteDomain(context, principal, found.value.scope, found.value.row.id)
      if (!deleted.ok) return deleted
      const data = { id: shownId('domain', found.value.row.id), deleted_at: new Date(context.clock.nowMs()).toISOString() }
      return ok({ data, message: 'Domain deleted successfully' })
    },
  }),
]

async function enterDomain(context: Context, reach: Reach, entity: string): Promise<Result<Entered<SipDomainRow>, ApiFailure>> {
  return entered(reach, await findDomain(context.database.sql, idOf('domain', entity)), 'Domain', entity)
}

/** A change that means another domain than the one with that id. */
function otherDomain({ organization_id: organizationId, domain }: Static<typeof Update>, row: SipDomainRow): ApiFailure | undefined {
  const isOtherName = domain !== undefined && domain.toLowerCase() !== row.name
  return unchangeable(organizationId, row, isOtherName && notChangeable('domain', 'a name is not changed: claim the other one beside it'))
}

function attributesOf(body: Static<typeof Update>): DomainAttributes {
  const { default_transport: defaultTransport, nat_keepalive: natKeepalive, keepalive_interval: keepaliveSeconds } = body.settings ?? {}
  return {
    type: body.type,
    sslEnabled: body.ssl_enabled,
    settings: {
      ...(defaultTransport === undefined ? {} : { defaultTransport }),
      ...(natKeepalive === undefined ? {} : { natKeepalive }),
      ...(keepaliveSeconds === undefined ? {} : { keepaliveSeconds }),
    },
    certificate: certificateOf(body),
  }
}

function certificateOf({ ssl_certificate: certificate, ssl_private_key: privateKey }: Static<typeof Update>): DomainAttributes['certificate'] {
  if (certificate === '' && privateKey === undefined) return 'none'
  return certificate === undefined && privateKey === undefined ? undefined : { certificate, privateKey }
}
