import { err, ok, type Result } from '@dialtone/foundation'

import type { FieldProblem } from '../failures/index.ts'
import { countryOfState, stateAbbreviation, type CountryCode, type SecondaryLocationType } from '../reference-data/index.ts'

import { countryCodeOf, normalizePostalCode } from './address-ending.ts'
import { NO_ADDRESS, NOBODY, type Address, type E911Address } from './address.ts'
import { combinedDirectional, directionalOf, type Directional } from './directional.ts'
import { FieldReader, type Fields } from './field-reader.ts'
import { parseAddress } from './parse-address.ts'
import { parseStreet } from './parse-street.ts'
import { MAXIMUM_UNIT_LENGTH, secondaryLocationOf, unitOfLocation } from './secondary-unit.ts'

/**
 * Reads an address in any of the forms the surfaces take (C-35): flat NENA elements, `{address: {...}, latitude, longitude}`, `{street, city, state, zipCode, location}`,
 * or one line of text. Normalises spelling (state, country, directionals, postal code, part of the building); says nothing about completeness: see `checkAddress`.
 * @returns every element that cannot be an element of an address, by field.
 */
export function readAddress(input: unknown): Result<E911Address, readonly FieldProblem[]> {
  if (typeof input === 'string') return ok({ ...parseAddress(input).address, ...NOBODY })
  if (!isObject(input))
    return err([{ field: 'address', code: 'InvalidAddress', reason: 'is not an address', rule: 'an object with the elements of an address' }])
  const nested = input['address']
  const fields: Fields = isObject(nested)
    ? { ...nested, ...withoutEmpty(input) }
    : typeof nested === 'string'
      ? { street: nested, ...withoutEmpty(input) }
      : input
  const reader = new FieldReader(fields)
  const address = readElements(reader)
  const person = readPerson(reader)
  return reader.problems.length > 0 ? err(reader.problems) : ok({ ...address, ...person })
}

function readElements(fields: FieldReader): Address {
  const location = fields.text('location')
  const postalCode = readPostalCode(fields)
  const state = readState(fields)
  const country = readCountry(fields, state, postalCode)
  const civic = readStreet(fields, { country, french: state === 'QC' })
  const fromLocation = civic.secondaryLocationDescription === '' && civic.unit === '' ? unitOfLocation(location) : undefined
  return {
    ...NO_ADDRESS,
    ...civic,
    ...fromLocation,
    location: location === '' ? civic.location : location,
    city: fields.text('city'),
    state,
    country,
    postalCode,
  }
}

type Civic = Omit<Address, 'city' | 'state' | 'country' | 'postalCode'>

/** NENA elements when the street has a name, else the one `street` line of surface B. */
function readStreet(fields: FieldReader, o: { country: CountryCode; french: boolean }): Civic {
  const streetName = fields.text('streetName')
  const line = fields.text('street')
  const unit = fields.text('unit').slice(0, MAXIMUM_UNIT_LENGTH)
  const secondaryLocationDescription = readSecondaryLocation(fields, unit)
  const given = secondaryLocationDescription === '' && unit === '' ? {} : { secondaryLocationDescription, unit }
  if (streetName === '' && line !== '') return { ...parseStreet(line, o), ...given }
  return {
    streetNumber: fields.text('streetNumber'),
    streetNumberSuffix: fields.text('streetNumberSuffix'),
    preDirectional: readDirectional(fields, 'preDirectional', o.french),
    streetName,
    streetSuffix: fields.text('streetSuffix'),
    postDirectional: readDirectional(fields, 'postDirectional', o.french),
    secondaryLocationDescription,
    unit,
    location: '',
  }
}

function readDirectional(fields: FieldReader, field: 'preDirectional' | 'postDirectional', french: boolean): Directional {
  const written = fields.text(field)
  if (written === '') return ''
  const [first = '', second] = written.split(/[\s-]+/)
  const direction = second === undefined ? directionalOf(first, french) : combinedDirectional(first, second)
  return direction ?? fields.refuse(field, `"${written}" is no direction`, 'one of N, NE, E, SE, S, SW, W, NW', '')
}

/** A unit with nothing that says what it is, is a UNIT. */
function readSecondaryLocation(fields: FieldReader, unit: string): SecondaryLocationType | '' {
  const written = fields.text('secondaryLocationDescription')
  if (written === '') return unit === '' ? '' : 'UNIT'
  return (
    secondaryLocationOf(written) ??
    fields.refuse('secondaryLocationDescription', `"${written}" is no part of a building`, 'one of the secondary location types', '')
  )
}

function readState(fields: FieldReader): string {
  const written = fields.text('state')
  if (written === '') return ''
  return stateAbbreviation(written) ?? fields.refuse('state', `"${written}" is no state`, 'name or abbreviation of a state or province', '')
}

function readPostalCode(fields: FieldReader): string {
  const field = fields.has('postalCode') || !fields.has('zipCode') ? 'postalCode' : 'zipCode'
  const written = fields.text(field)
  if (written === '') return ''
  return (
    normalizePostalCode(written) ??
    fields.refuse(field, `"${written}" is no postal code`, 'five or nine digits, or a Canadian postal code', '', 'InvalidPostalCode')
  )
}

function readCountry(fields: FieldReader, state: string, postalCode: string): CountryCode {
  const written = fields.text('country')
  const implied = countryOfState(state) ?? (/^[A-Z]/.test(postalCode) ? 'CAN' : 'USA')
  if (written === '' || /^unk$/i.test(written)) return implied
  const country = /^ca$/i.test(written) ? 'CAN' : countryCodeOf(written)
  return country ?? fields.refuse('country', `"${written}" is not served`, 'USA or CAN', implied)
}

function readPerson(fields: FieldReader): Omit<E911Address, keyof Address> {
  const customerType = fields.text('customerType').toUpperCase()
  return {
    firstName: fields.text('firstName'),
    middleInitial: fields.text('middleInitial'),
    lastName: fields.text('lastName'),
    businessName: fields.text('businessName'),
    customerType:
      customerType === '' || customerType === 'BUSINESS' || customerType === 'RESIDENTIAL'
        ? customerType
        : fields.refuse('customerType', `is "${customerType}"`, 'BUSINESS or RESIDENTIAL', ''),
    ...readCoordinates(fields),
    language: fields.text('language'),
  }
}

/** Numbers or text in, text out; one without the other says nothing. */
function readCoordinates(fields: FieldReader): Pick<E911Address, 'latitude' | 'longitude'> {
  const latitude = fields.degrees('latitude', 90)
  const longitude = fields.degrees('longitude', 180)
  if ((latitude === undefined) !== (longitude === undefined) && fields.problems.length === 0) {
    fields.refuse(latitude === undefined ? 'latitude' : 'longitude', 'is missing', 'latitude and longitude come together', undefined)
  }
  return { latitude, longitude }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The outer fields of the nested form, without the nested object and without those that say nothing. */
function withoutEmpty(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name, value]) => name !== 'address' && value !== null && value !== undefined && value !== ''))
}
