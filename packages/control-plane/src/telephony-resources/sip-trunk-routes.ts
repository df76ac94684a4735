import { isIP } from 'node:net'
import { canonicalAddress, err, ok, type Result } from '@dialtone/foundation'
import { normalizePhoneNumber, readCarrierNumber, writeCarrierNumber } from '@dialtone/numbering'
import Type, { type Static } from 'typebox'
import type { Principal } from '../access/index.ts'
import {
  carrierTrunkOf,
  type CarrierTrunkRow,
  createCarrierTrunk,
  deleteCarrierTrunk,
  findTrunkAnywhere,
  isHostName,
  reviseCarrierTrunk,
  TRUNK_STATUSES,
} from '../carrier-trunks/index.ts'
import type { Context } from '../context.ts'
import { inOneUnit } from '../events/index.ts'
import { type ApiFailure, entityNotFound, fieldRequired, type FieldProblem, inConflict, invalidField, invalidFields, pascalCase } from '../failures/index.ts'
import { named, oneOf, type Operation } from '../http/index.ts'
import { createTrunk, deleteTrunk, lockOutTrunk, reviseTrunk, type SipTrunk, type SipTrunkRow } from '../sip-trunks/index.ts'
import { changedByPut, notChangeable, unchangeable } from './changed-by-put.ts'
import { carrierTrunkFrom, type GivenFields } from './carrier-trunk-form.ts'
import { pbxTrunkFrom } from './pbx-trunk-form.ts'
import { type Entered, entered } from './entered.ts'
import { includesOf } from './includes.ts'
import { idOf, ResourceId, shownId } from './prefixed-id.ts'
import type { OrganizationScope, Reach } from './reach.ts'
import { resourceOperation, type Shown } from './resource-operation.ts'
import { codecsOf, TRUNK_TYPES, TrunkFields, TrunkView } from './trunk-fields.ts'
import { TRUNK_INCLUDES, trunkView } from './trunk-view.ts'

const TAG = 'SIP Trunks'
/** As in `/v2`: a partition's carriers are a matter of its products, an account's one of its trunks. */
export const trunkPermission = (level: 'READ' | 'EDIT') => ({ partition: 'Product', account: 'EU_SipTrunk', level }) as const
export const TRUNK_FIELD_NAMES = {
  trunkName: 'name', address: 'host', ipAddress: 'host', portNumber: 'port', registrarDomain: 'realm', concurrentCalls: 'max_channels', sipUsername: 'username', sipPassword: 'password', peerCertificate: 'peer_certificate',
} as const // prettier-ignore

const Create = named(
  'SipTrunkResourceRequest',
  Type.Object({
    ...TrunkFields,
    type: Type.Optional(oneOf(TRUNK_TYPES)),
    organization_id: Type.Optional(ResourceId),
    status: Type.Optional(oneOf(TRUNK_STATUSES, { description: 'In a change; a new trunk is pending, whatever is said' })),
  }),
)
const Stays = { type: Type.Optional(oneOf(TRUNK_TYPES)), organization_id: Type.Optional(ResourceId) }
const Update = named('SipTrunkResourceUpdate', Type.Object({ ...TrunkFields, ...Stays, status: Type.Optional(oneOf(['active', 'inactive', 'suspended'])) }))
const View = named('SipTrunkResource', TrunkView)
const Entity = Type.Object({ entity: ResourceId })
const Id = Type.Object({ id: ResourceId })

type Row = CarrierTrunkRow
type Status = Static<typeof Update>['status']
interface By {
  readonly context: Context
  readonly principal: Principal
}

export const sipTrunkResourceOperations: readonly Operation[] = [
  resourceOperation({
    method: 'GET',
    path: '/siptrunk/:id',
    tag: TAG,
    summary: 'Read a trunk of any type, with its addresses and routes if asked for',
    liveMembers: ['registration'],
    requires: trunkPermission('READ'),
    params: Id,
    query: { include: Type.Optional(Type.String({ maxLength: 64 })) },
    data: View,
    refuses: [404],
    handle: async (context, { params, query, reach }) => {
      const found = await enterTrunk(context, reach, params.id)
      if (!found.ok) return found
      const include = includesOf(query.include, TRUNK_INCLUDES)
      return include.ok ? ok({ data: await trunkView(context, found.value.row, include.value) }) : include
    },
  }),
  resourceOperation({
    method: 'PUT',
    path: '/siptrunk/:entity',
    tag: TAG,
    summary: 'Create a trunk (`new`, or a type), or change the one with that id',
    requires: trunkPermission('EDIT'),
    params: Entity,
    body: Create,
    data: View,
    creates: true,
    refuses: [409, 422],
    fieldNames: TRUNK_FIELD_NAMES,
    handle: async (context, { params, body, reach, principal }) => {
      const by = { context, principal }
      const isWord = params.entity === 'new' || TRUNK_TYPES.some((type) => type === params.entity)
      const found = await changedByPut(isWord, () => enterTrunk(context, reach, params.entity))
      if (!found.ok) return found
      if (found.value !== undefined) {
        const refused = otherTrunk(body, found.value.row)
        return refused === undefined ? update(by, found.value, body, body.status === 'pending' ? undefined : body.status) : err(refused)
      }
      const type = body.type ?? TRUNK_TYPES.find((known) => known === params.entity)
      const missing = missingField(body, type)
      if (missing !== undefined) return err(missing)
      const scope = await reach.organization(body.organization_id ?? '')
      if (!scope.ok) return scope
      const created = type === 'pbx' ? await createPbx(by, scope.value, body) : await createCarrier(by, scope.value, type ?? 'carrier', body)
      return shown(context, created, 'SIP trunk created successfully', 201)
    },
  }),
  resourceOperation({
    method: 'POST',
    path: '/siptrunk/:entity',
    tag: TAG,
    summary: 'Change what is given of a trunk',
    requires: trunkPermission('EDIT'),
    params: Entity,
    body: Update,
    data: View,
    refuses: [404, 409, 422],
    fieldNames: TRUNK_FIELD_NAMES,
    handle: async (context, { params, body, reach, principal }) => {
      const found = await enterTrunk(context, reach, params.entity)
      if (!found.ok) return found
      const refused = otherTrunk(body, found.value.row)
      return refused === undefined ? update({ context, principal }, found.value, body, body.status) : err(refused)
    },
  }),
  resourceOperation({
    method: 'DELETE',
    path: '/siptrunk/:id',
    tag: TAG,
    summary: 'Delete a trunk; with calls going on only by force',
    requires: trunkPermission('EDIT'),
    params: Id,
    query: { force: Type.Optional(Type.Boolean()) },
    data: Type.Object({ id: Type.String(), deleted_at: Type.String() }),
    refuses: [404, 409],
    handle: async (context, { params, query, reach, principal }) => {
      const found = await enterTrunk(context, reach, params.id)
      if (!found.ok) return found
      const { row, scope } = found.value
      const active = await context.calls.callsAt(row.id)
      if (active > 0 && query.force !== true)
        return err(inConflict('TrunkHasActiveCalls', `${active} calls go on over this trunk; force=true deletes it all the same.`))
      const deleted =
        row.kind === 'PBX' && 'accountId' in scope
          ? await deleteTrunk(context, principal, scope, row.id)
          : await deleteCarrierTrunk(context, principal, scope, row.id)
      if (!deleted.ok) return deleted
      const data = { id: shownId('trunk', row.id), deleted_at: new Date(context.clock.nowMs()).toISOString() }
      return ok({ data, message: 'SIP trunk deleted successfully' })
    },
  }),
  resourceOperation({
    method: 'POST',
    path: '/siptrunk/:id/normalize',
    tag: TAG,
    summary: 'What a number becomes on its way to or from a carrier, without a call (an extension)',
    requires: trunkPermission('READ'),
    params: Id,
    body: named(
      'NumberRuleTrial',
      Type.Object({
        number: Type.String({ minLength: 1, maxLength: 64 }),
        direction: oneOf(['outbound', 'inbound']),
        party: Type.Optional(oneOf(['called', 'caller'])),
      }),
    ),
    data: Type.Object({ number: Type.String(), rewritten: Type.String(), rule_index: Type.Union([Type.Integer(), Type.Null()]) }),
    refuses: [404, 422],
    handle: async (context, { params, body, reach }) => {
      const found = await enterTrunk(context, reach, params.id)
      if (!found.ok) return found
      if (found.value.row.kind === 'PBX') return err(invalidField('id', 'is the trunk of a PBX', 'a carrier or peer has such rules'))
      const { numberRules } = carrierTrunkOf(found.value.row)
      const { direction, party = 'called' } = body
      const rules = numberRules[`${direction}${party === 'called' ? 'Called' : 'Caller'}`]
      const { number, ruleIndex } =
        direction === 'outbound' ? writeCarrierNumber(rules, normalizePhoneNumber(body.number) ?? body.number) : readCarrierNumber(rules, body.number)
      return ok({ data: { number: body.number, rewritten: number, rule_index: ruleIndex ?? null } })
    },
  }),
]

/** The trunk and the proven scope of its owner. */
export async function enterTrunk(context: Context, reach: Reach, shownTrunkId: string): Promise<Result<Entered<Row>, ApiFailure>> {
  return entered(reach, await findTrunkAnywhere(context.database.sql, idOf('trunk', shownTrunkId)), 'SIPTrunk', shownTrunkId)
}

function typeOf(row: Row): string {
  return row.kind === 'PBX' ? 'pbx' : carrierTrunkOf(row).role
}

/** A change that means another trunk than the one with that id. */
function otherTrunk({ organization_id: organizationId, type }: Pick<Static<typeof Create>, keyof typeof Stays>, row: Row): ApiFailure | undefined {
  const isOtherType = type !== undefined && type !== typeOf(row)
  return unchangeable(organizationId, row, isOtherType && notChangeable('type', 'it stays what it was made as: make another one'))
}

function missingField(body: Static<typeof Create>, type: string | undefined): ApiFailure | undefined {
  const required = { name: body.name, organization_id: body.organization_id, type, host: body.host }
  const missing = Object.entries(required).find(([, value]) => value === undefined)
  return missing === undefined ? undefined : fieldRequired(missing[0])
}

async function createCarrier(
  { context, principal }: By,
  scope: OrganizationScope,
  role: 'carrier' | 'peer',
  body: GivenFields,
): Promise<Result<Row, ApiFailure>> {
  const { problem } = codecsOf(body.codecs ?? [])
  if (problem !== undefined) return err(invalidFields([problem]))
  return createCarrierTrunk(context, principal, scope, { trunk: carrierTrunkFrom(body, undefined, { role }), password: body.password, takesNames: true })
}

const OF_CARRIERS = ['priority', 'max_calls_per_second', 'ping_interval', 'number_rules', 'peer_certificate'] as const

/** What a PBX has not, and is not shown of it, and what of it cannot be. */
function problemsOfPbx(body: GivenFields): ApiFailure | undefined {
  if (body.register === true) return invalidField('register', 'is true', 'a PBX registers with us; we register with carriers and peers')
  const given = OF_CARRIERS.filter((field) => body[field] !== undefined)
  const problems = given.map((field) => problemOf(field, 'means nothing for a PBX', 'of carriers and peers alone'))
  const { host, caller_id_number: number } = body
  if (host !== undefined && isIP(canonicalAddress(host)) === 0 && !isHostName(host))
    problems.push(problemOf('host', `"${host}" is no address`, 'a host name or an address'))
  if (number !== undefined && number !== '' && !/^\d{3,15}$/.test(normalizePhoneNumber(number) ?? number))
    problems.push(problemOf('caller_id_number', `"${number}" is no telephone number`, 'E.164'))
  return problems.length === 0 ? undefined : invalidFields(problems)
}

function problemOf(field: string, reason: string, rule: string): FieldProblem {
  return { field, code: `Invalid${field.split('_').map(pascalCase).join('')}`, reason, rule }
}

async function createPbx({ context, principal }: By, scope: OrganizationScope, body: GivenFields): Promise<Result<Row, ApiFailure>> {
  const { problem } = codecsOf(body.codecs ?? [])
  if (problem !== undefined) return err(invalidFields([problem]))
  if (!('accountId' in scope)) return err(invalidField('organizationId', 'is a partition', 'the PBX of an account'))
  const refused = problemsOfPbx(body)
  if (refused !== undefined) return err(refused)
  const given = { sipUsername: body.username === '' ? undefined : body.username, sipPassword: body.password }
  return createTrunk(context, principal, scope, pbxTrunkFrom(body, undefined), given, undefined)
}

async function update(by: By, { row, scope }: Entered<Row>, body: GivenFields, status: Status): Promise<Result<Shown, ApiFailure>> {
  const { problem } = codecsOf(body.codecs ?? [])
  if (problem !== undefined) return err(invalidFields([problem]))
  const updated = row.kind === 'PBX' ? await updatePbx(by, scope, row, body, status) : await updateCarrier(by, scope, row, body, status)
  return shown(by.context, updated, 'SIP trunk updated successfully', 200)
}

function updateCarrier({ context, principal }: By, scope: OrganizationScope, row: Row, body: GivenFields, status: Status): Promise<Result<Row, ApiFailure>> {
  return reviseCarrierTrunk(context, principal, scope, row.id, (before) => ({
    trunk: carrierTrunkFrom(body, before, { role: before.role, status }),
    password: body.password,
    takesNames: true,
  }))
}

async function updatePbx(
  { context, principal }: By,
  scope: OrganizationScope,
  row: Row,
  body: GivenFields,
  status: Status,
): Promise<Result<SipTrunkRow, ApiFailure>> {
  if (!('accountId' in scope)) return err(entityNotFound('SIPTrunk', row.id))
  const refused = problemsOfPbx(body)
  if (refused !== undefined) return err(refused)
  const given = { sipUsername: body.username === '' ? undefined : body.username, sipPassword: body.password }
  const revise = (before: SipTrunk) => ok({ trunk: pbxTrunkFrom(body, before, status), given })
  const { result } = await inOneUnit(context, async (unit) => {
    const revised = await reviseTrunk(unit, principal, scope, row.id, revise)
    if (!revised.ok || status === undefined || revised.value.locked_out === (status !== 'active')) return revised
    return lockOutTrunk(unit, principal, scope, row.id, status !== 'active')
  })
  return result
}

async function shown(context: Context, row: Result<Row, ApiFailure>, message: string, status: 200 | 201): Promise<Result<Shown, ApiFailure>> {
  return row.ok ? ok({ data: await trunkView(context, row.value, new Set()), message, status }) : row
}
