import type { CallRecord } from '@dialtone/softswitch'
import type { AccountScope } from '../access/index.ts'
import type { Sql } from '../database/index.ts'

export const NETWORK_QUALITIES = ['excellent', 'good', 'fair', 'poor'] as const

export interface NetworkQuality {
  /** null: nothing was measured; `reason` says why. */
  readonly quality: (typeof NETWORK_QUALITIES)[number] | null
  readonly reason: string | null
}

type Side = NonNullable<CallRecord['mediaReport']>['a']

const LOOK_BACK_DAYS = 7
const MAX_CALLS = 20
/** A shorter exchange says nothing. */
const MIN_PACKETS = 100
/** Loss in percent and jitter in milliseconds up to which a quality reaches (ITU-T Y.1541 class 0 allows 0.1 % and 50 ms end to end). */
const LIMITS = [
  ['excellent', 0.5, 20],
  ['good', 1, 30],
  ['fair', 3, 50],
] as const

/** How the network between the phone and us was in its last measured call: what we received, and what the phone reported of ours by RTCP (RFC 3550 6.4). */
export async function networkQuality(sql: Sql, scope: AccountScope, lineIds: readonly string[], nowMs: number): Promise<NetworkQuality> {
  if (lineIds.length === 0) return { quality: null, reason: 'the device has no line' }
  const rows = await sql
    .selectFrom('call_record')
    .select('record')
    .where('account_id', '=', scope.accountId)
    .where('started_at', '>', new Date(nowMs - LOOK_BACK_DAYS * 86_400_000))
    .where('answered_at', 'is not', null)
    .where((row) =>
      row.or([
        row((ref) => ref.ref('record', '->>').key('callingLineId'), 'in', lineIds),
        row((ref) => ref.ref('record', '->>').key('calledLineId'), 'in', lineIds),
      ]),
    )
    .orderBy('started_at', 'desc')
    .limit(MAX_CALLS)
    .execute()
  if (rows.length === 0) return { quality: null, reason: `no call of the device in the last ${LOOK_BACK_DAYS} days` }
  const measured = rows.map((row) => row.record as unknown as CallRecord).map((record) => measure(sideOf(record, lineIds)))
  return measured.find((each) => each.quality !== null) ?? measured[0] ?? { quality: null, reason: 'not measured' }
}

/** The caller's media is side a. */
function sideOf(record: CallRecord, lineIds: readonly string[]): Side | undefined {
  return lineIds.includes(record.callingLineId ?? '') ? record.mediaReport?.a : record.mediaReport?.b
}

function measure(side: Side | undefined): NetworkQuality {
  if (side === undefined) return { quality: null, reason: 'the media of the last call did not go through this server' }
  const { packetsReceived, packetsLost, jitterMs, packetsSent, remote } = side
  const heard =
    packetsReceived === null || packetsReceived < MIN_PACKETS
      ? undefined
      : { loss: percent(packetsLost ?? 0, packetsReceived + (packetsLost ?? 0)), jitter: jitterMs ?? 0 }
  const told =
    remote === null || packetsSent === null || packetsSent < MIN_PACKETS
      ? undefined
      : { loss: percent(remote.packetsLost, packetsSent), jitter: remote.jitterMs }
  const all = [heard, told].filter((each) => each !== undefined)
  if (all.length === 0) return { quality: null, reason: side.notMeasured ?? 'the last call was too short to be measured' }
  const [loss, jitter] = [Math.max(...all.map((each) => each.loss)), Math.max(...all.map((each) => each.jitter))]
  return { quality: LIMITS.find(([, most, longest]) => loss <= most && jitter <= longest)?.[0] ?? 'poor', reason: null }
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : (100 * Math.max(0, part)) / whole
}
