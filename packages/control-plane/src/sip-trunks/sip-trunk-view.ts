import Type, { type Static } from 'typebox'
import { type AccountScope, holds, type Principal } from '../access/index.ts'
import { CallingPlanView, callingPlanView, listCallingPlans } from '../calling-plans/index.ts'
import type { Context } from '../context.ts'
import { named } from '../http/index.ts'
import { partitionDefaults } from '../partitions/index.ts'
import { sipCredentialsOf, sipPasswordOf } from '../sip-credentials/index.ts'
import { numbersOfTrunks, type SipTrunkRow, trunkOf } from './sip-trunk-queries.ts'

/** RFC 3261 19.1.2. */
const SIP_PORT = 5060

export const SipTrunkView = named(
  'SipTrunk',
  Type.Object({
    id: Type.String(),
    partitionId: Type.String(),
    accountId: Type.String(),
    trunkName: Type.String(),
    sipUsername: Type.String(),
    sipPassword: Type.Optional(Type.String()),
    callbackNumber: Type.Optional(Type.String()),
    concurrentCalls: Type.Integer(),
    maxBurstCalls: Type.Integer(),
    callingPlans: Type.Array(CallingPlanView),
    telephoneNumbers: Type.Array(Type.String()),
    sipProxyServer: Type.String(),
    accessEndpoints: Type.Array(Type.Object({ site: Type.String(), address: Type.String(), port: Type.Integer(), protocol: Type.String() })),
    lockedOut: Type.Boolean(),
    localServicesEnabled: Type.Boolean(),
    primaryTn: Type.Optional(Type.String()),
    extensionPatterns: Type.Array(Type.String()),
    externalChargeNumber: Type.Optional(Type.String()),
    provisioningStatus: Type.String(),
    ipBasedAuthEnabled: Type.Boolean(),
    ipAddress: Type.Optional(Type.String()),
    portNumber: Type.Optional(Type.Integer()),
    sipTrunkGroupId: Type.Optional(Type.String()),
    pbxTnDigits: Type.Optional(Type.Integer()),
    languageTag: Type.Optional(Type.String()),
  }),
)

/** The trunk with its login, for whoever may see SIP credentials (S1-123, C-52), and where its PBX registers. */
export async function trunkViews(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  rows: readonly SipTrunkRow[],
): Promise<Static<typeof SipTrunkView>[]> {
  const { sql } = context.database
  const ids = rows.map((row) => row.id)
  const now = new Date(context.clock.nowMs())
  const [logins, numbers, plans] = await Promise.all([
    sipCredentialsOf(sql, ids),
    numbersOfTrunks(sql, scope, ids),
    listCallingPlans(sql, scope, now, { referenceType: 'SIP_TRUNK', referenceId: ids.length === 1 ? ids[0] : undefined }),
  ])
  const showsPassword = holds(principal, 'SipCredentials', 'READ')
  const proxy = await proxyOf(context, scope)
  return rows.map((row) => {
    const { primaryTn, callbackNumber, externalChargeNumber, ipAddress, portNumber, sipTrunkGroupId, pbxTnDigits, languageTag, ...trunk } = trunkOf(row)
    const login = logins.get(row.id)
    const given = { primaryTn, callbackNumber, externalChargeNumber, ipAddress, portNumber, sipTrunkGroupId, pbxTnDigits, languageTag }
    return {
      ...trunk,
      ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== null)),
      id: row.id,
      partitionId: row.partition_id,
      accountId: scope.accountId,
      extensionPatterns: [...trunk.extensionPatterns],
      sipUsername: login?.sipUsername ?? '',
      ...(login === undefined || !showsPassword ? {} : { sipPassword: sipPasswordOf(context.sealer, login) }),
      callingPlans: plans.filter(({ use }) => use.reference_id === row.id).map((plan) => callingPlanView(plan, now)),
      telephoneNumbers: [...(numbers.get(row.id) ?? [])],
      sipProxyServer: `${proxy.host}:${proxy.port}`,
      accessEndpoints: ['UDP', 'TCP'].map((protocol) => ({ site: 'default', address: proxy.host, port: proxy.port, protocol })),
      lockedOut: row.locked_out,
      provisioningStatus: context.registrations.isRegistered(row.id) ? 'ACTIVE' : 'PENDING',
    }
  })
}

/** What PBXs are told to register at: the partition's SipTrunkProxyServer, a name of its own that leads here, else this server. */
async function proxyOf(context: Context, scope: AccountScope): Promise<{ readonly host: string; readonly port: number }> {
  const { sipTrunkProxyServer } = await partitionDefaults(context.database.sql, scope)
  if (sipTrunkProxyServer === undefined) return context.settings.sipServer()
  const [host = '', port] = sipTrunkProxyServer.split(':')
  return { host, port: port === undefined ? SIP_PORT : Number(port) }
}
