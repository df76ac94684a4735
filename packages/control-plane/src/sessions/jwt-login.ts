import { createHash, createPublicKey, verify } from 'node:crypto'
import { err, ok, type Result } from '@dialtone/foundation'
import { covers, permissionsOf, visiblePartitions } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, loginInvalid } from '../failures/index.ts'
import type { AdmitAddress } from '../http/index.ts'
import { admitsAddress, findOAuthClientById, type ProgramKeyRow } from '../program-keys/index.ts'
import { openSession, type Session } from './open-session.ts'
import { findLoginUser, type LoginUser } from './user-account.ts'

const LONGEST_LIFE_SECONDS = 300
const CLOCK_DIFFERENCE_SECONDS = 60
const MAX_JWT_CHARACTERS = 4_096

interface Claims {
  readonly iss: string
  readonly sub: string
  readonly aud: readonly string[]
  readonly exp: number
  readonly nbf: number
  readonly jti: string
}

/**
 * Logs a user in for a portal that knows him: an assertion (RFC 7523) signed with the key of an OAuth client, `iss` the client's id, `sub` the
 * user name, `aud` the environment, `jti` used once, `exp` at most five minutes ahead. The client cannot get a session that may do more than it may.
 */
export async function logInByJwt(context: Context, admitAddress: AdmitAddress, jwt: string, remoteAddress: string): Promise<Result<Session, ApiFailure>> {
  const parts = readJwt(jwt)
  const client = parts === undefined ? undefined : await findOAuthClientById(context, parts.claims.iss)
  if (parts === undefined || client === undefined || client.public_key === null || !isSigned(parts, client.public_key)) return err(loginInvalid())
  const { claims } = parts
  const nowSeconds = context.clock.nowMs() / 1000
  const isNow = claims.exp > nowSeconds && claims.exp <= nowSeconds + LONGEST_LIFE_SECONDS && claims.nbf <= nowSeconds + CLOCK_DIFFERENCE_SECONDS
  if (!isNow || !claims.aud.includes(context.settings.environment) || !admitsAddress(client)(remoteAddress)) return err(loginInvalid())
  const user = await findLoginUser(context, claims.sub)
  if (user === undefined || !(await mayBecome(context, client, user)) || !(await admitAddress(user.partitionId, remoteAddress))) return err(loginInvalid())
  if (!(await useUp(context, `${client.id} ${claims.jti}`, claims.exp))) return err(loginInvalid())
  const session = await openSession(context, user, 'JWT')
  return session === undefined ? err(loginInvalid()) : ok(session)
}

async function mayBecome(context: Context, client: ProgramKeyRow, user: LoginUser): Promise<boolean> {
  if (client.account_id !== null && client.account_id !== user.accountId) return false
  if (!(await visiblePartitions(context.database.sql, client.partition_id)).includes(user.partitionId)) return false
  return user.grants.every((grant) => covers([permissionsOf(client.permissions)], grant))
}

/** @returns false when the assertion was used before. */
async function useUp(context: Context, name: string, expSeconds: number): Promise<boolean> {
  const { sql } = context.database
  await sql.deleteFrom('used_assertion').where('expires_at', '<', new Date(context.clock.nowMs())).execute()
  const inserted = await sql
    .insertInto('used_assertion')
    .values({ id: createHash('sha256').update(name).digest('base64url'), expires_at: new Date(expSeconds * 1000) })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  return inserted !== undefined
}

interface Jwt {
  readonly algorithm: string
  readonly signed: string
  readonly signature: Buffer
  readonly claims: Claims
}

function readJwt(jwt: string): Jwt | undefined {
  const [header = '', payload = '', signature = '', ...rest] = jwt.split('.')
  if (jwt.length > MAX_JWT_CHARACTERS || rest.length > 0) return undefined
  const [head, claims] = [jsonOf(header), jsonOf(payload)]
  if (head === undefined || claims === undefined) return undefined
  const { iss, sub, aud, exp, nbf, jti } = claims
  if (typeof iss !== 'string' || typeof sub !== 'string' || typeof jti !== 'string' || typeof exp !== 'number') return undefined
  return {
    algorithm: typeof head['alg'] === 'string' ? head['alg'] : '',
    signed: `${header}.${payload}`,
    signature: Buffer.from(signature, 'base64url'),
    claims: { iss, sub, jti, exp, nbf: typeof nbf === 'number' ? nbf : 0, aud: [aud].flat().filter((name) => typeof name === 'string') },
  }
}

function jsonOf(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/** The key decides the algorithm, never the token (RFC 8725 section 3.1). */
function isSigned({ algorithm, signed, signature }: Jwt, pem: string): boolean {
  const key = createPublicKey(pem)
  const data = Buffer.from(signed)
  if (key.asymmetricKeyType === 'ed25519') return algorithm === 'EdDSA' && verify(null, data, key, signature)
  if (key.asymmetricKeyType === 'rsa') return algorithm === 'RS256' && verify('sha256', data, key, signature)
  return algorithm === 'ES256' && verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, signature)
}
