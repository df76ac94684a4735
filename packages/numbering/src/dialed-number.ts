import type { E164 } from './e164.ts'

/** The NANP short codes that reach a service, and 988 (47 CFR 52.201). 911 is not among them: it is an emergency. */
export type ServiceCode = '211' | '311' | '411' | '511' | '611' | '711' | '811' | '988'

/** 911 reaches the PSAP; 933 reads back the address that 911 would send. */
export type EmergencyService = '911' | '933'

/** Why digits mean nothing to this account. */
export type UnrecognizedReason =
  | 'Empty'
  | 'InvalidCharacters'
  | 'TooLong'
  | 'OutsidePrefixRequired'
  | 'PatternNotAllowed'
  | 'HomeAreaCodeUnknown'
  | 'InvalidNumber'
  | 'Incomplete'

/** What a caller meant by the digits. */
export type DialedNumber =
  | { readonly kind: 'emergency'; readonly service: EmergencyService }
  | { readonly kind: 'extension'; readonly extension: string }
  | { readonly kind: 'number'; readonly number: E164; readonly international: boolean }
  | { readonly kind: 'service'; readonly code: ServiceCode }
  /** `digits`: 0, 00, or 0 and 01 with the number the operator is to connect. */
  | { readonly kind: 'operator'; readonly digits: string }
  /** `code` without the star: *67 8015551212 is code 67, rest 8015551212. */
  | { readonly kind: 'star'; readonly code: string; readonly rest: string }
  | { readonly kind: 'unrecognized'; readonly reason: UnrecognizedReason }
