import { err, ok, type Result } from '@dialtone/foundation'

import type { FieldProblem } from '../failures/index.ts'
import { placeKey, type CountryCode } from '../reference-data/index.ts'

import { normalizePostalCode, type KnowsCity } from './address-ending.ts'
import type { AddressProvider, GeocodedAddress } from './address-provider.ts'
import { NOBODY, type Address } from './address.ts'
import { checkE911Address } from './check-address.ts'
import { MAXIMUM_ADDRESS_LENGTH, parseAddress } from './parse-address.ts'
import { requiredUnitFields, type UnitField } from './required-unit.ts'

export interface AddressValidation {
  /** The address as asked, normalised, with a missing postal code filled in. */
  readonly address: Address
  /** What the provider would write instead, when city, state or postal code do not agree. */
  readonly correction: Address | undefined
  /** Complete, on a street, and known to the provider as written. */
  readonly valid: boolean
  /** Why it is not, by field. */
  readonly problems: readonly FieldProblem[]
  readonly requiredFields: readonly UnitField[]
  /** Undefined when the provider knows no such place. */
  readonly geocoded: GeocodedAddress | undefined
}

/** Checks an address that is already in its elements (prevalidation, E911 records). */
export async function validateAddress(provider: AddressProvider, asked: Address): Promise<AddressValidation> {
  const geocoded = await provider.geocode(asked)
  const address = geocoded === undefined ? asked : completed(asked, geocoded)
  const correction = geocoded === undefined ? undefined : correctionOf(address, geocoded)
  const problems = [...checkE911Address({ ...address, ...NOBODY }), ...disagreements(address, correction, geocoded)]
  return { address, correction, valid: problems.length === 0, problems, requiredFields: requiredUnitFields(address), geocoded }
}

/** Query of `GET /v2/address/validate` (S1-65). */
export interface AddressLine {
  readonly address: string | undefined
  readonly country?: string | undefined
  readonly postalCode?: string | undefined
}

/**
 * Parses and checks an address on one line (S1-64).
 * @returns a problem only for a query that cannot be read at all; an address that cannot is an answer with `valid` false.
 */
export async function validateAddressLine(
  provider: AddressProvider,
  line: AddressLine,
  knowsCity?: KnowsCity,
): Promise<Result<AddressValidation, FieldProblem>> {
  const text = line.address?.trim() ?? ''
  if (text === '') return err({ field: 'address', code: 'AddressRequired', reason: 'is missing', rule: 'required' })
  if (text.length > MAXIMUM_ADDRESS_LENGTH) {
    return err({ field: 'address', code: 'InvalidAddress', reason: `has ${text.length} characters`, rule: `at most ${MAXIMUM_ADDRESS_LENGTH} characters` })
  }
  const country = line.country?.trim().toUpperCase() ?? 'UNK'
  if (country !== '' && country !== 'UNK' && !isCountry(country))
    return err({ field: 'country', code: 'InvalidCountry', reason: `is "${country.slice(0, 40)}"`, rule: 'USA, CAN or UNK' })
  const parsed = parseAddress(text, { country: isCountry(country) ? country : undefined, knowsCity })
  const postalCode = parsed.address.postalCode === '' ? (normalizePostalCode(line.postalCode ?? '') ?? '') : parsed.address.postalCode
  return ok(await validateAddress(provider, { ...parsed.address, postalCode }))
}

/** The answer of `GET /v2/address/validate`, element by element as in S1-67 and S1-68. */
export interface AddressValidationView {
  readonly requiredFields?: readonly UnitField[]
  readonly customerServiceRecord: Readonly<Record<string, string | boolean>>
  readonly latitude?: string
  readonly longitude?: string
  readonly valid: boolean
}

/** Shows the correction where there is one: a person is to look at it and confirm (S1-64), and asks again with it. */
export function addressValidationView(validation: AddressValidation): AddressValidationView {
  const { requiredFields, geocoded, valid } = validation
  const address = validation.correction ?? validation.address
  const {
    streetNumber,
    streetNumberSuffix,
    preDirectional,
    streetName,
    streetSuffix,
    postDirectional,
    city,
    state,
    postalCode,
    secondaryLocationDescription,
    unit,
  } = address
  const inside = secondaryLocationDescription === '' ? {} : { secondaryLocationDescription, unit }
  return {
    ...(requiredFields.length === 0 ? {} : { requiredFields }),
    customerServiceRecord: {
      streetNumber, streetNumberSuffix, preDirectional, streetName, streetSuffix, postDirectional, city, state, postalCode, ...inside, blockCustomerName: false,
    }, // prettier-ignore
    ...(geocoded === undefined ? {} : { latitude: geocoded.latitude.toFixed(6), longitude: geocoded.longitude.toFixed(6) }),
    valid,
  }
}

/** What was left out and the provider knows, and the proper spelling of a city written in one case. */
function completed(asked: Address, geocoded: GeocodedAddress): Address {
  const isSameCity = asked.city.toLowerCase() === geocoded.city.toLowerCase()
  return {
    ...asked,
    city: asked.city === '' || isSameCity ? geocoded.city : asked.city,
    state: asked.state === '' ? geocoded.state : asked.state,
    postalCode: asked.postalCode === '' ? geocoded.postalCode : asked.postalCode,
  }
}

function correctionOf(address: Address, geocoded: GeocodedAddress): Address | undefined {
  const agrees =
    placeKey(address.city) === placeKey(geocoded.city) && address.state === geocoded.state && samePostalCode(address.postalCode, geocoded.postalCode)
  return agrees
    ? undefined
    : { ...address, city: geocoded.city, state: geocoded.state, postalCode: geocoded.postalCode === '' ? address.postalCode : geocoded.postalCode }
}

/** The four digits after a ZIP, and what the provider leaves open, make no difference. */
function samePostalCode(asked: string, known: string): boolean {
  return known === '' || asked.slice(0, 5) === known.slice(0, 5)
}

function disagreements(address: Address, correction: Address | undefined, geocoded: GeocodedAddress | undefined): readonly FieldProblem[] {
  if (geocoded === undefined)
    return address.city === ''
      ? []
      : [{ field: 'city', code: 'InvalidCity', reason: `"${address.city}" is not known in ${address.state}`, rule: 'a city of the state' }]
  if (correction === undefined) return []
  const fields = (['city', 'state', 'postalCode'] as const).filter((field) => correction[field] !== address[field])
  return fields.map((field) => ({
    field,
    code: `Invalid${field.charAt(0).toUpperCase()}${field.slice(1)}`,
    reason: `"${address[field]}" does not agree with the rest`,
    rule: `"${correction[field]}"`,
  }))
}

function isCountry(text: string): text is CountryCode {
  return text === 'USA' || text === 'CAN'
}
