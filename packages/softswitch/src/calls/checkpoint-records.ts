import { buildCallRecords } from '../cdr/build-cdr.ts'
import type { LeftLeg } from '../ports/call-record.ts'
import type { CallContext } from './call-context.ts'
import { legOf } from './state/call-state.ts'

/**
 * Writes the records of a call down as they stand, and how to reach its parties if the switch dies.
 * @param isRinging somebody rings: all that ring with him are written down at once, and who begins later when he does
 */
export function checkpointRecords(call: CallContext, { isRinging = false }: { readonly isRinging?: boolean } = {}): void {
  if (isRinging && call.legs.size === call.legsWritten) return
  call.legsWritten = call.legs.size
  const { records } = call.needs
  const [first, ...others] = buildCallRecords(call.state)
  if (first === undefined) return
  records.checkpoint({ ...first, dialogs: standingLegs(call) })
  for (const record of others) records.checkpoint(record)
}

function standingLegs({ caller, legs, state }: CallContext): readonly LeftLeg[] {
  const written: LeftLeg[] = []
  const callerLeg = caller?.leg.standing
  if (callerLeg !== undefined) written.push(callerLeg)
  for (const [legId, { leg }] of legs) {
    const { standing } = leg
    if (standing === undefined) continue
    const carrierId = legOf(state, legId)?.plan.carrierId
    written.push(carrierId === undefined ? standing : { ...standing, carrierId })
  }
  return written
}
