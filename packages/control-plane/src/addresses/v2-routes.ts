import { err, ok } from '@dialtone/foundation'
import Type from 'typebox'
import { entityNotFound, invalidField, invalidFields } from '../failures/index.ts'
import { named, oneOf, openOperation, type Operation } from '../http/index.ts'
import { type CountryCode, isKnownCity, lazyPlaceTables, SECONDARY_LOCATION_TYPES, stateAbbreviation, zipsOfCity } from '../reference-data/index.ts'
import { completeAddress } from './complete-address.ts'
import { DIRECTIONALS } from './directional.ts'
import { offlineAddressProvider } from './offline-address-provider.ts'
import { addressValidationView, validateAddressLine } from './validate-address.ts'

const TAG = 'Address'
const query = Type.Optional(Type.String({ maxLength: 1024 }))
const text = Type.Optional(Type.String())
const directional = Type.Optional(oneOf(['', ...DIRECTIONALS]))

/** The record that later requests take as it is (S1-66). */
const ParsedRecord = named(
  'CustomerServiceRecordOfAddress',
  Type.Object({
    ...{ id: text, firstName: text, middleInitial: text, lastName: text, businessName: text },
    ...{ streetNumber: text, streetNumberSuffix: text, preDirectional: directional, streetName: text, streetSuffix: text, postDirectional: directional },
    ...{ city: text, state: text, country: text, postalCode: text },
    secondaryLocationDescription: Type.Optional(oneOf(['', ...SECONDARY_LOCATION_TYPES])),
    unit: text,
    customerType: Type.Optional(oneOf(['BUSINESS', 'RESIDENTIAL'])),
    ...{ firstNameSecondary: text, blockCustomerName: Type.Optional(Type.Boolean()), customerName: text },
  }),
)

const AddressValidation = named(
  'AddressValidation',
  Type.Object({
    requiredFields: Type.Optional(Type.Array(Type.String())),
    customerServiceRecord: ParsedRecord,
    /** Text, as in S1-67. */
    latitude: text,
    longitude: text,
    valid: Type.Boolean(),
  }),
)

const Zipcode = named('Zipcode', Type.Object({ zipCode: Type.String(), latitude: Type.Number(), longitude: Type.Number() }))

/** Reads its tables on the first request, not at start. */
function operations(): readonly Operation[] {
  const tables = lazyPlaceTables()
  const provider = offlineAddressProvider(tables)
  return [
    openOperation({
      method: 'GET',
      path: '/v2/address/validate',
      tag: TAG,
      summary: 'Parse and check an address on one line',
      requires: 'signed-in',
      query: Type.Object({ address: query, country: query, postalCode: query }),
      responses: { 200: AddressValidation },
      handle: async (_context, input) => {
        const { address, country, postalCode } = input.query
        const validation = await validateAddressLine(provider, { address, country, postalCode }, (city, state) => isKnownCity(tables, city, state))
        return validation.ok ? ok({ status: 200, body: addressValidationView(validation.value) }) : err(invalidFields([validation.error]))
      },
    }),
    openOperation({
      method: 'GET',
      path: '/v2/address/typeahead',
      tag: TAG,
      summary: 'What an address that is being typed may become',
      requires: 'signed-in',
      query: Type.Object({ address: Type.String({ minLength: 1, maxLength: 256 }), country: query, postalCode: query }),
      responses: { 200: Type.Array(Type.String()) },
      handle: (_context, input) => {
        const { address, postalCode } = input.query
        const country = (input.query.country ?? 'UNK').trim().toUpperCase()
        if (country !== 'USA' && country !== 'CAN' && country !== 'UNK')
          return Promise.resolve(err(invalidField('country', `is "${country.slice(0, 40)}"`, 'USA, CAN or UNK')))
        const wanted: CountryCode | undefined = country === 'UNK' ? undefined : country
        return Promise.resolve(ok({ status: 200, body: completeAddress(tables, { address, country: wanted, postalCode }) }))
      },
    }),
    openOperation({
      method: 'GET',
      path: '/v2/address/state/:state/city/:city/zipcode',
      tag: TAG,
      summary: 'The postal codes of a city',
      requires: 'signed-in',
      params: Type.Object({ state: Type.String(), city: Type.String() }),
      responses: { 200: Type.Array(Zipcode) },
      handle: (_context, { params }) => {
        const state = stateAbbreviation(params.state)
        if (state === undefined)
          return Promise.resolve(err(invalidField('state', `"${params.state}" is no state`, 'name or abbreviation of a state or province')))
        const places = zipsOfCity(tables, params.city, state)
        if (places.length === 0) return Promise.resolve(err(entityNotFound('City', params.city)))
        const body = places.flatMap(({ postalCode, coordinates }) => (coordinates === undefined ? [] : [{ zipCode: postalCode, ...coordinates }]))
        return Promise.resolve(ok({ status: 200, body }))
      },
    }),
  ]
}

export const addressOperations: readonly Operation[] = operations()
