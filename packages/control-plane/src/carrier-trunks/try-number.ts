import { type E164, normalizePhoneNumber, type NumberRule, readCarrierNumber, writeCarrierNumber } from '@dialtone/numbering'
import type { CarrierPeer } from '@dialtone/softswitch'
import type { Context } from '../context.ts'
import { carrierTrunkOf, type CarrierTrunkRow, listCarrierTrunks, type OwnerScope } from './carrier-trunk-queries.ts'
import type { CarrierTrunk } from './carrier-trunk.ts'

/** A call that is not made: to whom, from whom, and which way. */
export interface NumberTrial {
  readonly direction: 'outbound' | 'inbound'
  /** Outbound as it is dialed or in any spelling, inbound as the carrier writes it. */
  readonly to: string
  readonly from: string | undefined
}

export interface TriedNumber {
  readonly number: string
  readonly ruleIndex: number | undefined
  /** The list the rule is of. */
  readonly rules: readonly NumberRule[] | undefined
}

/** What becomes of a call that comes in: it reaches the account, or why not, in the codes of calls. */
export type Arrival = { readonly accountId: string } | { readonly code: 'UnknownNumber' | 'StagedNumber' | 'UnassignedNumber'; readonly reason: string }

export interface TriedCarrier {
  readonly row: CarrierTrunkRow
  readonly trunk: CarrierTrunk
  readonly called: TriedNumber
  readonly caller: TriedNumber | undefined
  /** Of a call that comes in. */
  readonly arrival: Arrival | undefined
}

/** What numbers become at each of an owner's carriers, the best liked first, by the rules the switch itself applies. */
export async function tryNumber(context: Context, scope: OwnerScope, trial: NumberTrial): Promise<readonly TriedCarrier[]> {
  const rows = await listCarrierTrunks(context.database.sql, scope)
  return rows
    .map((row) => ({ row, trunk: carrierTrunkOf(row) }))
    .toSorted((one, other) => one.trunk.priority - other.trunk.priority)
    .map(({ row, trunk }) => ({ row, trunk, ...(trial.direction === 'outbound' ? goesOut(trunk, trial) : comesIn(context, row, trunk, trial)) }))
}

function goesOut({ numberRules, callerIdNumber }: CarrierTrunk, { to, from = callerIdNumber }: NumberTrial) {
  const written = (rules: readonly NumberRule[] | undefined, number: string): TriedNumber => ({
    ...writeCarrierNumber(rules, normalizePhoneNumber(number) ?? number),
    rules,
  })
  const caller = from === undefined ? undefined : written(numberRules.outboundCaller, from)
  return { called: written(numberRules.outboundCalled, to), caller, arrival: undefined }
}

function comesIn(context: Context, row: CarrierTrunkRow, { numberRules }: CarrierTrunk, { to, from }: NumberTrial) {
  const { e164, ...called } = readCarrierNumber(numberRules.inboundCalled, to)
  const caller = from === undefined ? undefined : { ...readCarrierNumber(numberRules.inboundCaller, from), rules: numberRules.inboundCaller }
  return { called: { ...called, rules: numberRules.inboundCalled }, caller, arrival: arrivalOf(context, row, e164) }
}

/** As the edge of the switch and `dialNumber` decide it. */
function arrivalOf({ directory }: Context, row: CarrierTrunkRow, number: E164 | undefined): Arrival {
  const owner = number === undefined ? undefined : directory.ownerOf(number)
  const isOfPartition = owner !== undefined && (owner.partitionId === row.partition_id || isHeir(directory.carrier(row.id), owner.partitionId))
  const isServed = isOfPartition && (row.account_id === null || row.account_id === owner.accountId)
  if (number === undefined) return { code: 'UnknownNumber', reason: 'what the rules make of it is no telephone number' }
  if (owner === undefined || !isServed) return { code: 'UnknownNumber', reason: 'no number of whom this carrier is for' }
  const known = directory.snapshotOf(owner.accountId)?.numbers.get(number)
  if (known?.operationalStatus === 'STAGED') return { code: 'StagedNumber', reason: 'not yet in service here: its operationalStatus is STAGED' }
  if (known?.referenceId === undefined) return { code: 'UnassignedNumber', reason: 'refers to nothing: callers hear busy' }
  return { accountId: owner.accountId }
}

function isHeir(carrier: CarrierPeer | undefined, partitionId: string): boolean {
  return carrier?.inheritedBy?.includes(partitionId) === true
}
