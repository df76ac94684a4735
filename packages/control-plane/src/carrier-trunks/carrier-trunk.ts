import { isIP } from 'node:net'
import type { FieldProblem } from '../failures/index.ts'

/** A carrier, or a gateway to the telephone network, that a tenant brings along (S0-58). */
export interface CarrierTrunk {
  readonly name: string
  readonly enabled: boolean
  /** Numeric: nothing on the way of a call asks DNS. Calls from there are accepted for the tenant's own numbers. */
  readonly address: string
  readonly port: number
  readonly transport: 'udp' | 'tcp' | 'tls'
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
}

const PREFIX = /^[1-9]\d{0,14}$/
const MAX_PREFIXES = 5_000
const HOST = /^[A-Za-z0-9.-]{1,253}$/

export function carrierTrunkProblems(trunk: CarrierTrunk, hasPassword: boolean): readonly FieldProblem[] {
  const problems: FieldProblem[] = []
  if (isIP(trunk.address) === 0) problems.push(problem('address', `"${trunk.address}" is no address`, 'an IPv4 or IPv6 address'))
  const prefixes = Object.entries(trunk.costByPrefix)
  const wrong = prefixes.find(([prefix, cost]) => !PREFIX.test(prefix) || !Number.isFinite(cost) || cost < 0)
  if (wrong !== undefined) problems.push(problem('costByPrefix', `"${wrong[0]}": ${wrong[1]}`, 'the first digits of E.164 numbers, and costs from 0'))
  if (prefixes.length > MAX_PREFIXES) problems.push(problem('costByPrefix', `has ${prefixes.length} prefixes`, `at most ${MAX_PREFIXES}`))
  if (trunk.username !== undefined && !hasPassword) problems.push(problem('password', 'is missing', 'required with username'))
  if (trunk.registrarDomain === undefined) return problems
  if (trunk.username === undefined) problems.push(problem('username', 'is missing', 'required with registrarDomain'))
  if (!HOST.test(trunk.registrarDomain)) problems.push(problem('registrarDomain', `"${trunk.registrarDomain}" is no domain`, 'a domain or address'))
  return problems
}

function problem(field: string, reason: string, rule: string): FieldProblem {
  return { field, code: `Invalid${field.charAt(0).toUpperCase()}${field.slice(1)}`, reason, rule }
}
