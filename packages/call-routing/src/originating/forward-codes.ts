import { lastAttemptAt } from '../call-scene.ts'
import type { CallScene } from '../call-scene.ts'
import { readWritten } from '../destinations/read-target.ts'
import { reject, rejectAfterRing } from '../reject.ts'
import type { RouteVerdict } from '../route-decision.ts'
import { callerToInside } from './caller-identity.ts'

/**
 * A phone of the account dials the star code of a hunt group's forward: alone it switches it on, or off when it is on; behind the code of a
 * VARIABLE one stands the number to forward to from now on.
 * @returns undefined when no group has the code
 */
export function enterForwardCode(scene: CallScene, code: string, rest: string): RouteVerdict | undefined {
  const { snapshot, trace, caller, facts } = scene
  const forward = snapshot.services.forwardCodes.get(code)
  if (forward === undefined || facts.canServe === false) return undefined
  const { configurationId, huntGroupId, type, isActive } = forward
  const detail = { code, huntGroupId, type, isActive }
  if (rest !== '' && (type === 'FIXED' || readWritten(snapshot, rest, undefined) === undefined)) {
    trace.note('forward-code', type === 'FIXED' ? 'always forwards to the same number' : 'what follows is no number', detail)
    return reject('NotAllowedByDialPlan')
  }
  const target = `feature:${code}`
  const attempt = lastAttemptAt(target, facts.trail)
  if (attempt !== undefined) return rejectAfterRing(attempt)
  const isOn = rest !== '' || !isActive
  trace.note('forward-code', isOn ? 'switches the forward on' : 'switches the forward off', detail)
  return {
    kind: 'serve',
    service: { kind: 'switch-forward', configurationId, isOn, forwardTo: rest === '' ? undefined : rest },
    target,
    userId: caller.kind === 'line' ? caller.user?.id : undefined,
    caller: callerToInside(scene),
    calledNumber: `${code}${rest}`,
    diversion: undefined,
  }
}
