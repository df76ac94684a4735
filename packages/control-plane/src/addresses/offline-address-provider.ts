import { distanceMiles, placeKey, zipOf, zipsOfCity, type Coordinates, type PlaceTables, type PostalPlace } from '../reference-data/index.ts'

import type { AddressProvider, GeocodedAddress } from './address-provider.ts'
import type { Address } from './address.ts'

/**
 * The provider that needs no service: it knows cities and postal codes, not streets. City and ZIP that agree, or either alone with the state, are placed at the middle of the
 * postal code; when they contradict each other the ZIP is believed while it lies in the state, else the city; a ZIP that is not listed is
 * believed while it begins like the city's. Each ZIP is known by its main city name only, so another name
 * the post office accepts is answered with a correction. Canadian areas are known by municipality: inside the right province the city as written is taken.
 */
export function offlineAddressProvider(tables: PlaceTables): AddressProvider {
  return { geocode: (address) => Promise.resolve(locate(tables, address)) }
}

function locate(tables: PlaceTables, address: Address): GeocodedAddress | undefined {
  const byPostalCode = zipOf(tables, address.postalCode)
  const ofCity = address.city === '' || address.state === '' ? [] : zipsOfCity(tables, address.city, address.state)
  if (byPostalCode !== undefined && (address.state === '' || byPostalCode.state === address.state)) return atPostalCode(address, byPostalCode)
  const central = centralPlace(ofCity)
  // City and postal code agree: then it is the state that is wrong.
  if (central === undefined) return byPostalCode !== undefined && isOneOf(address.city, byPostalCode) ? atPostalCode(address, byPostalCode) : undefined
  const isNewerThanTable = byPostalCode === undefined && ofCity.some((place) => place.postalCode.slice(0, 3) === address.postalCode.slice(0, 3))
  return { ...atCity(address, central, ofCity.length), ...(isNewerThanTable ? { postalCode: address.postalCode, confidence: 'CITY' } : {}) }
}

function isOneOf(city: string, place: PostalPlace): boolean {
  return [place.city, ...place.otherCities].some((name) => placeKey(name) === placeKey(city))
}

function atPostalCode(address: Address, place: PostalPlace): GeocodedAddress | undefined {
  if (place.coordinates === undefined) return undefined
  const accepted = [place.city, ...place.otherCities].find((city) => placeKey(city) === placeKey(address.city))
  const city = place.country === 'CAN' && address.city !== '' ? address.city : (accepted ?? place.city)
  return { postalCode: address.postalCode, city, state: place.state, ...place.coordinates, confidence: 'POSTAL_CODE' }
}

/** A city with one ZIP gets it; of a larger one the most central, which is a guess and said to be one. Canada's areas are half a postal code: none is given. */
function atCity(address: Address, place: PostalPlace & { readonly coordinates: Coordinates }, choices: number): GeocodedAddress {
  const postalCode = place.country === 'CAN' ? '' : place.postalCode
  const accepted = [place.city, ...place.otherCities].find((city) => placeKey(city) === placeKey(address.city))
  return { postalCode, city: accepted ?? place.city, state: place.state, ...place.coordinates, confidence: choices === 1 ? 'POSTAL_CODE' : 'CITY' }
}

/**
 * The place nearest to the middle of all of them. Post office boxes and single companies have ZIPs of their own, which the source puts on the main post office:
 * several ZIPs on one spot are passed over when there are others.
 */
function centralPlace(places: readonly PostalPlace[]): (PostalPlace & { readonly coordinates: Coordinates }) | undefined {
  const located = places.flatMap((place) => (place.coordinates === undefined ? [] : [{ ...place, coordinates: place.coordinates }]))
  const spots = Map.groupBy(located, (place) => `${place.coordinates.latitude},${place.coordinates.longitude}`)
  const alone = [...spots.values()].flatMap((sharing) => (sharing.length === 1 ? sharing : []))
  const streets = alone.length > 0 ? alone : located
  const middle = {
    latitude: median(streets.map((place) => place.coordinates.latitude)),
    longitude: median(streets.map((place) => place.coordinates.longitude)),
  }
  return streets.toSorted((left, right) => distanceMiles(middle, left.coordinates) - distanceMiles(middle, right.coordinates))[0]
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0
}
