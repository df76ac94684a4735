import type { CallRecord, CheckpointedRecord } from '@dialtone/softswitch'

/** RFC 3261 section 21.5.1: what the caller would have been told. */
const SERVER_INTERNAL_ERROR = 500

/**
 * The end of a call that was going on when the server died: it cannot have lasted longer than the server, and the caller is not
 * charged for a time nobody can vouch for. @param checkpointed its last checkpoint @param lastSignOfLifeMs when the dead server last wrote.
 */
export function closeAbandonedRecord(checkpointed: CheckpointedRecord, lastSignOfLifeMs: number): CallRecord {
  const { dialogs: _dialogs, ...record } = checkpointed
  if (record.answeredAtMs !== undefined) {
    // Its own legs may have been over long before, while others who had joined it talked on.
    const { endedAtMs = Math.max(lastSignOfLifeMs, record.answeredAtMs), hangupBy = 'system' } = record
    return { ...record, endedAtMs, disposition: 'ANSWERED', hangupBy }
  }
  const sipStatusCode = record.sipStatusCode >= 300 ? record.sipStatusCode : SERVER_INTERNAL_ERROR
  return { ...record, endedAtMs: Math.max(lastSignOfLifeMs, record.startedAtMs), disposition: 'FAILED', hangupBy: 'system', sipStatusCode }
}
