import { buildCallRecords } from '../cdr/build-cdr.ts'
import type { StandingDialog } from '@dialtone/sip'
import type { CallContext } from './call-context.ts'

/** Writes the records of a call down as they stand, and how to reach its parties if the switch dies. */
export function checkpointRecords(call: CallContext): void {
  const { records } = call.needs
  const [first, ...others] = buildCallRecords(call.state)
  if (first === undefined) return
  records.checkpoint({ ...first, dialogs: standingDialogs(call) })
  for (const record of others) records.checkpoint(record)
}

function standingDialogs({ caller, legs }: CallContext): readonly StandingDialog[] {
  const dialogs: StandingDialog[] = []
  const callerDialog = caller?.leg.standing
  if (callerDialog !== undefined) dialogs.push(callerDialog)
  for (const { leg } of legs.values()) {
    const { standing } = leg
    if (standing !== undefined) dialogs.push(standing)
  }
  return dialogs
}
