import { isIP } from 'node:net'
import type { ObjectReference } from '../account-objects/index.ts'
import { type CodecName, isNobodysAddress } from '../carrier-trunks/index.ts'
import type { FieldProblem } from '../failures/index.ts'

/** A customer's PBX as the account configured it (S1-115 … S1-122). */
export interface SipTrunk {
  readonly trunkName: string
  /** Calls at once, in both directions together (S1-117). */
  readonly concurrentCalls: number
  /** More than that for a short while; 0 for none. */
  readonly maxBurstCalls: number
  /** For seven digits and local services; never what is shown (S1-118). */
  readonly primaryTn: string | undefined
  /** Where a PSAP calls back (S1-119). */
  readonly callbackNumber: string | undefined
  /** 211, 811 and the like may be dialed (S1-120). */
  readonly localServicesEnabled: boolean
  /** Extensions that are behind the PBX: `21XX` is 2100 to 2199 (S1-121). */
  readonly extensionPatterns: readonly string[]
  readonly externalChargeNumber: string | undefined
  /** How many digits of a number the PBX is sent; all of them without it. */
  readonly pbxTnDigits: number | undefined
  /** What its callers are spoken to in; undefined: as the account. */
  readonly languageTag: string | undefined
  /** Known by its address instead of a login. */
  readonly ipBasedAuthEnabled: boolean
  readonly ipAddress: string | undefined
  readonly portNumber: number | undefined
  readonly sipTrunkGroupId: string | undefined
  /** What the third surface says of it besides (conflicts section 7); kept when others change the trunk. */
  readonly place?: PbxPlace | undefined
}

export interface PbxPlace {
  readonly host: string | undefined
  readonly port: number
  readonly transport: 'udp' | 'tcp' | 'tls'
  readonly realm: string | undefined
  readonly codecs: readonly CodecName[] | undefined
  readonly dtmfMode: 'rfc2833' | 'inband' | 'info'
  readonly natSupport: boolean
  readonly callerIdName: string | undefined
  readonly callerIdNumber: string | undefined
  /** Why it is locked out. */
  readonly status: 'active' | 'inactive' | 'suspended' | undefined
}

const EXTENSION_PATTERN = /^\d+[Xx]*$/
const MAX_PATTERN_CHARACTERS = 6
const PHONE_NUMBER = /^1\d{10}$/

export function trunkProblems(trunk: SipTrunk): readonly FieldProblem[] {
  return [...patternProblems(trunk), ...addressProblems(trunk), ...numberProblems(trunk)]
}

function patternProblems({ extensionPatterns }: SipTrunk): readonly FieldProblem[] {
  return extensionPatterns.flatMap((pattern) =>
    EXTENSION_PATTERN.test(pattern) && pattern.length <= MAX_PATTERN_CHARACTERS
      ? []
      : [problem('extensionPatterns', `"${pattern}" is no pattern`, `digits, then X for any digit, at most ${MAX_PATTERN_CHARACTERS} in all`)],
  )
}

/** Whether a telephone system could be known by its address at all. */
export function addressProblems({ ipBasedAuthEnabled, ipAddress }: Pick<SipTrunk, 'ipBasedAuthEnabled' | 'ipAddress'>): readonly FieldProblem[] {
  if (!ipBasedAuthEnabled) return []
  if (ipAddress === undefined) return [problem('ipAddress', 'is missing', 'required with ipBasedAuthEnabled', 'IpAddressRequired')]
  if (isIP(ipAddress) === 0) return [problem('ipAddress', `"${ipAddress}" is no address`, 'an IPv4 or IPv6 address')]
  return isNobodysAddress(ipAddress) ? [problem('ipAddress', `nobody sends from ${ipAddress}`, 'the address of one host', 'UnusableIpAddress')] : []
}

function numberProblems(trunk: SipTrunk): readonly FieldProblem[] {
  const numbers = [['primaryTn', trunk.primaryTn], ['callbackNumber', trunk.callbackNumber], ['externalChargeNumber', trunk.externalChargeNumber]] as const // prettier-ignore
  return numbers.flatMap(([field, number]) =>
    number === undefined || PHONE_NUMBER.test(number) ? [] : [problem(field, `"${number}" is no telephone number`, '11 digits beginning with 1')],
  )
}

/**
 * How many calls may go beyond `concurrentCalls`.
 * @param percentage MAX_BURST_CALL_PERCENTAGE of the partition; undefined: as many as the trunk says
 */
export function allowedBurstCalls(concurrentCalls: number, percentage: number | undefined): number {
  return percentage === undefined ? Infinity : Math.floor((concurrentCalls * percentage) / 100)
}

/** Asked when `maxBurstCalls` is written: a trunk that has more from before may be changed in other things, and is bounded in calls. */
export function burstProblems(trunk: SipTrunk, before: SipTrunk | undefined, percentage: number | undefined): readonly FieldProblem[] {
  const allowed = allowedBurstCalls(trunk.concurrentCalls, percentage)
  if (trunk.maxBurstCalls <= allowed || trunk.maxBurstCalls === before?.maxBurstCalls) return []
  const rule = `at most ${percentage ?? 0} % of concurrentCalls, which is ${allowed} (MAX_BURST_CALL_PERCENTAGE of the partition)`
  return [problem('maxBurstCalls', `is ${trunk.maxBurstCalls}`, rule)]
}

/** The numbers it names have to be on the account (S1-119), and its group. */
export function referencesOf(trunk: SipTrunk): readonly ObjectReference[] {
  const number = (role: string, id: string | undefined): readonly ObjectReference[] => (id === undefined ? [] : [{ role, type: 'TELEPHONE_NUMBER', id }])
  return [
    ...number('primaryTn', trunk.primaryTn),
    ...number('callbackNumber', trunk.callbackNumber),
    ...number('externalChargeNumber', trunk.externalChargeNumber),
    ...(trunk.sipTrunkGroupId === undefined ? [] : [{ role: 'group', type: 'SIP_TRUNK_GROUP', id: trunk.sipTrunkGroupId } as const]),
  ]
}

/** Whether a pattern and another one can mean the same extension. */
export function patternsOverlap(one: string, other: string): boolean {
  return one.length === other.length && one.split('').every((character, index) => isAny(character) || isAny(other[index] ?? '') || character === other[index])
}

function isAny(character: string): boolean {
  return character === 'X' || character === 'x'
}

function problem(field: string, reason: string, rule: string, code = `Invalid${field.charAt(0).toUpperCase()}${field.slice(1)}`): FieldProblem {
  return { field, code, reason, rule }
}
