import type { CallScene } from '../call-scene.ts'
import { lastAttemptAt } from '../call-scene.ts'
import { callerToInside } from '../originating/caller-identity.ts'
import { reject, rejectAfterRing } from '../reject.ts'
import type { Progress, ServiceDestination } from './destination.ts'

/** A virtual fax line takes the call: whether a fax machine calls is found out when it was answered. */
export function enterFaxLine(scene: CallScene, { to, calledNumber, diversion }: ServiceDestination): Progress {
  const { facts, snapshot, trace } = scene
  const line = snapshot.services.faxLines.get(to.referenceId)
  if (line === undefined || facts.canServe === false) {
    trace.note('fax-line', line === undefined ? 'does not exist' : 'skipped: this switch has no services', { faxLineId: to.referenceId })
    return { verdict: reject('DestinationNotAvailable') }
  }
  const target = `fax-line:${line.id}`
  const attempt = lastAttemptAt(target, facts.trail)
  if (attempt !== undefined) return { verdict: rejectAfterRing(attempt) }
  const { id: faxLineId, name } = line
  trace.note('fax-line', 'receives the fax', { faxLineId, name })
  return {
    verdict: { kind: 'serve', service: { kind: 'fax', faxLineId, name }, target, userId: undefined, caller: callerToInside(scene), calledNumber, diversion },
  }
}
