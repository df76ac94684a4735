import type { Address } from './address.ts'

/** Where an address is, as the provider knows it; its spelling of city, state and postal code is the right one. */
export interface GeocodedAddress {
  readonly postalCode: string
  readonly city: string
  readonly state: string
  /** Decimal degrees. */
  readonly latitude: number
  readonly longitude: number
  /** How exact: the door, the postal code's middle, or only the city's. */
  readonly confidence: 'ADDRESS' | 'POSTAL_CODE' | 'CITY'
}

/** Who knows addresses: the offline tables by default, an address or 911 service where one is contracted. */
export interface AddressProvider {
  /**
   * @param address normalised; any part may be empty.
   * @returns the closest place the provider knows, which may differ from what was asked (that is the correction to propose), or undefined when it knows none.
   */
  geocode(address: Address): Promise<GeocodedAddress | undefined>
}
