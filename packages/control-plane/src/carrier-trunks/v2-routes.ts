import { canonicalAddress, err, ok, type Result } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import type { Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'
import { accountOperation, named, oneOf, type Operation, partitionOperation } from '../http/index.ts'
import { carrierTrunkOf, type CarrierTrunkRow, findCarrierTrunk, listCarrierTrunks, type OwnerScope } from './carrier-trunk-queries.ts'
import { type CarrierTrunk, isInUse, PEER_CERTIFICATES, PLAIN_TRUNK } from './carrier-trunk.ts'
import { createCarrierTrunk, deleteCarrierTrunk, type GivenTrunk, reviseCarrierTrunk } from './change-carrier-trunk.ts'
import { NumberRulesBody, numberRulesFrom } from './number-rules-body.ts'
import { tryNumberOperations } from './try-number-routes.ts'

const TAG = 'Carrier Trunk'
const PARTITION = '/v2/partition/:partitionId/carrier-trunk'
const ACCOUNT = '/v2/partition/:partitionId/account/:accountId/carrier-trunk'
const DEFAULT_SIP_PORT = 5060
const DEFAULT_PRIORITY = 10
const DEFAULT_KEEP_ALIVE_SECONDS = 30

const Fields = {
  name: Type.String({ minLength: 1, maxLength: 256 }),
  enabled: Type.Optional(Type.Boolean()),
  address: Type.String({ minLength: 1, maxLength: 64 }),
  port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
  transport: Type.Optional(oneOf(['udp', 'tcp', 'tls'])),
  peerCertificate: Type.Optional(oneOf(PEER_CERTIFICATES)),
  priority: Type.Optional(Type.Integer({ minimum: 0, maximum: 65_535 })),
  costWeight: Type.Optional(Type.Number({ minimum: 0, maximum: 1_000_000 })),
  costByPrefix: Type.Optional(Type.Record(Type.String({ maxLength: 15 }), Type.Number())),
  maxConcurrentCalls: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
  maxCallsPerSecond: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
  keepAliveSeconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 3_600 })),
  username: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
  registrarDomain: Type.Optional(Type.String({ minLength: 1, maxLength: 253 })),
  numberRules: Type.Optional(NumberRulesBody),
}
const Body = named('CarrierTrunkRequest', Type.Object({ ...Fields, password: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })) }))
const View = named('CarrierTrunk', Type.Object({ id: Type.String(), ...Fields }))
const ItemPath = Type.Object({ partitionId: Type.String(), carrierTrunkId: Type.String({ maxLength: 64 }) })
const AccountItemPath = Type.Object({ partitionId: Type.String(), accountId: Type.String(), carrierTrunkId: Type.String({ maxLength: 64 }) })

/** A partition's carriers are a matter of its products, an account's one of its trunks. */
const ofPartition = { read: { permission: 'Product', level: 'READ' }, edit: { permission: 'Product', level: 'EDIT' } } as const
const ofAccount = { read: { permission: 'EU_SipTrunk', level: 'READ' }, edit: { permission: 'EU_SipTrunk', level: 'EDIT' } } as const

interface Asked {
  readonly principal: Principal
  readonly scope: OwnerScope
}
type Item = Asked & { readonly params: { readonly carrierTrunkId: string } }
type Given = { readonly body: Static<typeof Body> }

const list = async (context: Context, { scope }: Asked) => ok({ status: 200, body: (await listCarrierTrunks(context.database.sql, scope)).map(shown) })
const create = async (context: Context, { principal, scope, body }: Asked & Given) =>
  answer(await createCarrierTrunk(context, principal, scope, givenOf(body, undefined)))
const read = async (context: Context, { scope, params }: Item) => {
  const row = await findCarrierTrunk(context.database.sql, scope, params.carrierTrunkId)
  return answer(row === undefined ? err(entityNotFound('CarrierTrunk', params.carrierTrunkId)) : ok(row))
}
const replace = async (context: Context, { principal, scope, params, body }: Item & Given) =>
  answer(await reviseCarrierTrunk(context, principal, scope, params.carrierTrunkId, (before) => givenOf(body, before)))
const remove = async (context: Context, { principal, scope, params }: Item) => {
  const deleted = await deleteCarrierTrunk(context, principal, scope, params.carrierTrunkId)
  return deleted.ok ? ok({ status: 204 }) : deleted
}

const lists = { tag: TAG, responses: { 200: Type.Array(View) } } as const
const shows = { tag: TAG, responses: { 200: View } } as const
const deletes = { tag: TAG, responses: { 204: undefined } } as const

export const carrierTrunkOperations: readonly Operation[] = [
  ...tryNumberOperations,
  partitionOperation({ method: 'GET', path: PARTITION, ...lists, summary: "List a partition's own carriers", requires: ofPartition.read, handle: list }),
  partitionOperation({ method: 'POST', path: PARTITION, ...shows, summary: 'Bring a carrier along for all accounts of a partition', requires: ofPartition.edit, body: Body, handle: create }), // prettier-ignore
  partitionOperation({ method: 'GET', path: `${PARTITION}/:carrierTrunkId`, ...shows, summary: "Read a partition's own carrier", requires: ofPartition.read, params: ItemPath, handle: read }), // prettier-ignore
  partitionOperation({ method: 'PUT', path: `${PARTITION}/:carrierTrunkId`, ...shows, summary: "Replace a partition's own carrier; without password or numberRules it keeps those it has", requires: ofPartition.edit, params: ItemPath, body: Body, handle: replace }), // prettier-ignore
  partitionOperation({ method: 'DELETE', path: `${PARTITION}/:carrierTrunkId`, ...deletes, summary: "Remove a partition's own carrier", requires: ofPartition.edit, params: ItemPath, handle: remove }), // prettier-ignore
  accountOperation({ method: 'GET', path: ACCOUNT, ...lists, summary: "List an account's own carriers", requires: ofAccount.read, handle: list }),
  accountOperation({ method: 'POST', path: ACCOUNT, ...shows, summary: 'Bring a carrier along for one account', requires: ofAccount.edit, body: Body, handle: create }), // prettier-ignore
  accountOperation({ method: 'GET', path: `${ACCOUNT}/:carrierTrunkId`, ...shows, summary: "Read an account's own carrier", requires: ofAccount.read, params: AccountItemPath, handle: read }), // prettier-ignore
  accountOperation({ method: 'PUT', path: `${ACCOUNT}/:carrierTrunkId`, ...shows, summary: "Replace an account's own carrier; without password or numberRules it keeps those it has", requires: ofAccount.edit, params: AccountItemPath, body: Body, handle: replace }), // prettier-ignore
  accountOperation({ method: 'DELETE', path: `${ACCOUNT}/:carrierTrunkId`, ...deletes, summary: "Remove an account's own carrier", requires: ofAccount.edit, params: AccountItemPath, handle: remove }), // prettier-ignore
]

function answer(trunk: Result<CarrierTrunkRow, ApiFailure>) {
  return trunk.ok ? ok({ status: 200, body: shown(trunk.value) }) : trunk
}

function shown(row: CarrierTrunkRow) {
  const trunk = carrierTrunkOf(row)
  return { id: row.id, ...trunk, enabled: isInUse(trunk) }
}

/** What this surface has no field for stays as it is. */
function givenOf(body: Static<typeof Body>, before: CarrierTrunk | undefined): GivenTrunk {
  const { password, name } = body
  const address = canonicalAddress(body.address)
  const wasInUse = before !== undefined && isInUse(before)
  return {
    password,
    takesNames: address === before?.address,
    trunk: {
      ...PLAIN_TRUNK,
      ...before,
      name,
      address,
      status: (body.enabled ?? true) ? (wasInUse ? before.status : 'active') : before === undefined || wasInUse ? 'inactive' : before.status,
      port: body.port ?? DEFAULT_SIP_PORT,
      transport: body.transport ?? 'udp',
      priority: body.priority ?? DEFAULT_PRIORITY,
      costWeight: body.costWeight ?? 0,
      costByPrefix: body.costByPrefix ?? {},
      maxConcurrentCalls: body.maxConcurrentCalls,
      maxCallsPerSecond: body.maxCallsPerSecond,
      keepAliveSeconds: body.keepAliveSeconds ?? DEFAULT_KEEP_ALIVE_SECONDS,
      username: body.username,
      registrarDomain: body.registrarDomain,
      // These came later than the fields around them: who does not know of them does not take them away.
      peerCertificate: body.peerCertificate ?? keptCertificate(before, body.transport),
      numberRules: body.numberRules === undefined ? (before?.numberRules ?? {}) : numberRulesFrom(body.numberRules),
    },
  }
}

/** Without TLS there is none to be asked for. */
function keptCertificate(before: CarrierTrunk | undefined, transport: CarrierTrunk['transport'] | undefined): CarrierTrunk['peerCertificate'] {
  return transport === 'tls' && before !== undefined ? before.peerCertificate : PLAIN_TRUNK.peerCertificate
}
