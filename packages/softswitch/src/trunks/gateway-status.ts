import type { GatewayStatus } from '../ports/switch-directory.ts'

/** How a gateway is, by what its last probes came to. Data; `afterProbe` and `afterReport` make the next. */
export interface GatewayHealth {
  readonly status: GatewayStatus
  /** The last probes, the latest last: the time of the answer, or undefined without one. */
  readonly probes: readonly (number | undefined)[]
  readonly answeredInARow: number
  readonly missedInARow: number
}

export const UNPROBED: GatewayHealth = { status: 'healthy', probes: [], answeredInARow: 0, missedInARow: 0 }

const WINDOW = 20
/** So many in a row without an answer, and it is down. */
const MISSED_TO_DOWN = 2
/** So many answered in a row, and one that was degraded or reported down is well again. */
const ANSWERED_TO_RISE = 3
/** It worsens above the first, and recovers below the second: in between it stays what it is. */
const LOSS_PERCENT = { worse: 10, better: 5 } as const
const RESPONSE_MS = { worse: 1_000, better: 700 } as const

/** @param responseMs undefined: no answer. */
export function afterProbe(before: GatewayHealth, responseMs: number | undefined): GatewayHealth {
  const probes = [...before.probes.slice(1 - WINDOW), responseMs]
  const health = {
    probes,
    answeredInARow: responseMs === undefined ? 0 : before.answeredInARow + 1,
    missedInARow: responseMs === undefined ? before.missedInARow + 1 : 0,
  }
  return { ...health, status: statusAfter(before.status, health) }
}

/** What somebody outside says counts at once; probes of our own go on from there. */
export function afterReport(before: GatewayHealth, status: GatewayStatus): GatewayHealth {
  return { ...before, status, answeredInARow: 0, missedInARow: 0 }
}

/** Of the probes that are remembered. */
export function lossPercentOf({ probes }: Pick<GatewayHealth, 'probes'>): number {
  return probes.length === 0 ? 0 : (probes.filter((probe) => probe === undefined).length * 100) / probes.length
}

/** One that was down is degraded with its first answers: it is used, after those that are well. */
function statusAfter(before: GatewayStatus, health: Omit<GatewayHealth, 'status'>): GatewayStatus {
  const { answeredInARow, missedInARow } = health
  if (missedInARow >= MISSED_TO_DOWN) return 'down'
  if (missedInARow > 0 && before === 'down') return 'down'
  if (before === 'down') return answeredInARow >= ANSWERED_TO_RISE ? 'degraded' : 'down'
  const [loss, responseMs] = [lossPercentOf(health), averageOf(health.probes)]
  if (before === 'healthy') return (health.probes.length >= 10 && loss >= LOSS_PERCENT.worse) || responseMs > RESPONSE_MS.worse ? 'degraded' : 'healthy'
  const isWell = answeredInARow >= ANSWERED_TO_RISE && responseMs < RESPONSE_MS.better && (loss < LOSS_PERCENT.better || answeredInARow >= 2 * ANSWERED_TO_RISE)
  return isWell ? 'healthy' : 'degraded'
}

/** Of the last answers: what was slow long ago is past. */
function averageOf(probes: readonly (number | undefined)[]): number {
  const answers = probes.filter((probe) => probe !== undefined).slice(-ANSWERED_TO_RISE)
  return answers.length === 0 ? 0 : answers.reduce((sum, answer) => sum + answer, 0) / answers.length
}
