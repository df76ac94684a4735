import type { Static } from 'typebox'
import type { AccountNumberView, BareNumberView, InventoryNumberView } from './number-schemas.ts'
import { type CARRIER_STATUSES, isCoolingDown, lifecycleState, type OPERATIONAL_STATUSES, type REFERENCE_TYPES, type RING_TYPES, type SERVICE_PACKAGE_TYPES } from './telephone-number.ts' // prettier-ignore
import { factsOf, type TelephoneNumberRow } from './telephone-number-queries.ts'
import type { FunctionType } from '../number-search/index.ts'

/** Columns hold only what was checked on the way in. */
type Word<Words extends readonly string[]> = Words[number]

/** The members of a number that do not need a look at anything else. */
export function bareNumberView(row: TelephoneNumberRow): Static<typeof BareNumberView> {
  return {
    id: row.phone_number,
    phoneNumber: row.phone_number,
    functionType: row.function_type as FunctionType,
    canAcceptSMS: row.can_accept_sms,
    operationalStatus: row.operational_status as Word<typeof OPERATIONAL_STATUSES>,
    servicePackageType: row.service_package_type as Word<typeof SERVICE_PACKAGE_TYPES>,
    tollFree: row.function_type === 'TollFree',
    carrierStatus: row.carrier_status as Word<typeof CARRIER_STATUSES>,
    ...(row.reference_type === null ? {} : { referenceType: row.reference_type as Word<typeof REFERENCE_TYPES> }),
    ...(row.reference_id === null ? {} : { referenceId: row.reference_id }),
    ...(row.port_id === null ? {} : { portId: row.port_id }),
  }
}

/** @param isCallerId whether the user it rings shows it to others. */
export function accountNumberView(row: TelephoneNumberRow, isCallerId: boolean, nowMs: number): Static<typeof AccountNumberView> {
  return {
    ...bareNumberView(row),
    id: row.phone_number,
    partitionId: row.partition_id,
    accountId: row.account_id ?? '',
    carrierId: row.carrier_id,
    carrierStatus: row.carrier_status as Word<typeof CARRIER_STATUSES>,
    orderVersion: '1',
    ringType: (row.ring_type ?? 'StandardRing') as Word<typeof RING_TYPES>,
    assignAsCallerId: isCallerId,
    ...(row.byotn_carrier_id === null ? {} : { byotnCarrierId: row.byotn_carrier_id }),
    customerServiceRecord: withoutBlanks(row.customer_service_record ?? {}),
    directoryListing: withoutBlanks(row.directory_listing ?? {}),
    e911Address: withoutBlanks(row.e911_address ?? {}),
    e911Registered: row.e911_registered,
    lifecycleState: lifecycleState(factsOf(row), nowMs),
  }
}

export function inventoryNumberView(
  row: TelephoneNumberRow,
  nowMs: number,
  found?: { readonly distance: number | undefined; readonly matchesZip: boolean | undefined },
): Static<typeof InventoryNumberView> {
  const isResting = isCoolingDown(factsOf(row), nowMs)
  return {
    id: row.phone_number,
    phoneNumber: row.phone_number,
    partitionId: row.partition_id,
    rateCenter: row.rate_center,
    rateCenterReorderName: row.rate_center_reorder_name,
    state: row.state,
    country: row.country,
    prefix: row.prefix,
    ...(row.lata === null ? {} : { lata: row.lata }),
    carrierId: row.carrier_id,
    ...(row.account_id === null ? {} : { accountId: row.account_id }),
    functionType: row.function_type as FunctionType,
    operationalStatus: row.operational_status as Word<typeof OPERATIONAL_STATUSES>,
    ...(found?.distance === undefined ? {} : { distance: found.distance }),
    ...(found?.matchesZip === undefined ? {} : { matchesZip: found.matchesZip }),
    byotn: row.byotn,
    port: row.port_id !== null,
    isInInventory: row.account_id === null && !isResting,
    ...(isResting && row.cooldown_until !== null ? { cooldownExpireDate: row.cooldown_until.toISOString() } : {}),
    ...(row.cooldown_recovered_at === null ? {} : { cooldownRecoveredDate: row.cooldown_recovered_at.toISOString() }),
    ...(row.activated_at === null ? {} : { activationDate: row.activated_at.getTime() }),
    lifecycleState: lifecycleState(factsOf(row), nowMs),
  }
}

/** Elements an address does not have are left out, as the examples of the guide leave them out. */
export function withoutBlanks(source: object): Record<string, never> {
  return Object.fromEntries(
    Object.entries(source).flatMap(([key, value]): [string, unknown][] => {
      if (value === '' || value === null || value === undefined) return []
      return [[key, typeof value === 'object' && !Array.isArray(value) ? withoutBlanks(value as object) : value]]
    }),
  ) as Record<string, never>
}
