import { err, ok } from '@dialtone/foundation'
import Type from 'typebox'
import { invalidFields } from '../failures/index.ts'
import { freeObject, named, openOperation, type Operation } from '../http/index.ts'
import { isKnownCity, lazyPlaceTables } from '../reference-data/index.ts'
import { offlineAddressProvider } from './offline-address-provider.ts'
import { addressValidationView, validateAddressLine } from './validate-address.ts'

const text = Type.Optional(Type.String({ maxLength: 1024 }))
const AddressValidation = named(
  'AddressValidation',
  Type.Object({
    requiredFields: Type.Optional(Type.Array(Type.String())),
    customerServiceRecord: freeObject(),
    latitude: Type.Optional(Type.String()),
    longitude: Type.Optional(Type.String()),
    valid: Type.Boolean(),
  }),
)

/** Reads its tables on the first request, not at start. */
function operations(): readonly Operation[] {
  const tables = lazyPlaceTables()
  const provider = offlineAddressProvider(tables)
  return [
    openOperation({
      method: 'GET',
      path: '/v2/address/validate',
      tag: 'Address',
      summary: 'Parse and check an address on one line',
      requires: 'signed-in',
      query: Type.Object({ address: text, country: text, postalCode: text }),
      responses: { 200: AddressValidation },
      handle: async (_context, { query }) => {
        const { address, country, postalCode } = query
        const validation = await validateAddressLine(provider, { address, country, postalCode }, (city, state) => isKnownCity(tables, city, state))
        return validation.ok ? ok({ status: 200, body: addressValidationView(validation.value) }) : err(invalidFields([validation.error]))
      },
    }),
  ]
}

export const addressOperations: readonly Operation[] = operations()
