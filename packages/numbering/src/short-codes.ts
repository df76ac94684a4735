import type { DialedNumber, ServiceCode } from './dialed-number.ts'
import type { DialingRule } from './dialing-behavior.ts'
import { isNanp } from './e164.ts'

const serviceCodes: ReadonlySet<string> = new Set<ServiceCode>(['211', '311', '411', '511', '611', '711', '811', '988'])

export function isServiceCode(digits: string): digits is ServiceCode {
  return serviceCodes.has(digits)
}

/**
 * N11 services, 988 and the operator. Under a dial-nine behaviour they are reached with the 9 and without: 711 and 988 must not
 * hang on knowing the prefix, and without it they can mean nothing else.
 */
export function readShortCode(digits: string, rule: DialingRule): DialedNumber | undefined {
  const afterPrefix = rule.outsidePrefix !== 'none' && digits.startsWith('9') ? digits.slice(1) : digits
  for (const code of [digits, afterPrefix]) {
    if (isServiceCode(code)) return { kind: 'service', code }
    if (code === '0' || code === '00') return { kind: 'operator', digits: code }
  }
  return undefined
}

/** 0 + ten digits and 01 + country code: the operator connects (NANP 0+ and 01+ dialing). 011 is not the operator. */
export function readOperatorAssisted(digits: string): DialedNumber | undefined {
  const assisted = /^01[2-9]\d{7,13}$/.test(digits) || (/^0\d{10}$/.test(digits) && isNanp(`1${digits.slice(1)}`))
  return assisted ? { kind: 'operator', digits } : undefined
}

/** Vertical service codes: *XX, and *2XX which NANP keeps for growth. */
export function readStarCode(keys: string): DialedNumber | undefined {
  const match = /^\*(?<code>2\d\d|\d\d)(?<rest>[\d*#]*)$/.exec(keys)
  const code = match?.groups?.['code']
  return code === undefined ? undefined : { kind: 'star', code, rest: match?.groups?.['rest'] ?? '' }
}
