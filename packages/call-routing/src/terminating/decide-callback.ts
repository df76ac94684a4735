import type { DecisionTrace } from '../decision-trace.ts'
import { hopLimitOf } from '../hop-limit.ts'
import type { RingVerdict } from '../route-decision.ts'
import type { RouteFacts } from '../route-facts.ts'
import { digitsForTrunk } from '../routing-trunk.ts'
import type { RoutingSnapshot } from '../routing-snapshot.ts'

/** How long after a call to 911 a call to its callback number is taken for the PSAP's (RFC 7090 2 leaves the time to the network). */
export const CALLBACK_WINDOW_MS = 30 * 60_000
/** Longer than any user's setting: somebody may have put the phone down to help. Afterwards the call goes as any other. */
const CALLBACK_RING_MS = 60_000

/**
 * The PSAP calls back (47 CFR 9.3, RFC 7090): the lines that called for help ring, before account status, do not disturb, forwarding,
 * screening, schedules and limits have a say. Undefined for every other call, and when these lines have been tried.
 */
export function decideCallback(snapshot: RoutingSnapshot, facts: RouteFacts, trace: DecisionTrace): RingVerdict | undefined {
  if (facts.call.direction !== 'terminating') return undefined
  const { calledNumber, caller } = facts.call
  const lineIds = linesThatCalled(snapshot, facts, calledNumber)
  const [first] = lineIds
  if (first === undefined || facts.trail.length >= hopLimitOf(facts)) return undefined
  const target = `callback:${calledNumber}`
  if (facts.trail.some((attempt) => attempt.target === target)) {
    trace.note('psap-callback', 'the lines that called 911 did not answer: like any other call', { calledNumber, lineIds })
    return undefined
  }
  trace.note('psap-callback', 'rings the lines that called 911, before every other rule', { calledNumber, lineIds, timeoutMs: CALLBACK_RING_MS })
  const ring = { kind: 'ring', target, timeoutMs: CALLBACK_RING_MS, caller, calledNumber, diversion: undefined, isCallback: true } as const
  const line = snapshot.lines.get(first)
  if (line?.trunk === undefined) return { ...ring, lineIds, userId: lineIds.length === 1 ? line?.userId : undefined }
  return { ...ring, lineIds, userId: undefined, trunk: { digits: digitsForTrunk(line.trunk, calledNumber), address: line.trunk.address } }
}

/** Nearly every call. */
const NOBODY: readonly string[] = []

/** From memory, and from what was stored: whichever knows. */
function linesThatCalled(snapshot: RoutingSnapshot, { recentEmergency, nowMs }: RouteFacts, calledNumber: string): readonly string[] {
  const stored = snapshot.services.emergenciesByNumber.get(calledNumber)
  const remembered = recentEmergency?.(calledNumber)
  if (stored === undefined && (remembered === undefined || remembered.length === 0)) return NOBODY
  const recent = (stored ?? []).filter(({ atMs }) => nowMs - atMs < CALLBACK_WINDOW_MS).map(({ lineId }) => lineId)
  const known = [...(remembered ?? []), ...recent]
  const lineIds = [...new Set(known)].filter((lineId) => snapshot.lines.has(lineId))
  const isTrunk = (lineId: string | undefined) => snapshot.lines.get(lineId ?? '')?.trunk !== undefined
  // A PBX finds its own phone; it is not rung together with lines.
  return isTrunk(lineIds[0]) ? lineIds.slice(0, 1) : lineIds.filter((lineId) => !isTrunk(lineId))
}
