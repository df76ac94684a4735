import { ok } from '@dialtone/foundation'
import { type AccountScope, SYSTEM_ACTOR, systemScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { DueTask } from '../due-work/index.ts'
import { type Write, write } from '../events/index.ts'
import { type ActivationStatus, advanceActivation } from '../service-activations/index.ts'
import { completePorted, markPorted } from '../telephone-numbers/index.ts'
import { activationStatusOf, carrierStatusOf, type PortStatus } from './port.ts'
import { emitPorted, portChanged } from './port-events.ts'
import { closePortNumbers, duePorts, lockPort, updatePort } from './port-queries.ts'
import { factsOfPort, phoneNumbersOf, type PortRecord } from './port-record.ts'
import type { PortingCarrier, PortStep } from './porting-carrier.ts'
import { portingCarrierOf } from './porting-carrier-of.ts'

const BATCH = 100
const MAX_ROUNDS = 100
/** Approved, begun, done: more steps in one go no port has. */
const MAX_STEPS = 5

/** Takes every port as far as the clock says. Due times are stored: a crash or a jump of the clock delays a step, and loses none. */
export const portsDueTask: DueTask = {
  name: 'ports',
  run: async (context, rows) => {
    const carrier = portingCarrierOf(context)
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const due = await duePorts(context.database.sql, new Date(context.clock.nowMs()), rows.resting(), BATCH)
      for (const { id, partition_id: partitionId, account_id: accountId } of due)
        await rows.attempt(id, () => advancePort(context, carrier, systemScope(partitionId, accountId), id))
      if (due.length < BATCH) return
    }
  },
}

async function advancePort(context: Context, carrier: PortingCarrier, scope: AccountScope, id: string): Promise<void> {
  await write(context, SYSTEM_ACTOR, async (change) => {
    const port = await lockPort(change.sql, scope, id)
    if (port !== undefined) await takeDueSteps(context, change, carrier, port)
    return ok(undefined)
  })
}

/** @param port locked. @returns the port after all steps that were due. */
export async function takeDueSteps(context: Context, change: Write, carrier: PortingCarrier, port: PortRecord): Promise<PortRecord> {
  let current = port
  for (let steps = 0; steps < MAX_STEPS; steps++) {
    const facts = factsOfPort(current, pinOf(context, current))
    const dueAtMs = carrier.nextStepAt(facts)
    if (dueAtMs === undefined || dueAtMs > change.now.getTime()) {
      return updatePort(change.sql, current, { next_step_at: dueAtMs === undefined ? null : new Date(dueAtMs) }, change.now)
    }
    current = await takeStep(change, current, carrier.step(facts), new Date(dueAtMs))
  }
  return current
}

export function pinOf(context: Context, port: PortRecord): string | undefined {
  return port.pinSealed === undefined ? undefined : context.sealer.open(port.pinSealed, port.id)
}

/** One step, with everything that belongs to it: numbers, event, history. @param port locked. */
export async function takeStep(change: Write, before: PortRecord, step: PortStep, at: Date): Promise<PortRecord> {
  const scope = systemScope(before.partitionId, before.accountId)
  const port = await updatePort(
    change.sql,
    before,
    {
      status: step.status,
      ...(step.status === 'APPROVED' ? { foc_at: new Date(step.focAtMs) } : {}),
      ...(step.status === 'REJECTED' ? { rejection: JSON.stringify(step.rejection) } : {}),
      ...(step.status === 'COMPLETED' ? { completed_at: at, next_step_at: null } : {}),
    },
    change.now,
  )
  const numbers = phoneNumbersOf(port)
  if (port.status === 'COMPLETED') {
    await completePorted(change, scope, numbers)
    await closePortNumbers(change.sql, port)
    emitPorted(change, port, before.status)
  } else {
    await markPorted(change, scope, numbers, carrierStatusOf(port.status))
  }
  await reportProgress(change, port, { at, ...messageOf(step, port) })
  change.emit(portChanged(port, { action: 'UPDATE', before }))
  return port
}

/** Writes the state of a port into its activation event. */
export async function reportProgress(
  change: Write,
  port: PortRecord,
  entry: { at?: Date; code?: string; message?: string; status?: ActivationStatus },
): Promise<void> {
  await advanceActivation(
    change,
    systemScope(port.partitionId, port.accountId),
    { serviceType: 'PORT_REQUEST', referenceId: port.id },
    {
      status: activationStatusOf(port.status, port.hotCutPortId !== undefined && port.triggeredAt === undefined),
      focDate: port.focAt ?? null,
      details: { crdDate: crdInstant(port.crdDate), editableFieldTypes: port.rejection?.editableFields ?? [] },
      ...entry,
    },
  )
}

export function crdInstant(day: string): string {
  return `${day}T00:00:00.000Z`
}

const MESSAGES: Readonly<Record<PortStatus, string>> = {
  ON_HOLD: 'The port waits for its release.',
  PENDING: 'The port was sent to the losing carrier.',
  APPROVED: 'The losing carrier agreed to the date.',
  IN_PROGRESS: 'The numbers are being moved.',
  COMPLETED: 'The numbers are in service here.',
  REJECTED: 'The losing carrier refused.',
  CANCELLED: 'The port was cancelled.',
}

function messageOf(step: PortStep, port: PortRecord): { code?: string; message: string } {
  if (step.status === 'REJECTED') return { code: step.rejection.code, message: step.rejection.message }
  if (step.status === 'IN_PROGRESS' && port.hotCutPortId !== undefined && port.triggeredAt === undefined)
    return { message: 'The carriers are ready: the cut waits for the trigger.' }
  return { message: MESSAGES[step.status] }
}
