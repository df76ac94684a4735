import { stateAbbreviation, type CountryCode, type SecondaryLocationType } from '../reference-data/index.ts'

import type { Directional } from './directional.ts'
import { formatSecondaryUnit } from './secondary-unit.ts'

/** A civic address in the elements of NENA and RFC 4776 (S1-82, S1-83), the one form every surface is mapped to (C-35). Empty text means "has none". */
export interface Address {
  /** HNO: 333 in 333 S 520 W. */
  readonly streetNumber: string
  /** HNS: 1/2 in 123 1/2 S Jefferson St. */
  readonly streetNumberSuffix: string
  /** PRD */
  readonly preDirectional: Directional
  /** STN */
  readonly streetName: string
  /** STS: abbreviation or full name. */
  readonly streetSuffix: string
  /** POD */
  readonly postDirectional: Directional
  readonly city: string
  /** Two-letter abbreviation of a state or province. */
  readonly state: string
  readonly country: CountryCode
  /** `84042`, `84042-1234` or `M5V 2T6`. */
  readonly postalCode: string
  readonly secondaryLocationDescription: SecondaryLocationType | ''
  readonly unit: string
  /** Where inside, in free words (S2-30): what the other elements cannot say. */
  readonly location: string
}

/** Who is at the address, and where on the ground it is: what an E911 record adds (S1-77, S1-86). */
export interface E911Address extends Address {
  readonly firstName: string
  readonly middleInitial: string
  readonly lastName: string
  readonly businessName: string
  readonly customerType: 'BUSINESS' | 'RESIDENTIAL' | ''
  /** Decimal degrees as text, as surface A answers them; undefined when not known. */
  readonly latitude: string | undefined
  readonly longitude: string | undefined
  /** Language of the address, such as fr-CA. */
  readonly language: string
}

export type AddressPart = 'streetNumber' | 'streetName' | 'city' | 'state' | 'postalCode'

export const NO_ADDRESS: Address = {
  streetNumber: '',
  streetNumberSuffix: '',
  preDirectional: '',
  streetName: '',
  streetSuffix: '',
  postDirectional: '',
  city: '',
  state: '',
  country: 'USA',
  postalCode: '',
  secondaryLocationDescription: '',
  unit: '',
  location: '',
}

export const NOBODY: Omit<E911Address, keyof Address> = {
  firstName: '',
  middleInitial: '',
  lastName: '',
  businessName: '',
  customerType: '',
  latitude: undefined,
  longitude: undefined,
  language: '',
}

/** `PO Box 12`, `P.O. Box 12`, `POB 12`, `C.P. 12` (case postale). */
const POST_OFFICE_BOX = /^(?:p\.?\s*o\.?\s*b(?:ox)?|post\s+office\s+box|c\.?\s*p)\.?\s*#?\s*([a-z]?\d[a-z0-9-]{0,9})(?=\s|$)/i

/** @returns the number of the box, or undefined for a street: a box is an address for mail, and nobody can be sent to it. */
export function postOfficeBoxOf(street: string): string | undefined {
  return POST_OFFICE_BOX.exec(street.trim())?.[1]
}

/** One spelling for every post office box; any other line is returned as it is. */
export function normalizePostOfficeBox(street: string): string {
  return street.trim().replace(POST_OFFICE_BOX, 'PO Box $1')
}

/** The parts an address cannot do without, in the order they are written. */
export function missingParts(address: Address): readonly AddressPart[] {
  const needed: readonly AddressPart[] =
    postOfficeBoxOf(address.streetName) === undefined ? ['streetNumber', 'streetName', 'city', 'state', 'postalCode'] : ['city', 'state', 'postalCode']
  return needed.filter((part) => address[part] === '')
}

/** `123 1/2 S Jefferson St SW`; in French `1234 Rue Sainte-Catherine W`. */
export function formatStreet(address: Address): string {
  const { streetNumber, streetNumberSuffix, preDirectional, streetName, streetSuffix, postDirectional } = address
  const isFrench = /^(?:Rue|Boul|Av|Ch|Montée|Rang|Côte|Allée|Imp|Crois|Prom)$/.test(streetSuffix)
  const name = isFrench ? [streetSuffix, streetName] : [streetName, streetSuffix]
  return words(streetNumber, streetNumberSuffix, preDirectional, ...name, postDirectional)
}

/** `333 S 520 W, Suite 500, Lindon, UT 84042` (directory listings of S2-36). */
export function formatAddress(address: Address): string {
  const inside = address.location === '' ? formatSecondaryUnit(address) : address.location
  return [formatStreet(address), inside, address.city, words(address.state, address.postalCode)].filter((part) => part !== '').join(', ')
}

/** The form of surface B (S2-30): {street, city, state, zipCode, location}. */
export interface SimpleAddress {
  readonly street: string
  readonly city: string
  readonly state: string
  readonly zipCode: string
  readonly location: string
}

export function simpleAddress(address: Address): SimpleAddress {
  return {
    street: formatStreet(address),
    city: address.city,
    state: stateAbbreviation(address.state) ?? address.state,
    zipCode: address.postalCode,
    location: address.location === '' ? formatSecondaryUnit(address) : address.location,
  }
}

function words(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ')
}
