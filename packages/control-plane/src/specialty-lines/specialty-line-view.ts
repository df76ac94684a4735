import Type, { type Static } from 'typebox'
import { type AccountScope, maySeeCredentials, type Principal } from '../access/index.ts'
import { listCallingPlans } from '../calling-plans/index.ts'
import type { Context } from '../context.ts'
import type { Sql, Transaction } from '../database/index.ts'
import { portsOf } from '../devices/index.ts'
import { named } from '../http/index.ts'
import { sipCredentialsOf, sipPasswordOf } from '../sip-credentials/index.ts'
import type { SpecialtyLineAttributes } from './specialty-line.ts'
import { numbersOfLines, type SpecialtyLineRow } from './specialty-line-queries.ts'

/** The line with its login: whoever may see SIP credentials installs the device by hand (S4-08, S4-24, C-52). */
export const SpecialtyLineView = named(
  'SpecialtyLine',
  Type.Object({
    id: Type.String(),
    accountId: Type.String(),
    partitionId: Type.String(),
    name: Type.String(),
    linkedPhoneNumbers: Type.Union([Type.Array(Type.String()), Type.Null()]),
    callerId: Type.String(),
    e911CallbackNumber: Type.String(),
    callingPlanIds: Type.Array(Type.String()),
    deviceType: Type.Optional(Type.String()),
    deviceId: Type.String(),
    macAddress: Type.Optional(Type.String()),
    portNumber: Type.Optional(Type.Integer()),
    sipUsername: Type.String(),
    sipPassword: Type.Optional(Type.String()),
  }),
)

/** What is stored of a line, in the words of the domain. */
export async function attributesOf(sql: Transaction, scope: AccountScope, row: SpecialtyLineRow, now: Date): Promise<SpecialtyLineAttributes> {
  const plans = await planIdsOfLines(sql, scope, now, row.id)
  return {
    name: row.name,
    callerId: row.caller_id,
    e911CallbackNumber: row.emergency_number,
    callingPlanIds: plans.get(row.id) ?? [],
    port: (await portsOf(sql, scope, [row.id])).get(row.id),
  }
}

export async function specialtyLineViews(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  rows: readonly SpecialtyLineRow[],
): Promise<Static<typeof SpecialtyLineView>[]> {
  const { sql } = context.database
  const ids = rows.map((row) => row.id)
  const [ports, logins, numbers, plans] = await Promise.all([
    portsOf(sql, scope, ids),
    sipCredentialsOf(sql, ids),
    numbersOfLines(sql, scope, ids),
    planIdsOfLines(sql, scope, new Date(context.clock.nowMs()), rows.length === 1 ? ids[0] : undefined),
  ])
  const showsPassword = maySeeCredentials(principal)
  return rows.map((row) => {
    const port = ports.get(row.id)
    const login = logins.get(row.id)
    return {
      id: row.id,
      accountId: row.account_id,
      partitionId: row.partition_id,
      name: row.name,
      linkedPhoneNumbers: [...(numbers.get(row.id) ?? [])].length === 0 ? null : [...(numbers.get(row.id) ?? [])],
      callerId: row.caller_id,
      e911CallbackNumber: row.emergency_number,
      callingPlanIds: [...(plans.get(row.id) ?? [])],
      ...(port === undefined ? {} : { deviceType: port.deviceTypeId, portNumber: port.portNumber }),
      // The registration status is asked by it, with a device or without (S4-24, S4-41).
      deviceId: row.id,
      ...(port?.macAddress === undefined ? {} : { macAddress: port.macAddress }),
      sipUsername: login?.sipUsername ?? '',
      ...(login === undefined || !showsPassword ? {} : { sipPassword: sipPasswordOf(context.sealer, login) }),
    }
  })
}

/** The products in force, as they were attached here or changed with the calling plan interface. */
async function planIdsOfLines(
  sql: Sql | Transaction,
  scope: AccountScope,
  now: Date,
  lineId: string | undefined,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const plans = await listCallingPlans(sql, scope, now, { referenceType: 'SPECIALTY_LINE', referenceId: lineId })
  const byLine = Map.groupBy(plans, ({ use }) => use.reference_id)
  return new Map([...byLine].map(([id, used]) => [id, [...new Set(used.map(({ plan }) => plan.calling_plan_product_id))]]))
}
