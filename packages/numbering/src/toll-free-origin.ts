import { areaCodeOf, isTollFree, type E164 } from './e164.ts'

/** Where a call to a toll-free number comes from, as far as its price goes by it. */
export type TollFreeOrigin = 'US' | 'CANADA' | 'CARIBBEAN'

/** NANP area codes outside the United States and Canada: dialed like home, priced like abroad. */
export const CARIBBEAN_AREA_CODES: readonly string[] = ['242', '246', '264', '268', '284', '345', '441', '473', '649', '658', '664', '721', '758', '767', '784', '809', '829', '849', '868', '869', '876'] // prettier-ignore
const CANADIAN_AREA_CODES: ReadonlySet<string> = new Set([
  ...['204', '226', '236', '249', '250', '257', '263', '289', '306', '343', '354', '365', '367', '368', '382', '403', '416', '418', '428', '431', '437', '438'],
  ...['450', '460', '468', '474', '506', '514', '519', '548', '579', '581', '584', '587', '600', '604', '613', '639', '647', '672', '683', '705', '709', '742'],
  ...['753', '778', '780', '782', '807', '819', '825', '867', '873', '879', '902', '905', '942'],
])

/** @returns undefined for a caller outside the NANP, one who is not known, and a toll-free number, which is nowhere. */
export function tollFreeOriginOf(callingNumber: E164): TollFreeOrigin | undefined {
  const areaCode = areaCodeOf(callingNumber)
  if (areaCode === undefined || isTollFree(callingNumber)) return undefined
  if (CARIBBEAN_AREA_CODES.includes(areaCode)) return 'CARIBBEAN'
  return CANADIAN_AREA_CODES.has(areaCode) ? 'CANADA' : 'US'
}
