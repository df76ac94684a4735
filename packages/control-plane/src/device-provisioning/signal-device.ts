import { type Selectable, sql as sqlText } from 'kysely'
import { err, ok, type Result } from '@dialtone/foundation'
import type { AccountScope } from '../access/index.ts'
import { systemScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { DeviceRebootTable } from '../database/index.ts'
import { listPortsOfDevice } from '../device-lines/index.ts'
import type { DeviceRow } from '../devices/index.ts'
import type { DueTask } from '../due-work/index.ts'
import { type ApiFailure, inConflict, unavailable } from '../failures/index.ts'
import { type Vendor, vendorOf } from '../phone-files/index.ts'

export interface DeviceSignal {
  readonly event: string
  readonly contentType?: string | undefined
  readonly body?: string | undefined
}

export interface SignalAnswer {
  readonly sentAt: Date
  readonly statusCode: number
}

/** RFC 3261 17.1.2.2 would wait 32 s: longer than who asks over HTTP does. */
const ANSWER_TIMEOUT_MS = 8_000
/** A restart that has come due waits for the call to end, and looks again. */
const LOOK_AGAIN_MS = 10_000
const GIVE_UP_MS = 24 * 3_600_000
const MAX_DUE = 200
export const MAX_DELAY_SECONDS = 7 * 86_400

/** Sends a NOTIFY over the phone's own flow and waits for what it answers (S3-59 … S3-61). */
export async function signalDevice(
  context: Context,
  scope: AccountScope,
  device: DeviceRow,
  signalOf: (vendor: Vendor) => DeviceSignal,
): Promise<Result<SignalAnswer, ApiFailure>> {
  const lines = (await listPortsOfDevice(context.database.sql, scope, device.id)).filter((line) => line.sip_username !== null)
  const bindings = lines.flatMap((line) => context.registrations.bindingsOf(line.id))
  const [first] = bindings
  if (first === undefined) return err(unreachable('no line of the device is registered'))
  const sentAt = new Date(context.clock.nowMs())
  const outcome = await context.calls.notify({
    accountId: scope.accountId,
    lineIds: lines.map((line) => line.id),
    ...signalOf(vendorOf(device.device_type_id, first.userAgent)),
    timeoutMs: ANSWER_TIMEOUT_MS,
    // Some phones challenge it, with the login of the line.
    credentials: Object.fromEntries(
      lines.map((line) => [line.id, { username: line.sip_username ?? '', password: context.sealer.open(line.sip_password_sealed ?? '', line.id) }]),
    ),
  })
  if (outcome === undefined) return err(unavailable('SwitchUnavailable', 'The switch does not answer; try again in a moment.'))
  if (outcome.kind === 'unreachable') return err(unreachable(outcome.reason))
  if (outcome.kind === 'timedOut')
    return err({ code: 'NotifyTimedOut', status: 408, message: `The phone did not answer the NOTIFY within ${ANSWER_TIMEOUT_MS / 1000} s.` })
  return ok({ sentAt, statusCode: outcome.statusCode })
}

/** Whether the device may be restarted now: in a call only by force, and never while somebody calls for help from it. */
async function callFailure(context: Context, scope: AccountScope, device: DeviceRow, force: boolean): Promise<ApiFailure | undefined> {
  const lines = await listPortsOfDevice(context.database.sql, scope, device.id)
  const busy = await context.calls.linesInCall(lines.map((line) => line.id))
  if (busy.some((line) => line.isEmergency)) return inConflict('DeviceInEmergencyCall', 'Somebody calls for help from this device: it is not restarted.')
  return busy.length === 0 || force
    ? undefined
    : inConflict('DeviceInCall', 'The device is in a call: use force=true, or wait.', { lines: busy.map((line) => line.lineId) })
}

/** Restarts a device now, or later when it may (S3-56 … S3-58). @returns what the phone answered; undefined: it is still to be told. */
export async function rebootDevice(
  context: Context,
  scope: AccountScope,
  device: DeviceRow,
  o: { readonly delaySeconds: number; readonly force: boolean },
): Promise<Result<{ readonly dueAt: Date; readonly statusCode: number | undefined }, ApiFailure>> {
  const refused = await callFailure(context, scope, device, o.force)
  if (refused !== undefined) return err(refused)
  const dueAt = new Date(context.clock.nowMs() + o.delaySeconds * 1000)
  if (o.delaySeconds === 0) {
    const told = await reboot(context, scope, device)
    return told.ok ? ok({ dueAt, statusCode: told.value.statusCode }) : told
  }
  const lines = await listPortsOfDevice(context.database.sql, scope, device.id)
  if (!lines.some((line) => context.registrations.isRegistered(line.id))) return err(unreachable('no line of the device is registered'))
  const values = { due_at: dueAt, next_attempt_at: dueAt, force: o.force }
  await context.database.sql
    .insertInto('device_reboot')
    .values({ device_id: device.id, ...values })
    .onConflict((conflict) => conflict.column('device_id').doUpdateSet(values))
    .execute()
  return ok({ dueAt, statusCode: undefined })
}

async function reboot(context: Context, scope: AccountScope, device: DeviceRow): Promise<Result<SignalAnswer, ApiFailure>> {
  const told = await signalDevice(context, scope, device, (vendor) => ({ event: vendor.events.reboot }))
  if (!told.ok) return told.error.status === 408 ? err(unreachable('the phone did not answer')) : told
  const { statusCode } = told.value
  return statusCode < 300 ? told : err(unavailable('DeviceRefused', `The phone answered ${statusCode} to the NOTIFY.`))
}

/** Restarts that have come due. One that finds a call waits for its end, unless it was ordered by force; one a day late is given up. */
export const deviceRebootTask: DueTask = {
  name: 'device-reboots',
  isBackground: true,
  run: async (context, rows) => {
    const now = new Date(context.clock.nowMs())
    const { sql } = context.database
    // Taken by moving it on: another node does not tell the phone twice.
    const due = await sql
      .updateTable('device_reboot')
      .set({ next_attempt_at: new Date(now.getTime() + LOOK_AGAIN_MS) })
      .where('device_id', 'in', (query) =>
        query
          .selectFrom('device_reboot')
          .select('device_id')
          .where('next_attempt_at', '<=', now)
          .where(sqlText<boolean>`device_id <> ALL(${rows.resting()})`)
          .orderBy('next_attempt_at')
          .limit(MAX_DUE)
          .forUpdate()
          .skipLocked(),
      )
      .returningAll()
      .execute()
    for (const row of due) await rows.attempt(row.device_id, () => rebootDue(context, row, now))
  },
}

async function rebootDue(context: Context, row: Selectable<DeviceRebootTable>, now: Date): Promise<void> {
  const { sql } = context.database
  const device = await sql.selectFrom('device').selectAll().where('id', '=', row.device_id).executeTakeFirst()
  const isLate = now.getTime() - row.due_at.getTime() > GIVE_UP_MS
  if (device === undefined) return
  const scope = systemScope(device.partition_id, device.account_id)
  const waits = !isLate && (await callFailure(context, scope, device, row.force)) !== undefined
  if (waits) return
  await sql.deleteFrom('device_reboot').where('device_id', '=', row.device_id).execute()
  const told = isLate ? err(unreachable('a day late')) : await reboot(context, scope, device)
  if (!told.ok) context.logger.warn('a device was not restarted at its time', { deviceId: device.id, code: told.error.code, reason: told.error.message })
}

function unreachable(reason: string): ApiFailure {
  return unavailable('DeviceUnreachable', `The device cannot be reached: ${reason}.`)
}
