import Type, { type Static } from 'typebox'
import { ACCESS_LEVELS, type Principal, unionOf, visiblePartitions } from '../access/index.ts'
import type { Context } from '../context.ts'
import { named, oneOf } from '../http/index.ts'
import { isProgramKey } from '../program-keys/index.ts'
import { hashOfToken } from './session-token.ts'
import type { LoginUser } from './user-account.ts'

const USER_TYPES = ['AccountUser', 'EndUser', 'ManagementUser', 'AlianzaUser', 'BusinessLines'] as const
const END_USER_TYPES = ['ADMIN', 'ADVANCED_ADMIN', 'BASIC_ADMIN', 'STANDARD', 'STANDARD_ADMIN', 'SUPER_ADMIN'] as const
const MS_A_SECOND = 1000
const SECONDS_AN_HOUR = 3600

/** What a login answers, and userinfo as well (public-spec section 6). */
export const LoginToken = named(
  'LoginToken',
  Type.Object({
    authToken: Type.String(),
    tokenType: Type.String(),
    expiresIn: Type.Integer(),
    maxLifeInHours: Type.Integer(),
    tokenSource: Type.String(),
    userId: Type.String(),
    userType: oneOf(USER_TYPES),
    endUserType: Type.Optional(oneOf(END_USER_TYPES)),
    username: Type.String(),
    userName: Type.String(),
    emailAddress: Type.Optional(Type.String()),
    firstName: Type.String(),
    lastName: Type.String(),
    partitionId: Type.String(),
    partitionName: Type.String(),
    subPartitionIds: Type.Array(Type.String()),
    accountId: Type.Optional(Type.String()),
    permissions: Type.Record(Type.String(), oneOf([...ACCESS_LEVELS, 'DENIED'])),
    grantedAuthorities: Type.Array(Type.String()),
    featureToggles: Type.Record(Type.String(), Type.Boolean()),
    mustChangePassword: Type.Boolean(),
    mustAddEmail: Type.Boolean(),
    groupId: Type.Optional(Type.String()),
    groupName: Type.Optional(Type.String()),
  }),
)
type LoginTokenView = Static<typeof LoginToken>

export async function loginTokenView(context: Context, token: string, user: LoginUser): Promise<LoginTokenView> {
  const permissions = unionOf(user.grants)
  return {
    ...(await commonView(context, token, user)),
    ...(user.endUserType === undefined ? {} : { endUserType: user.endUserType as NonNullable<LoginTokenView['endUserType']> }),
    ...(user.emailAddress === undefined ? {} : { emailAddress: user.emailAddress }),
    firstName: user.firstName,
    lastName: user.lastName,
    permissions: { ...permissions },
    grantedAuthorities: authorities(permissions),
    mustChangePassword: user.mustChangePassword,
    mustAddEmail: user.emailAddress === undefined && !user.username.includes('@'),
    ...(user.userType === 'EndUser' && user.accountId !== undefined ? await groupOf(context, user.accountId, user.userId) : {}),
  }
}

/** A program has no person behind it: its key's name stands where the name would. */
export async function programView(context: Context, token: string, principal: Principal): Promise<LoginTokenView> {
  return {
    ...(await commonView(context, token, principal)),
    firstName: principal.username,
    lastName: '',
    permissions: { ...principal.permissions },
    grantedAuthorities: authorities(principal.permissions),
    mustChangePassword: false,
    mustAddEmail: false,
  }
}

async function commonView(context: Context, token: string, who: Pick<Principal, 'userId' | 'userType' | 'username' | 'partitionId' | 'accountId'>) {
  const { sql } = context.database
  const partition = await sql.selectFrom('partition').select('name').where('id', '=', who.partitionId).executeTakeFirstOrThrow()
  const visible = who.accountId === undefined ? await visiblePartitions(sql, who.partitionId) : []
  const { tokenSource, expiresIn } = await lifeOf(context, token, who.userId)
  return {
    authToken: token,
    tokenType: 'Bearer',
    expiresIn,
    maxLifeInHours: Math.floor(expiresIn / SECONDS_AN_HOUR),
    tokenSource,
    userId: who.userId,
    userType: who.userType,
    username: who.username,
    userName: who.username,
    partitionId: who.partitionId,
    partitionName: partition.name,
    subPartitionIds: visible.filter((id) => id !== who.partitionId),
    ...(who.accountId === undefined ? {} : { accountId: who.accountId }),
    featureToggles: {},
  }
}

/** Seconds until the token ends when it is not used (C-02); what a program holds ends when it was said to, used or not. */
async function lifeOf(context: Context, token: string, userId: string): Promise<{ tokenSource: string; expiresIn: number }> {
  const { sql } = context.database
  const held = isProgramKey(token)
    ? await sql.selectFrom('program_key').select(['kind as source', 'expires_at']).where('id', '=', userId).executeTakeFirst()
    : await sql.selectFrom('session_token').select(['source', 'expires_at']).where('token_hash', '=', hashOfToken(token)).executeTakeFirst()
  const { tokenIdleSeconds } = context.settings
  const end = held?.expires_at ?? undefined
  const expiresIn = end === undefined ? tokenIdleSeconds : Math.max(0, Math.floor((end.getTime() - context.clock.nowMs()) / MS_A_SECOND))
  return { tokenSource: held?.source ?? 'PASSWORD', expiresIn }
}

/** The group of the account that the user is in (public-spec section 1, User Groups). */
async function groupOf(context: Context, accountId: string, userId: string): Promise<{ groupId?: string; groupName?: string }> {
  const row = await context.database.sql
    .selectFrom('account_object_reference as reference')
    .innerJoin('account_object as named', (join) =>
      join.onRef('named.account_id', '=', 'reference.account_id').onRef('named.type', '=', 'reference.from_type').onRef('named.id', '=', 'reference.from_id'),
    )
    .select(['named.id', 'named.name'])
    .where('reference.account_id', '=', accountId)
    .where('reference.from_type', '=', 'USER_GROUP')
    .where('reference.to_type', '=', 'END_USER')
    .where('reference.to_id', '=', userId)
    .orderBy('named.created_at')
    .executeTakeFirst()
  return row === undefined ? {} : { groupId: row.id, groupName: row.name }
}

function authorities(permissions: Readonly<Record<string, string>>): string[] {
  return Object.entries(permissions)
    .filter(([, level]) => level !== 'NONE' && level !== 'DENIED')
    .map(([type, level]) => `${type}:${level}`)
}
