import { err, ok } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import { ACCESS_LEVELS, PERMISSION_TYPES, permissionsOf } from '../access/index.ts'
import { entityNotFound } from '../failures/index.ts'
import { named, oneOf, type Operation, partitionOperation } from '../http/index.ts'
import {
  createProgramKey,
  deleteProgramKey,
  findProgramKey,
  type IssuedKey,
  listProgramKeys,
  PROGRAM_KEY_KINDS,
  rotateProgramKey,
} from './change-program-keys.ts'
import type { ProgramKeyRow } from './read-program-key.ts'

const Level = oneOf([...ACCESS_LEVELS, 'DENIED'])
const Granted = Type.Unsafe<Readonly<Record<string, string>>>({
  type: 'object',
  properties: Object.fromEntries(PERMISSION_TYPES.map((type) => [type, Level])),
  additionalProperties: false,
})
const ApiKeyBody = named(
  'ApiKeyRequest',
  Type.Object({
    name: Type.String({ minLength: 1, maxLength: 256 }),
    kind: Type.Unsafe<(typeof PROGRAM_KEY_KINDS)[number]>({ type: 'string', enum: [...PROGRAM_KEY_KINDS], default: 'API_KEY' }),
    accountId: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    permissions: Granted,
    allowedAddresses: Type.Array(Type.String({ maxLength: 64 }), { maxItems: 100, default: [] }),
    expiresDate: Type.Optional(Type.String({ format: 'date-time' })),
    publicKey: Type.Optional(Type.String({ maxLength: 4096 })),
  }),
)
const fields = {
  id: Type.String(),
  partitionId: Type.String(),
  accountId: Type.Optional(Type.String()),
  name: Type.String(),
  kind: oneOf(PROGRAM_KEY_KINDS),
  environment: Type.String(),
  keyStart: Type.String(),
  permissions: Type.Record(Type.String(), Type.String()),
  allowedAddresses: Type.Array(Type.String()),
  hasPublicKey: Type.Boolean(),
  expiresDate: Type.Optional(Type.String()),
  lastUsedDate: Type.Optional(Type.String()),
  lastUsedAddress: Type.Optional(Type.String()),
  previousKeyValidUntil: Type.Optional(Type.String()),
  createdBy: Type.String(),
  createdDate: Type.String(),
}
const ApiKeyView = named('ApiKey', Type.Object(fields))
const IssuedApiKey = named(
  'IssuedApiKey',
  Type.Object({ ...fields, key: Type.Optional(Type.String()), clientId: Type.Optional(Type.String()), clientSecret: Type.Optional(Type.String()) }),
)

const TAG = 'API Keys'
const COLLECTION = '/v2/partition/:partitionId/apikey'
const ITEM = `${COLLECTION}/:apiKeyId`
const KeyPath = Type.Object({ partitionId: Type.String(), apiKeyId: Type.String({ maxLength: 64 }) })
const requires = (level: 'READ' | 'EDIT' | 'CREATE' | 'DELETE') => ({ permission: 'ProductUsers' as const, level })
const A_DAY_SECONDS = 86_400

/** Keys for programs: long-lived, with their own permissions, bound to addresses if wanted. */
export const programKeyOperations: readonly Operation[] = [
  partitionOperation({
    method: 'GET',
    path: COLLECTION,
    tag: TAG,
    summary: 'List the keys and OAuth clients of a partition',
    requires: requires('READ'),
    responses: { 200: Type.Array(ApiKeyView) },
    handle: async (context, { scope }) => ok({ status: 200, body: (await listProgramKeys(context, scope)).map(viewOf) }),
  }),
  partitionOperation({
    method: 'POST',
    path: COLLECTION,
    tag: TAG,
    summary: 'Create a key or an OAuth client; its secret is shown this once',
    requires: requires('CREATE'),
    body: ApiKeyBody,
    responses: { 200: IssuedApiKey },
    handle: async (context, { principal, scope, body }) => {
      const issued = await createProgramKey(context, principal, scope, {
        kind: body.kind,
        name: body.name,
        accountId: body.accountId,
        permissions: permissionsOf(body.permissions),
        allowedAddresses: body.allowedAddresses,
        expiresAt: body.expiresDate === undefined ? undefined : new Date(body.expiresDate),
        publicKey: body.publicKey,
      })
      return issued.ok ? ok({ status: 200, body: issuedViewOf(issued.value) }) : issued
    },
  }),
  partitionOperation({
    method: 'GET',
    path: ITEM,
    tag: TAG,
    summary: 'Read a key: what it may do and when it was last used, never its secret',
    requires: requires('READ'),
    params: KeyPath,
    responses: { 200: ApiKeyView },
    handle: async (context, { scope, params }) => {
      const row = await findProgramKey(context, scope, params.apiKeyId)
      return row === undefined ? err(entityNotFound('ApiKey', params.apiKeyId)) : ok({ status: 200, body: viewOf(row) })
    },
  }),
  partitionOperation({
    method: 'POST',
    path: `${ITEM}/rotate`,
    tag: TAG,
    summary: 'Give a key a new secret; the old one is taken as well until the overlap ends',
    requires: requires('EDIT'),
    params: KeyPath,
    body: named('ApiKeyRotation', Type.Object({ overlapSeconds: Type.Integer({ minimum: 0, maximum: 30 * A_DAY_SECONDS, default: A_DAY_SECONDS }) })),
    responses: { 200: IssuedApiKey },
    handle: async (context, { principal, scope, params, body }) => {
      const issued = await rotateProgramKey(context, principal, scope, params.apiKeyId, body.overlapSeconds)
      return issued.ok ? ok({ status: 200, body: issuedViewOf(issued.value) }) : issued
    },
  }),
  partitionOperation({
    method: 'DELETE',
    path: ITEM,
    tag: TAG,
    summary: 'Revoke a key, at once',
    requires: requires('DELETE'),
    params: KeyPath,
    responses: { 204: undefined },
    handle: async (context, { principal, scope, params }) => {
      const deleted = await deleteProgramKey(context, principal, scope, params.apiKeyId)
      return deleted.ok ? ok({ status: 204 }) : deleted
    },
  }),
]

function issuedViewOf({ row, secret }: IssuedKey): Static<typeof IssuedApiKey> {
  return { ...viewOf(row), ...(row.kind === 'API_KEY' ? { key: secret } : { clientId: row.id, clientSecret: secret }) }
}

function viewOf(row: ProgramKeyRow): Static<typeof ApiKeyView> {
  return {
    id: row.id,
    partitionId: row.partition_id,
    ...(row.account_id === null ? {} : { accountId: row.account_id }),
    name: row.name,
    kind: row.kind as Static<typeof ApiKeyView>['kind'],
    environment: row.environment,
    keyStart: row.secret_start,
    permissions: { ...row.permissions },
    allowedAddresses: [...row.allowed_addresses],
    hasPublicKey: row.public_key !== null,
    ...(row.expires_at === null ? {} : { expiresDate: row.expires_at.toISOString() }),
    ...(row.last_used_at === null ? {} : { lastUsedDate: row.last_used_at.toISOString() }),
    ...(row.last_used_address === null ? {} : { lastUsedAddress: row.last_used_address }),
    ...(row.previous_valid_until === null ? {} : { previousKeyValidUntil: row.previous_valid_until.toISOString() }),
    createdBy: row.created_by,
    createdDate: row.created_at.toISOString(),
  }
}
