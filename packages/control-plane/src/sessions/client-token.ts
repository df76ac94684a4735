import type { Context } from '../context.ts'
import { admitsAddress, findOAuthClient } from '../program-keys/index.ts'
import type { AdmitAddress } from '../http/index.ts'
import { hashOfToken, newSessionToken } from './session-token.ts'

const LIFE_SECONDS = 3_600
const MAX_TOKENS = 100

export interface ClientCredentials {
  readonly clientId: string
  readonly clientSecret: string
  readonly remoteAddress: string
}

/** A token for an OAuth client (RFC 6749 section 4.4): it ends after an hour, used or not. @returns undefined when the client is not to have one. */
export async function issueClientToken(
  context: Context,
  admitAddress: AdmitAddress,
  { clientId, clientSecret, remoteAddress }: ClientCredentials,
): Promise<{ readonly token: string; readonly lifeSeconds: number; readonly permissions: Readonly<Record<string, string>> } | undefined> {
  const client = await findOAuthClient(context, clientId, clientSecret)
  if (client === undefined || !admitsAddress(client)(remoteAddress) || !(await admitAddress(client.partition_id, remoteAddress))) return undefined
  const token = newSessionToken()
  const nowMs = context.clock.nowMs()
  const endMs = Math.min(nowMs + LIFE_SECONDS * 1000, client.expires_at?.getTime() ?? Infinity)
  const { sql } = context.database
  await sql
    .insertInto('session_token')
    .values({
      token_hash: hashOfToken(token),
      environment: context.settings.environment,
      user_type: 'Program',
      user_id: client.id,
      partition_id: client.partition_id,
      account_id: client.account_id,
      last_used_at: new Date(nowMs),
      created_at: new Date(nowMs),
      expires_at: new Date(endMs),
      source: 'CLIENT_CREDENTIALS',
    })
    .execute()
  // A client that asks for a token at every request keeps its last ones only.
  const old = await sql
    .selectFrom('session_token')
    .select('token_hash')
    .where('user_id', '=', client.id)
    .orderBy('created_at', 'desc')
    .offset(MAX_TOKENS)
    .limit(MAX_TOKENS)
    .execute()
  if (old.length > 0)
    await sql
      .deleteFrom('session_token')
      .where(
        'token_hash',
        'in',
        old.map((row) => row.token_hash),
      )
      .execute()
  return { token, lifeSeconds: Math.floor((endMs - nowMs) / 1000), permissions: client.permissions }
}
