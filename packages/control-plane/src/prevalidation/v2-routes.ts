import { newId, ok } from '@dialtone/foundation'
import Type from 'typebox'
import { offlineAddressProvider } from '../addresses/index.ts'
import { accountOperation, freeObject, named, oneOf, type Operation, partitionOperation } from '../http/index.ts'
import { lazyPlaceTables } from '../reference-data/index.ts'
import { CARRIER_TYPES } from '../service-activations/index.ts'
import { CustomerServiceRecordView, E911AddressView, withoutBlanks } from '../telephone-numbers/index.ts'
import { type EmergencyAddressCheck, prevalidateEmergencyAddress } from './prevalidate-emergency-address.ts'
import { prevalidatePort } from './prevalidate-port.ts'
import { prevalidateProduct } from './prevalidate-product.ts'

const TAG = 'Account Prevalidate'
const text = Type.Optional(Type.String())
const provider = offlineAddressProvider(lazyPlaceTables())

/** What would be sent to "add numbers to the account"; it takes the same forms. */
const Request = named(
  'TelephoneNumberActivationsToCheck',
  Type.Object({
    partitionId: text,
    accountId: text,
    port: Type.Optional(freeObject()),
    l3Settings: Type.Optional(freeObject()),
    customerServiceRecord: Type.Optional(freeObject()),
    directoryListing: Type.Optional(freeObject()),
    e911Address: Type.Optional(freeObject()),
    holdActivation: Type.Optional(Type.Boolean()),
    telephoneNumbers: Type.Optional(Type.Array(freeObject())),
    byotnCarrierId: text,
    id: text,
  }),
)

const EmergencyAnswer = named(
  'E911PrevalidateResponse',
  Type.Object({
    valid: oneOf(['VALID', 'INVALID', 'UNKNOWN']),
    errors: Type.Array(Type.String()),
    addressAlternatives: Type.Array(E911AddressView),
    address: E911AddressView,
  }),
)

const PortAnswer = named(
  'PortAvailabilityResponse',
  Type.Object({
    id: Type.String(),
    businessPartnerTicketID: text,
    carrierTicketId: text,
    requestedActivation: freeObject(),
    serviceAvailable: Type.Boolean(),
    carrierType: oneOf(CARRIER_TYPES),
    earliestCRD: Type.String({ format: 'date' }),
    latestCRD: Type.String({ format: 'date' }),
    availabilityList: Type.Array(Type.String({ format: 'date' })),
    resultCSRs: Type.Array(CustomerServiceRecordView),
    exception: text,
    thirdPartyResultCode: text,
    thirdPartyResultContext: text,
    thirdPartyResultMessage: text,
    directoryListingAllowed: Type.Boolean(),
    lnp: Type.Boolean(),
    wirelessPort: Type.Boolean(),
    /** Ours besides. */
    losingCarrier: text,
  }),
)

export const prevalidationOperations: readonly Operation[] = [
  partitionOperation({
    method: 'PUT',
    path: '/v2/partition/:partitionId/account/e911/prevalidate',
    tag: TAG,
    summary: 'Whether help could be sent to an address, and how it should be written',
    requires: { permission: 'EU_911_ADDRESS', level: 'READ' },
    body: Request,
    responses: { 200: EmergencyAnswer },
    handle: async (_context, { body }) => {
      const check = await prevalidateEmergencyAddress(provider, body.e911Address, body.customerServiceRecord)
      return check.ok ? ok({ status: 200, body: emergencyView(check.value) }) : check
    },
  }),
  partitionOperation({
    method: 'POST',
    path: '/v2/partition/:partitionId/account/prevalidate',
    tag: TAG,
    summary: 'Whether numbers can be ported, and on which days',
    requires: { permission: 'PhoneNumber', level: 'READ' },
    body: Request,
    responses: { 200: PortAnswer },
    handle: async (context, { scope, body }) => {
      const found = await prevalidatePort(context, scope, body.telephoneNumbers ?? body.port?.['telephoneNumbers'])
      if (!found.ok) return found
      const { isPortable, reason, currentCarrier, isWireless, dates } = found.value
      const record = body.customerServiceRecord ?? body.port?.['customerServiceRecord']
      return ok({
        status: 200,
        body: {
          id: newId(),
          requestedActivation: withoutSecrets(body),
          serviceAvailable: isPortable,
          carrierType: 'NO_API',
          earliestCRD: dates.earliest,
          latestCRD: dates.latest,
          availabilityList: isPortable ? dates.available : [],
          resultCSRs: typeof record === 'object' && record !== null ? [record] : [],
          ...(reason === undefined ? {} : { exception: reason }),
          directoryListingAllowed: true,
          lnp: isPortable,
          wirelessPort: isWireless,
          losingCarrier: currentCarrier,
        },
      })
    },
  }),
  accountOperation({
    method: 'POST',
    path: '/v2/partition/:partitionId/account/:accountId/product/prevalidate',
    tag: TAG,
    summary: 'Whether what the account holds fits its product, or another',
    requires: { permission: 'EU_Account', level: 'READ' },
    query: Type.Object({ accountType: Type.Optional(oneOf(['SIMPLE', 'ADVANCED'])) }),
    responses: { 200: undefined },
    handle: async (context, { scope, query }) => {
      const checked = await prevalidateProduct(context, scope, query.accountType)
      return checked.ok ? ok({ status: 200 }) : checked
    },
  }),
]

function emergencyView(check: EmergencyAddressCheck) {
  return {
    valid: check.valid,
    errors: check.errors,
    addressAlternatives: check.alternatives.map((address) => withoutBlanks(address)),
    address: withoutBlanks(check.address),
  }
}

/** The request comes back, the PIN in it does not. */
function withoutSecrets(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { port, ...rest } = body
  if (typeof port !== 'object' || port === null) return rest
  return { ...rest, port: Object.fromEntries(Object.entries(port).filter(([name]) => name !== 'wirelessPin')) }
}
