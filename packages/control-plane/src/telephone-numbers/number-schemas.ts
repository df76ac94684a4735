import Type, { type TProperties } from 'typebox'
import { DIRECTIONALS } from '../addresses/index.ts'
import { named, oneOf } from '../http/index.ts'
import { FUNCTION_TYPES } from '../number-search/index.ts'
import { SECONDARY_LOCATION_TYPES } from '../reference-data/index.ts'
import { CARRIER_STATUSES, LIFECYCLE_STATES, OPERATIONAL_STATUSES, REFERENCE_TYPES, RING_TYPES, SERVICE_PACKAGE_TYPES } from './telephone-number.ts'

/** The published shapes of numbers and what is recorded about them (public-spec section 10). Requests are read by read-number-requests.ts, which takes more forms. */

const text = Type.Optional(Type.String())
const flag = Type.Optional(Type.Boolean())
const date = Type.Optional(Type.String({ format: 'date-time' }))
const directional = Type.Optional(oneOf(['', ...DIRECTIONALS] as const))

const civicAddress = {
  id: text,
  firstName: text,
  middleInitial: text,
  lastName: text,
  businessName: text,
  streetNumber: text,
  streetNumberSuffix: text,
  preDirectional: directional,
  streetName: text,
  streetSuffix: text,
  postDirectional: directional,
  city: text,
  state: text,
  country: text,
  postalCode: text,
  secondaryLocationDescription: Type.Optional(oneOf(['', ...SECONDARY_LOCATION_TYPES] as const)),
  unit: text,
  /** Ours: where inside, in free words (S2-45). */
  location: text,
} satisfies TProperties
const customerType = Type.Optional(oneOf(['BUSINESS', 'RESIDENTIAL'] as const))

export const CustomerServiceRecordView = named(
  'CustomerServiceRecord',
  Type.Object({
    ...civicAddress,
    customerType,
    firstNameSecondary: text,
    blockCustomerName: flag,
    customerName: text,
    latitude: text,
    longitude: text,
    language: text,
  }),
)

export const E911AddressView = named('E911Address', Type.Object({ ...civicAddress, customerType, latitude: text, longitude: text, language: text }))

export const DirectoryListingView = named(
  'DirectoryListing',
  Type.Object({
    listed: flag,
    type: Type.Optional(oneOf(['ERROR', 'LIST_PUBLISH', 'LIST_NOT_PUBLISH', 'NOT_LIST_NOT_PUBLISH', 'PORTED', 'COMPLEX'] as const)),
    name: text,
    address: Type.Optional(named('DirectoryAddress', Type.Object({ ...civicAddress, customerType, latitude: text, longitude: text, language: text }))),
  }),
)

const bareNumber = {
  id: text,
  phoneNumber: Type.String(),
  referenceType: Type.Optional(oneOf(REFERENCE_TYPES)),
  referenceId: text,
  functionType: Type.Optional(oneOf(FUNCTION_TYPES)),
  canAcceptSMS: flag,
  operationalStatus: Type.Optional(oneOf(OPERATIONAL_STATUSES)),
  portId: text,
  servicePackageType: Type.Optional(oneOf(SERVICE_PACKAGE_TYPES)),
  tollFree: flag,
} satisfies TProperties

export const BareNumberView = named('TelephoneNumberAccountBare', Type.Object({ ...bareNumber, carrierStatus: Type.Optional(oneOf(CARRIER_STATUSES)) }))

/** A number as an account has it; `limitedData=true` lists them without what is recorded about the customer. */
export const AccountNumberView = named(
  'TelephoneNumberAccount',
  Type.Object({
    ...bareNumber,
    id: Type.String(),
    partitionId: Type.String(),
    accountId: Type.String(),
    customerServiceRecord: Type.Optional(CustomerServiceRecordView),
    carrierStatus: oneOf(CARRIER_STATUSES),
    orderVersion: text,
    e911Address: Type.Optional(E911AddressView),
    e911Registered: flag,
    temporaryNumber: text,
    directoryListing: Type.Optional(DirectoryListingView),
    assignAsCallerId: flag,
    byotnCarrierId: text,
    ringType: Type.Optional(oneOf(RING_TYPES)),
    carrierId: text,
    lifecycleState: Type.Optional(oneOf(LIFECYCLE_STATES)),
  }),
)

/** What a change of a number may say; what is left out stays. */
export const NumberChange = named(
  'TelephoneNumberChange',
  Type.Object({
    referenceType: bareNumber.referenceType,
    referenceId: text,
    assignAsCallerId: flag,
    ringType: Type.Optional(oneOf(RING_TYPES)),
    operationalStatus: bareNumber.operationalStatus,
    canAcceptSMS: flag,
    servicePackageType: bareNumber.servicePackageType,
    customerServiceRecord: Type.Optional(CustomerServiceRecordView),
    directoryListing: Type.Optional(DirectoryListingView),
    e911Address: Type.Optional(E911AddressView),
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
    lata: text,
    accountId: text,
    carrierId: Type.String(),
    cooldownExpireDate: date,
    cooldownRecoveredDate: date,
    functionType: oneOf(FUNCTION_TYPES),
    claimTicketId: text,
    matchesZip: flag,
    distance: Type.Optional(Type.Number()),
    byotn: Type.Boolean(),
    activationDate: Type.Optional(Type.Integer()),
    isInInventory: Type.Boolean(),
    operationalStatus: oneOf(OPERATIONAL_STATUSES),
    port: Type.Boolean(),
    lifecycleState: oneOf(LIFECYCLE_STATES),
  }),
)
