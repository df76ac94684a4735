import type { MediaReport, MediaSession } from '@dialtone/media'
import { buildCallRecords } from '../cdr/build-cdr.ts'
import type { CallRecord } from '../ports/call-record.ts'
import type { CallContext } from './call-context.ts'
import { checkpointRecords } from './checkpoint-records.ts'
import { tellOfUnsentFax } from './perform-fax-call.ts'

/** A media engine that does not answer holds a record back no longer than this. */
const REPORT_TIMEOUT_MS = 2_000

/** Closes the media session, then every record of the call: once, whatever the media engine does. */
export function finishCall(call: CallContext): void {
  tellOfUnsentFax(call)
  const report = closeSession(call)
  call.session = undefined
  let closed = false
  const close = (mediaReport: MediaReport | undefined): void => {
    if (closed) return
    closed = true
    timer.cancel()
    closeRecords(call, mediaReport)
  }
  const timer = call.needs.timers.start(REPORT_TIMEOUT_MS, () => close(undefined))
  report.then(close).catch((error: unknown) => {
    call.needs.logger.error('media session failed to close', { sessionId: call.state.sessionId, error: String(error) })
    close(undefined)
  })
}

/** @returns what became of the media; undefined when there was no session */
async function closeSession({ session, opening, service }: CallContext): Promise<MediaReport | undefined> {
  // What a caller said last is still on its way.
  const quiet = service?.quiet()
  const open = session ?? (await openedLate(opening))
  if (quiet !== undefined) await quiet
  return open?.close()
}

/** The call ended while its session was opening. */
async function openedLate(opening: CallContext['opening']): Promise<MediaSession | undefined> {
  const result = await opening
  return result?.ok === true ? result.value : undefined
}

function answeredSecondsOf({ answeredAtMs, endedAtMs }: CallRecord): number {
  return answeredAtMs === undefined || endedAtMs === undefined ? 0 : Math.max(0, endedAtMs - answeredAtMs) / 1000
}

/** A call may be given up while the answer is on its way: what it reserved is given back as well. */
function mayHaveReserved({ state }: CallContext, { authorization, legType }: CallRecord): boolean {
  return authorization !== undefined || legType === 'Forward' || state.awaitsAuthorization !== undefined
}

/** Its records are closed when the last of the call has gone; were the switch to die before, they end here all the same. */
export function settleLegs(call: CallContext): void {
  for (const record of buildCallRecords(call.state)) if (mayHaveReserved(call, record)) call.needs.authorizer.settle(record.id, answeredSecondsOf(record))
  checkpointRecords(call)
}

function closeRecords(call: CallContext, mediaReport: MediaReport | undefined): void {
  const records = buildCallRecords(call.state, mediaReport)
  for (const record of records) {
    if (mayHaveReserved(call, record)) call.needs.authorizer.settle(record.id, answeredSecondsOf(record))
    call.needs.records.close(record)
    call.needs.events.callEnded(record)
  }
  call.onFinished(call.state.answeredAtMs !== undefined, mediaReport)
}
