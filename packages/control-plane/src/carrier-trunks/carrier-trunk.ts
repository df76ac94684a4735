import { isIP } from 'node:net'
import type { NumberRule } from '@dialtone/numbering'
import type { CarrierNumberRules, DtmfMode, PeerCertificate } from '@dialtone/softswitch'
import type { FieldProblem } from '../failures/index.ts'
import type { CodecName } from './codecs.ts'

/** A carrier, or a gateway to the telephone network, that a tenant brings along (S0-58). */
export interface CarrierTrunk {
  readonly name: string
  /** A carrier brings the telephone network, a peer is another platform (S3-10); calls go to both alike. */
  readonly role: 'carrier' | 'peer'
  /** Nothing of a pending one has ever worked; only an active one is called (S3-21). */
  readonly status: TrunkStatus
  /** An address, or a name that is looked up beforehand: nothing on the way of a call asks DNS. Calls from there are accepted for the tenant's own numbers. */
  readonly address: string
  readonly port: number
  readonly transport: 'udp' | 'tcp' | 'tls'
  /** Whether it has to show a certificate for its address when it calls us over TLS. */
  readonly peerCertificate: PeerCertificate
  /** Lower is tried first. */
  readonly priority: number
  /** Among equal priorities the cheaper one comes first: by the longest prefix of the number, else by the weight. */
  readonly costWeight: number
  readonly costByPrefix: Readonly<Record<string, number>>
  readonly maxConcurrentCalls: number | undefined
  readonly maxCallsPerSecond: number | undefined
  /** How often OPTIONS asks whether it is there; 0: only once it has failed. */
  readonly keepAliveSeconds: number
  /** For its digest challenges; with a domain also for a registration of ours. */
  readonly username: string | undefined
  readonly registrarDomain: string | undefined
  /** The realm it challenges with, for show; by its challenge we know it anyway (RFC 3261 22.1). */
  readonly realm: string | undefined
  /** The user of our Contact there, not to be guessed: calls to it are this trunk's. */
  readonly contactUser: string | undefined
  readonly codecs: readonly CodecName[] | undefined
  readonly dtmfMode: DtmfMode
  readonly natSupport: boolean
  /** Shown for callers without a number. */
  readonly callerIdName: string | undefined
  readonly callerIdNumber: string | undefined
  readonly numberRules: CarrierNumberRules
}

export const PEER_CERTIFICATES = ['optional', 'required', 'ignored'] as const satisfies readonly PeerCertificate[]
export const TRUNK_STATUSES = ['pending', 'active', 'inactive', 'suspended'] as const
export type TrunkStatus = (typeof TRUNK_STATUSES)[number]

/** What has its place once, for all that are made without saying more. */
export const PLAIN_TRUNK = {
  role: 'carrier',
  peerCertificate: 'optional',
  realm: undefined,
  contactUser: undefined,
  codecs: undefined,
  dtmfMode: 'rfc2833',
  natSupport: true,
  callerIdName: undefined,
  callerIdNumber: undefined,
  numberRules: {},
} as const

/** Whether it takes part in calls at all; a pending one is asked how it is, and heard. */
export function isInUse({ status }: Pick<CarrierTrunk, 'status'>): boolean {
  return status === 'active' || status === 'pending'
}

const PREFIX = /^[1-9]\d{0,14}$/
const MAX_PREFIXES = 5_000
const HOST = /^[A-Za-z0-9.-]{1,253}$/
/** RFC 1123 section 2.1; what ends in a number is an address, and must be one. */
const HOST_NAME = /^(?!-)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/
const MAX_RULES = 100
const RULE_TEXT = /^[+*#\d]{0,24}$/

/** What a Request-URI of ours may name: a host, or an address of either family. */
export function isDomain(text: string): boolean {
  return HOST.test(text) || isIP(text) !== 0
}

export function isHostName(text: string): boolean {
  return text.length <= 253 && HOST_NAME.test(text)
}

/** @param takesNames whether its place may be a name */
export function carrierTrunkProblems(trunk: CarrierTrunk, hasPassword: boolean, takesNames = true): readonly FieldProblem[] {
  const problems: FieldProblem[] = Object.values(trunk.numberRules).flatMap((rules: readonly NumberRule[] | undefined) => ruleProblems(rules ?? []))
  if (isIP(trunk.address) === 0 && !(takesNames && isHostName(trunk.address)))
    problems.push(problem('address', `"${trunk.address}" is no address`, takesNames ? 'a host name or an address' : 'an IPv4 or IPv6 address'))
  if (trunk.callerIdNumber !== undefined && !/^\d{3,15}$/.test(trunk.callerIdNumber))
    problems.push(problem('callerIdNumber', `"${trunk.callerIdNumber}" is no telephone number`, 'E.164'))
  const prefixes = Object.entries(trunk.costByPrefix)
  const wrong = prefixes.find(([prefix, cost]) => !PREFIX.test(prefix) || !Number.isFinite(cost) || cost < 0)
  if (wrong !== undefined) problems.push(problem('costByPrefix', `"${wrong[0]}": ${wrong[1]}`, 'the first digits of E.164 numbers, and costs from 0'))
  if (prefixes.length > MAX_PREFIXES) problems.push(problem('costByPrefix', `has ${prefixes.length} prefixes`, `at most ${MAX_PREFIXES}`))
  if (trunk.peerCertificate === 'required' && trunk.transport !== 'tls')
    problems.push(problem('peerCertificate', `cannot be required over ${trunk.transport}`, 'required with transport tls alone'))
  if (trunk.username !== undefined && !hasPassword) problems.push(problem('password', 'is missing', 'required with username'))
  if (trunk.registrarDomain === undefined) return problems
  if (trunk.username === undefined) problems.push(problem('username', 'is missing', 'required to register'))
  if (!isDomain(trunk.registrarDomain)) problems.push(problem('registrarDomain', `"${trunk.registrarDomain}" is no domain`, 'a domain or address'))
  return problems
}

function ruleProblems(rules: readonly NumberRule[]): readonly FieldProblem[] {
  if (rules.length > MAX_RULES) return [problem('numberRules', `has ${rules.length} rules`, `at most ${MAX_RULES}`)]
  const wrong = rules.find(({ prefix, prepend }) => !RULE_TEXT.test(prefix) || !RULE_TEXT.test(prepend))
  return wrong === undefined ? [] : [problem('numberRules', `"${wrong.prefix}" → "${wrong.prepend}"`, 'digits, *, # and +')]
}

function problem(field: string, reason: string, rule: string): FieldProblem {
  return { field, code: `Invalid${field.charAt(0).toUpperCase()}${field.slice(1)}`, reason, rule }
}
