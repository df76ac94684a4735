/** An E.164 number as we store it: digits only, country code first, no '+': `18015551212` (C-25). */
export type E164 = string

/** ITU-T E.164 6.2.1: at most 15 digits; shorter than 7 no subscriber number exists. */
const internationalNumber = /^[1-9]\d{6,14}$/
/**
 * NANP: the area code is [2-9]XX and never an N11, so no number can begin with 911. The central office code would be [2-9]XX
 * too, but the documented examples (+1 607 123-4567, S2-06) live outside that, so it is not asked of a stored number.
 */
const nanpNumber = /^1(?!.11)[2-9]\d{9}$/
const tollFreeAreaCodes: ReadonlySet<string> = new Set(['800', '888', '877', '866', '855', '844', '833'])
/** RFC 3966 visual separators, and the spaces people and unescaped query strings leave behind. */
const separators = /[\s().-]/g

/** The text without visual separators. A leading '+' stays: it carries meaning. */
export function withoutSeparators(text: string): string {
  return text.replace(separators, '')
}

/**
 * Reads a telephone number as people and clients write it (C-25): `+ ( ) - .` and spaces are dropped, ten digits get the
 * leading 1. Without '+' (or 011) only NANP numbers are read: `4512345678` is ten digits of the NANP, `+4512345678` is Danish.
 * @returns the digits without '+', or undefined when this is no valid number.
 */
export function normalizePhoneNumber(input: string): E164 | undefined {
  const text = withoutSeparators(input)
  if (!/^\+?\d{7,18}$/.test(text)) return undefined
  if (text.startsWith('+')) return validNumber(text.slice(1))
  if (text.startsWith('011')) return validNumber(text.slice(3))
  const digits = text.length === 10 ? `1${text}` : text
  return isNanp(digits) ? digits : undefined
}

/** A number with its country code, checked by the plan it belongs to; undefined when it cannot exist. */
export function validNumber(digits: string): E164 | undefined {
  const valid = digits.startsWith('1') ? nanpNumber.test(digits) : internationalNumber.test(digits)
  return valid ? digits : undefined
}

/** Whether this is a valid number of the North American Numbering Plan, country code 1. */
export function isNanp(number: E164): boolean {
  return nanpNumber.test(number)
}

/** The three digits of the numbering plan area, `801`; undefined outside the NANP. */
export function areaCodeOf(number: E164): string | undefined {
  return isNanp(number) ? number.slice(1, 4) : undefined
}

/** 800, 888, 877, 866, 855, 844, 833 (S2-04, S2-13). */
export function isTollFree(number: E164): boolean {
  return isNanp(number) && tollFreeAreaCodes.has(number.slice(1, 4))
}
