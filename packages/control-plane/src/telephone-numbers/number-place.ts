import { lazyPlaceTables, placeOfExchange, stateOfAreaCode } from '../reference-data/index.ts'
import { TOLL_FREE_AREA_CODES } from '../number-search/index.ts'

/** Where a number belongs, as far as its digits tell. */
export interface NumberPlace {
  readonly functionType: 'ELS' | 'TollFree'
  readonly rateCenter: string
  /** '' for toll-free numbers, which lie nowhere. */
  readonly state: string
  readonly country: string
  /** 1NPANXX */
  readonly prefix: string
  readonly latitude: number | undefined
  readonly longitude: number | undefined
}

/** Read from their files the first time a number comes in that nobody described. */
const tables = lazyPlaceTables()

/** @param phoneNumber eleven digits. An exchange that is not listed has the place of its area code: a state without a rate center. */
export function placeOfNumber(phoneNumber: string): NumberPlace {
  const [npa, nxx] = [phoneNumber.slice(1, 4), phoneNumber.slice(4, 7)]
  const prefix = phoneNumber.slice(0, 7)
  if (TOLL_FREE_AREA_CODES.some((areaCode) => areaCode === npa))
    return { functionType: 'TollFree', rateCenter: 'TOLLFREE', state: '', country: 'USA', prefix, latitude: undefined, longitude: undefined }
  const place = placeOfExchange(tables, npa, nxx)
  const { latitude, longitude } = place?.coordinates ?? { latitude: undefined, longitude: undefined }
  return {
    functionType: 'ELS',
    rateCenter: place?.name.toUpperCase() ?? '',
    state: place?.state ?? stateOfAreaCode(tables, npa) ?? '',
    country: place?.country ?? 'USA',
    prefix,
    latitude,
    longitude,
  }
}
