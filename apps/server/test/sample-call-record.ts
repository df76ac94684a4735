import type { CallRecord } from '@dialtone/softswitch'

/** A call from 10:00:00 that was answered after 5 s, unless said otherwise. */
export function sampleCallRecord(id: string, changes: Partial<CallRecord> = {}): CallRecord {
  const startedAtMs = Date.UTC(2026, 0, 5, 10)
  return {
    id,
    sessionId: `session-${id}`,
    partitionId: 'partition',
    accountId: 'account',
    legType: 'Origination',
    direction: 'OUTBOUND',
    startedAtMs,
    ringingAtMs: startedAtMs + 1000,
    answeredAtMs: startedAtMs + 5000,
    endedAtMs: undefined,
    dialedNumber: '8015550100',
    callingNumber: '16075551000',
    callingName: 'Ada Lovelace',
    calledNumber: '18015550100',
    origCategory: 'OffNet',
    termCategory: 'OffNet',
    disposition: 'IN_PROGRESS',
    hangupBy: undefined,
    sipStatusCode: 200,
    sipCallIds: [`${id}@test`],
    ...changes,
  }
}

export function closedCallRecord(id: string, changes: Partial<CallRecord> = {}): CallRecord {
  const open = sampleCallRecord(id)
  return { ...open, endedAtMs: open.startedAtMs + 65_000, disposition: 'ANSWERED', hangupBy: 'caller', ...changes }
}
