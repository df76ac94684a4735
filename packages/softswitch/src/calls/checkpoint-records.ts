import { buildCallRecords } from '../cdr/build-cdr.ts'
import type { StandingLeg } from '@dialtone/sip'
import type { CallContext } from './call-context.ts'

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

function standingLegs({ caller, legs }: CallContext): readonly StandingLeg[] {
  const written: StandingLeg[] = []
  const callerLeg = caller?.leg.standing
  if (callerLeg !== undefined) written.push(callerLeg)
  for (const { leg } of legs.values()) {
    const { standing } = leg
    if (standing !== undefined) written.push(standing)
  }
  return written
}
