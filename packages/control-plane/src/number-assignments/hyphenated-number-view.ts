import { formatNational, formatPlus } from '@dialtone/numbering'
import Type, { type Static } from 'typebox'
import { formatAddress, readAddress, simpleAddress } from '../addresses/index.ts'
import { named, oneOf } from '../http/index.ts'
import { factsOf, isCoolingDown, isReserved, lifecycleState, REFERENCE_TYPES, type ReferenceType, type TelephoneNumberRow } from '../telephone-numbers/index.ts'

const STATUSES = ['ACTIVE', 'PENDING', 'RESERVED', 'DISCONNECTED', 'RELEASED', 'AVAILABLE'] as const
const listed = {
  telephoneNumber: Type.String(),
  formatted: Type.String(),
  assignedTo: Type.Optional(Type.String()),
  assignmentType: Type.Optional(oneOf(REFERENCE_TYPES)),
  primary: Type.Boolean(),
  status: oneOf(STATUSES),
  lifecycleState: Type.String(),
  e911Registered: Type.Boolean(),
}
const AddressView = named(
  'SimpleAddress',
  Type.Object({ street: Type.String(), city: Type.String(), state: Type.String(), zipCode: Type.String(), location: Type.String() }),
)

/** A number in a list (S2-34). */
export const ListedNumberView = named('ListedTelephoneNumber', Type.Object(listed))

/** A number with what is recorded about it (S2-36). */
export const NumberDetailView = named(
  'TelephoneNumberDetail',
  Type.Object({
    ...listed,
    npa: Type.String(),
    nxx: Type.String(),
    accountId: Type.Optional(Type.String()),
    e911: Type.Object({ registered: Type.Boolean(), address: Type.Optional(AddressView) }),
    directoryListing: Type.Object({ listed: Type.Boolean(), name: Type.Optional(Type.String()), address: Type.Optional(Type.String()) }),
    callerIdName: Type.Optional(Type.String()),
  }),
)

/** @param isPrimary whether the user it rings shows it to others. */
export function listedNumberView(row: TelephoneNumberRow, isPrimary: boolean, nowMs: number): Static<typeof ListedNumberView> {
  return {
    telephoneNumber: formatPlus(row.phone_number),
    formatted: formatNational(row.phone_number),
    ...(row.reference_id === null ? {} : { assignedTo: row.reference_id }),
    ...(row.reference_type === null ? {} : { assignmentType: row.reference_type as ReferenceType }),
    primary: isPrimary,
    status: statusOf(row, nowMs),
    lifecycleState: lifecycleState(factsOf(row), nowMs),
    e911Registered: row.e911_registered,
  }
}

export function numberDetailView(row: TelephoneNumberRow, isPrimary: boolean, nowMs: number): Static<typeof NumberDetailView> {
  const callerIdName = textAt(row.customer_service_record, 'customerName')
  return {
    ...listedNumberView(row, isPrimary, nowMs),
    npa: row.phone_number.slice(1, 4),
    nxx: row.phone_number.slice(4, 7),
    ...(row.account_id === null ? {} : { accountId: row.account_id }),
    e911: { registered: row.e911_registered, ...withAddress(row.e911_address) },
    directoryListing: listingView(row),
    ...(callerIdName === undefined ? {} : { callerIdName }),
  }
}

/** One word for what the carrier, the account and the clock say (C-29). */
function statusOf(row: TelephoneNumberRow, nowMs: number): (typeof STATUSES)[number] {
  const facts = factsOf(row)
  if (row.account_id !== null) return row.carrier_status === 'ACTIVE' ? 'ACTIVE' : 'PENDING'
  if (isCoolingDown(facts, nowMs)) return 'RELEASED'
  return isReserved(facts, nowMs) ? 'RESERVED' : 'AVAILABLE'
}

function withAddress(stored: Readonly<Record<string, unknown>> | null): { address?: ReturnType<typeof simpleAddress> } {
  const address = stored === null ? undefined : readAddress(stored)
  return address === undefined || !address.ok || address.value.streetName === '' ? {} : { address: simpleAddress(address.value) }
}

function listingView(row: TelephoneNumberRow): Static<typeof NumberDetailView>['directoryListing'] {
  const listing = row.directory_listing ?? {}
  const isListed = listing['listed'] === true
  if (!isListed) return { listed: false }
  const record = row.customer_service_record
  const name = textAt(listing, 'name') ?? textAt(record, 'businessName') ?? [textAt(record, 'firstName'), textAt(record, 'lastName')].join(' ').trim()
  const address = readAddress(listing['address'] ?? record ?? {})
  const line = address.ok ? formatAddress(address.value) : ''
  return { listed: true, ...(name === '' ? {} : { name }), ...(line === '' ? {} : { address: line }) }
}

function textAt(source: Readonly<Record<string, unknown>> | null, name: string): string | undefined {
  const value = source?.[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}
