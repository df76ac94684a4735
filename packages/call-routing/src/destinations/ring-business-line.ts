import { lastAttemptAt } from '../call-scene.ts'
import type { CallScene } from '../call-scene.ts'
import type { RoutingLineHandling } from '../line-handling.ts'
import { callerToInside } from '../originating/caller-identity.ts'
import type { RouteAttempt } from '../route-facts.ts'
import type { LineDestination, Progress } from './destination.ts'
import { goOnTo, reasonAfter } from './go-on-to.ts'
import { isCallingForHelp } from './own-phones.ts'

const AFTER = { busy: 'onBusy', 'no-answer': 'onNoAnswer', unregistered: 'onUnregistered' } as const

/** A number points at a business line: it rings, or its calls go elsewhere, as its own handling says (S1-105 … S1-110). */
export function ringBusinessLine(scene: CallScene, handling: RoutingLineHandling, destination: LineDestination): Progress {
  const { lineId, forwardAlwaysTo, ringTimeoutSeconds } = handling
  const { calledNumber, diversion } = destination
  const target = `line:${lineId}`
  const from = { id: lineId, calledNumber, payer: { userId: scene.snapshot.lines.get(lineId)?.userId, lineId } }
  if (forwardAlwaysTo !== undefined) {
    scene.trace.note('line-handling', 'all calls are forwarded', { lineId })
    return goOnTo(scene, forwardAlwaysTo, { ...from, reason: 'always' }, unreachable(target, 'unregistered'))
  }
  const attempt = lastAttemptAt(target, scene.facts.trail) ?? whyNotRung(scene, lineId, handling)
  if (attempt !== undefined) {
    const reason = reasonAfter(attempt)
    scene.trace.note('line-handling', 'was not answered', { lineId, reason, statusCode: attempt.statusCode })
    return goOnTo(scene, handling[AFTER[reason]], { ...from, reason }, attempt)
  }
  const timeoutMs = ringTimeoutSeconds === undefined || ringTimeoutSeconds <= 0 ? undefined : ringTimeoutSeconds * 1000
  scene.trace.note('line-handling', 'rings', { lineId, timeoutMs })
  const caller = callerToInside(scene)
  return { verdict: { kind: 'ring', lineIds: [lineId], userId: undefined, target, timeoutMs, caller, calledNumber, diversion } }
}

function whyNotRung(scene: CallScene, lineId: string, { callWaitingEnabled }: RoutingLineHandling): RouteAttempt | undefined {
  const { snapshot, caller, facts, trace } = scene
  const target = `line:${lineId}`
  if (snapshot.lines.get(lineId)?.adminState !== 'ACTIVE') {
    trace.note('line-handling', 'the line is out of service', { lineId })
    return unreachable(target, 'unregistered')
  }
  if (caller.kind === 'line' && caller.line.id === lineId) {
    trace.note('line-handling', 'the line calls itself', { lineId })
    return unreachable(target, 'busy')
  }
  if (isCallingForHelp(scene, lineId)) {
    trace.note('line-handling', 'calls for help', { lineId })
    return unreachable(target, 'busy')
  }
  const calls = facts.activeCallsOf?.(lineId) ?? 0
  if (callWaitingEnabled || calls === 0) return undefined
  trace.note('line-handling', 'in a call, and without call waiting', { lineId, calls })
  return unreachable(target, 'busy')
}

function unreachable(target: string, outcome: 'busy' | 'unregistered'): RouteAttempt {
  return { target, outcome, statusCode: outcome === 'busy' ? 486 : 480 }
}
