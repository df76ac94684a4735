import type { DialedNumber, UnrecognizedReason } from './dialed-number.ts'
import { DIALING_RULES } from './dialing-behavior.ts'
import type { DialingBehavior, DialingRule, NumberPattern } from './dialing-behavior.ts'
import { isNanp, validNumber } from './e164.ts'
import { dialedKeys, recognizeEmergency } from './recognize-emergency.ts'
import { readOperatorAssisted, readShortCode, readStarCode } from './short-codes.ts'

export interface DialingContext {
  /** As dialed: digits, '+', star codes, punctuation, SIP user parameters. */
  readonly dialed: string
  readonly behavior: DialingBehavior
  /** Digits of an extension, 3 to 6 (S1-30). */
  readonly extensionLength: number
  /** Completes seven digits; undefined when the account has none. */
  readonly homeAreaCode: string | undefined
  readonly extensionExists: (extension: string) => boolean
}

/** 9 + 011 + 15 digits is 19; a star code may carry that much again. */
const maxKeys = 40
const maxExtensionLength = 6

/**
 * What was dialed, by the account's dialing behaviour (S1-34, S1-35). Emergency numbers are recognised first and always
 * (S0-76, 47 CFR 9.16(b)(1)). Then, in this order: star codes, '+' forms, N11 and operator, an extension that exists, anything
 * of an extension's length (the caller means an extension, there is none), outside numbers.
 * @returns never throws; `unrecognized` carries the reason.
 */
export function interpretDialedDigits(context: DialingContext): DialedNumber {
  const service = recognizeEmergency(context.dialed)
  if (service !== undefined) return { kind: 'emergency', service }
  const keys = dialedKeys(context.dialed)
  if (keys === '') return unrecognized('Empty')
  if (keys.length > maxKeys) return unrecognized('TooLong')
  if (keys.startsWith('*')) return readStarCode(keys) ?? unrecognized('InvalidCharacters')
  if (/^\+\d+$/.test(keys)) return readNumber(keys.slice(1))
  if (!/^\d+$/.test(keys)) return unrecognized('InvalidCharacters')
  const rule = DIALING_RULES[context.behavior]
  return readShortCode(keys, rule) ?? readExtension(keys, context) ?? readOutside(keys, rule, context.homeAreaCode)
}

function readExtension(digits: string, context: DialingContext): DialedNumber | undefined {
  const known = digits.length <= maxExtensionLength && context.extensionExists(digits)
  return known || digits.length === context.extensionLength ? { kind: 'extension', extension: digits } : undefined
}

function readOutside(digits: string, rule: DialingRule, homeAreaCode: string | undefined): DialedNumber {
  const prefixed = digits.startsWith('9') ? readUnprefixed(digits.slice(1), rule, homeAreaCode) : undefined
  if (rule.outsidePrefix === 'required') {
    if (prefixed !== undefined) return prefixed
    const meant = readUnprefixed(digits, rule, homeAreaCode)
    return meant.kind === 'unrecognized' ? meant : unrecognized('OutsidePrefixRequired')
  }
  const plain = readUnprefixed(digits, rule, homeAreaCode)
  if (plain.kind !== 'unrecognized' || rule.outsidePrefix === 'none') return plain
  return prefixed !== undefined && prefixed.kind !== 'unrecognized' ? prefixed : plain
}

/** An outside number without the 9. */
function readUnprefixed(digits: string, rule: DialingRule, homeAreaCode: string | undefined): DialedNumber {
  const pattern = patternOf(digits)
  if (pattern === undefined) {
    return readOperatorAssisted(digits) ?? unrecognized(mayGrow(digits) ? 'Incomplete' : 'InvalidNumber')
  }
  if (!rule.patterns.includes(pattern)) return unrecognized('PatternNotAllowed')
  if (pattern === 'INTERNATIONAL') return readNumber(digits.slice(3))
  if (pattern === 'ELEVEN_DIGITS') return readNumber(digits)
  if (pattern === 'TEN_DIGITS') return readNumber(`1${digits}`)
  return homeAreaCode === undefined ? unrecognized('HomeAreaCodeUnknown') : readNumber(`1${homeAreaCode}${digits}`)
}

/** Seven digits begin like a central office code, which is never an N11: 911 and four more digits are no local number. */
function patternOf(digits: string): NumberPattern | undefined {
  if (digits.startsWith('011')) return 'INTERNATIONAL'
  if (/^1\d{10}$/.test(digits)) return 'ELEVEN_DIGITS'
  if (/^[2-9]\d{9}$/.test(digits)) return 'TEN_DIGITS'
  if (/^(?!.11)[2-9]\d{6}$/.test(digits)) return 'SEVEN_DIGITS'
  return undefined
}

/** Whether more digits could make a number of it: the caller stopped early. */
function mayGrow(digits: string): boolean {
  return digits.startsWith('1') ? digits.length < 11 : digits.length < 10 && digits.length !== 7
}

/** @param digits a whole number with its country code. */
function readNumber(digits: string): DialedNumber {
  const number = validNumber(digits)
  return number === undefined ? unrecognized('InvalidNumber') : { kind: 'number', number, international: !isNanp(number) }
}

function unrecognized(reason: UnrecognizedReason): DialedNumber {
  return { kind: 'unrecognized', reason }
}
