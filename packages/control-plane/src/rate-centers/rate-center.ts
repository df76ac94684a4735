import Type, { type Static } from 'typebox'
import { named, oneOf } from '../http/index.ts'
import { type Coordinates, lazyPlaceTables, type NearPlace, placesNear, zipsOfCity } from '../reference-data/index.ts'
import { placeOfNumber } from '../telephone-numbers/index.ts'

const text = Type.Optional(Type.String())
/** Kinds of carriers in the words of the interface; ours have no interface of that list. */
const CARRIER_TYPES = [
  'LEVEL_3', 'NO_API', 'E911', 'TELUS', 'TELUS_API', 'TELUS_ONEVOICE', 'PROVTEL', 'VERIZON_CARIANZA', 'ONVOY_CARIANZA', 'LEVEL3_CARIANZA', 'BANDWIDTH', 'LUMEN_IMS',
  'LUMEN_VOICE_LI_ELS', 'SINCH', 'SERVICE_PROVIDER_CARRIER',
] as const // prettier-ignore
export const carrierType = oneOf(CARRIER_TYPES)

const rateCenter = {
  prefix: text,
  reorderName: text,
  originalReorderName: text,
  name: text,
  abbrName: text,
  msa: text,
  zips: Type.Array(Type.String()),
  wireless: Type.Boolean(),
  state: text,
  country: text,
  portable: Type.Boolean(),
  serviceAvailable: Type.Boolean(),
  inboundCarrierType: oneOf(CARRIER_TYPES),
}
export const RateCenterView = named('RateCenter', Type.Object(rateCenter))
/** Ours besides: whether it is in the inventory, free, and held by nobody. */
export const AvailabilityView = named(
  'TelephoneNumberAvailability',
  Type.Object({ ...rateCenter, phoneNumber: Type.String(), available: Type.Boolean(), reserved: Type.Boolean() }),
)
export const RateCenterSearchView = named(
  'RateCenterSearchView',
  Type.Object({
    name: Type.String(),
    abbrName: Type.String(),
    reorderName: Type.String(),
    reorderNameAlias: text,
    state: Type.String(),
    country: Type.String(),
    latitude: Type.Optional(Type.Number()),
    longitude: Type.Optional(Type.Number()),
    msa: text,
    zips: Type.Array(Type.String()),
    prefixes: Type.Array(
      named('TelephoneNumberPrefixView', Type.Object({ prefix: Type.String(), wireless: Type.Boolean(), wirelessBlockNumbers: Type.Array(Type.String()) })),
    ),
    distance: Type.Optional(Type.Number()),
  }),
)

const tables = lazyPlaceTables()
/** Rate centers are written short on orders. */
const ABBREVIATION_LENGTH = 10
const MAX_ZIPS = 200

/** The rate center of a number as the public tables know it: the city its exchange serves. */
export function rateCenterOf(phoneNumber: string): Static<typeof RateCenterView> {
  const place = placeOfNumber(phoneNumber)
  const isKnown = place.rateCenter !== ''
  return {
    prefix: place.prefix,
    ...(isKnown
      ? { name: place.rateCenter, reorderName: place.rateCenter, originalReorderName: place.rateCenter, abbrName: abbreviation(place.rateCenter) }
      : {}),
    zips: isKnown ? zipsOf(place.rateCenter, place.state) : [],
    wireless: false,
    state: place.state,
    country: place.country,
    portable: isKnown,
    serviceAvailable: isKnown,
    inboundCarrierType: 'NO_API',
  }
}

/** The rate centers nearest to a point. @param unit of `distance`. */
export function rateCentersNear(
  point: Coordinates,
  o: { readonly limit: number; readonly state: string | undefined; readonly unit: DistanceUnit },
): Static<typeof RateCenterSearchView>[] {
  // Those of other states are passed over, so more are looked at.
  const found = placesNear(tables, point, o.state === undefined ? o.limit : 1000)
  return found.filter((place) => o.state === undefined || place.state === o.state).slice(0, o.limit).map((place) => searchView(place, o.unit)) // prettier-ignore
}

export const DISTANCE_UNITS = ['MILES', 'KILOMETERS', 'RADIANS'] as const
export type DistanceUnit = (typeof DISTANCE_UNITS)[number]
const KILOMETERS_PER_MILE = 1.609344
/** Mean radius of the earth. */
const MILES_PER_RADIAN = 3958.761

export function distanceIn(unit: DistanceUnit, miles: number): number {
  const distance = unit === 'MILES' ? miles : unit === 'KILOMETERS' ? miles * KILOMETERS_PER_MILE : miles / MILES_PER_RADIAN
  return Math.round(distance * 1e6) / 1e6
}

function searchView(place: NearPlace, unit: DistanceUnit): Static<typeof RateCenterSearchView> {
  const name = place.name.toUpperCase()
  return {
    name,
    abbrName: abbreviation(name),
    reorderName: name,
    state: place.state,
    country: place.country,
    ...(place.coordinates === undefined ? {} : place.coordinates),
    zips: zipsOf(name, place.state),
    prefixes: place.exchanges.map((exchange) => ({ prefix: `1${exchange}`, wireless: false, wirelessBlockNumbers: [] })),
    distance: distanceIn(unit, place.distanceMiles),
  }
}

function zipsOf(name: string, state: string): string[] {
  return zipsOfCity(tables, name, state).slice(0, MAX_ZIPS).map((zip) => zip.postalCode) // prettier-ignore
}

function abbreviation(name: string): string {
  return name.replaceAll(/[^A-Z]/g, '').slice(0, ABBREVIATION_LENGTH)
}
