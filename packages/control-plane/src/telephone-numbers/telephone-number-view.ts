import Type, { type Static } from 'typebox'
import { freeObject, named } from '../http/index.ts'
import { isCoolingDown, lifecycleState } from './telephone-number.ts'
import { factsOf, type TelephoneNumberRow } from './telephone-number-queries.ts'

/** A number as an account has it (public-spec section 10). */
export const AccountNumberView = named(
  'TelephoneNumberAccount',
  Type.Object({
    id: Type.String(),
    phoneNumber: Type.String(),
    partitionId: Type.String(),
    accountId: Type.String(),
    carrierId: Type.String(),
    carrierStatus: Type.String(),
    operationalStatus: Type.String(),
    functionType: Type.String(),
    tollFree: Type.Boolean(),
    ringType: Type.String(),
    referenceType: Type.Optional(Type.String()),
    referenceId: Type.Optional(Type.String()),
    assignAsCallerId: Type.Boolean(),
    customerServiceRecord: freeObject(),
    directoryListing: freeObject(),
    e911Address: freeObject(),
    e911Registered: Type.Boolean(),
    lifecycleState: Type.String(),
  }),
)

/** A number as the inventory has it (S1-70, S1-71). */
export const InventoryNumberView = named(
  'TelephoneNumberView',
  Type.Object({
    id: Type.String(),
    phoneNumber: Type.String(),
    partitionId: Type.String(),
    rateCenter: Type.String(),
    rateCenterReorderName: Type.String(),
    state: Type.String(),
    country: Type.String(),
    prefix: Type.String(),
    lata: Type.Optional(Type.String()),
    carrierId: Type.String(),
    accountId: Type.Optional(Type.String()),
    functionType: Type.String(),
    operationalStatus: Type.String(),
    distance: Type.Optional(Type.Number()),
    matchesZip: Type.Optional(Type.Boolean()),
    byotn: Type.Boolean(),
    isInInventory: Type.Boolean(),
    cooldownExpireDate: Type.Optional(Type.String()),
    activationDate: Type.Optional(Type.Integer()),
    lifecycleState: Type.String(),
  }),
)

export function accountNumberView(row: TelephoneNumberRow, isCallerId: boolean, nowMs: number): Static<typeof AccountNumberView> {
  return {
    id: row.phone_number,
    phoneNumber: row.phone_number,
    partitionId: row.partition_id,
    accountId: row.account_id ?? '',
    carrierId: row.carrier_id,
    carrierStatus: row.carrier_status,
    operationalStatus: row.operational_status,
    functionType: row.function_type,
    tollFree: row.function_type === 'TollFree',
    ringType: row.ring_type ?? 'StandardRing',
    ...(row.reference_type === null ? {} : { referenceType: row.reference_type }),
    ...(row.reference_id === null ? {} : { referenceId: row.reference_id }),
    assignAsCallerId: isCallerId,
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
    functionType: row.function_type,
    operationalStatus: row.operational_status,
    ...(found?.distance === undefined ? {} : { distance: found.distance }),
    ...(found?.matchesZip === undefined ? {} : { matchesZip: found.matchesZip }),
    byotn: row.byotn,
    isInInventory: row.account_id === null && !isResting,
    ...(isResting && row.cooldown_until !== null ? { cooldownExpireDate: row.cooldown_until.toISOString() } : {}),
    ...(row.activated_at === null ? {} : { activationDate: row.activated_at.getTime() }),
    lifecycleState: lifecycleState(factsOf(row), nowMs),
  }
}

/** Elements an address does not have are left out, as the examples of the guide leave them out. */
export function withoutBlanks(source: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(source).flatMap(([key, value]): [string, unknown][] => {
      if (value === '' || value === null || value === undefined) return []
      return [[key, typeof value === 'object' && !Array.isArray(value) ? withoutBlanks(value as object) : value]]
    }),
  )
}
