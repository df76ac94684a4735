import type { GatewayProbe, GatewayStatus } from '@dialtone/softswitch'
import { type RawBuilder, type Selectable, sql as raw } from 'kysely'
import type { GatewayReportTable, Sql } from '../database/index.ts'

export const BUCKET_MS = 300_000
/** A week of history is kept. */
export const MAX_HISTORY_HOURS = 168

/** From the best to the worst. */
const STATUSES: readonly GatewayStatus[] = ['healthy', 'degraded', 'down']

/** What a bucket of probes came to. */
export interface HistoryEntry {
  readonly at: Date
  readonly status: string
  readonly responseMs: number | undefined
}

/** Adds probes to the sums of their five minutes; those of trunks that are gone are left out. */
export async function storeProbes(sql: Sql, probes: readonly GatewayProbe[]): Promise<void> {
  const buckets = Map.groupBy(probes, ({ gatewayId, atMs }) => `${gatewayId} ${Math.floor(atMs / BUCKET_MS)}`)
  const known = await sql.selectFrom('sip_trunk').select('id').where('id', 'in', [...new Set(probes.map(({ carrierId }) => carrierId))]).execute() // prettier-ignore
  const values = [...buckets.values()].flatMap((each) => {
    const latest = each.at(-1)
    if (latest === undefined || !known.some(({ id }) => id === latest.carrierId)) return []
    const answers = each.flatMap(({ responseMs }) => responseMs ?? [])
    return [
      {
        gateway_id: latest.gatewayId,
        trunk_id: latest.carrierId,
        began_at: new Date(Math.floor(latest.atMs / BUCKET_MS) * BUCKET_MS),
        probes: each.length,
        answered: answers.length,
        response_total_ms: answers.reduce((sum, answer) => sum + answer, 0),
        status: worstOf(each),
        last_at: new Date(latest.atMs),
      },
    ]
  })
  if (values.length === 0) return
  await sql
    .insertInto('gateway_probe')
    .values(values)
    .onConflict((conflict) =>
      conflict.columns(['gateway_id', 'began_at']).doUpdateSet({
        probes: raw`gateway_probe.probes + excluded.probes`,
        answered: raw`gateway_probe.answered + excluded.answered`,
        response_total_ms: raw`gateway_probe.response_total_ms + excluded.response_total_ms`,
        status: worseOfBoth(),
        last_at: raw`excluded.last_at`,
      }),
    )
    .execute()
}

/** Five minutes are shown by the worst of them: an outage that was over after one would stand nowhere. */
function worstOf(probes: readonly GatewayProbe[]): GatewayStatus {
  return STATUSES.findLast((status) => probes.some((probe) => probe.status === status)) ?? 'healthy'
}

/** Of what stands there and what comes to it. */
function worseOfBoth(): RawBuilder<string> {
  const rank = (status: RawBuilder<string>) => raw<number>`array_position(ARRAY[${raw.join(STATUSES)}]::text[], ${status})`
  const [old, come] = [raw<string>`gateway_probe.status`, raw<string>`excluded.status`]
  return raw`CASE WHEN ${rank(come)} >= ${rank(old)} THEN ${come} ELSE ${old} END`
}

/** What somebody outside said stands in the history as what we found ourselves does; how often it was asked and answered it does not change (S3-65). */
export async function storeReport(
  sql: Sql,
  report: { readonly gatewayId: string; readonly trunkId: string; readonly status: string; readonly at: Date },
): Promise<void> {
  const none = { probes: 0, answered: 0, response_total_ms: 0, status: report.status, last_at: report.at }
  const beganAt = new Date(Math.floor(report.at.getTime() / BUCKET_MS) * BUCKET_MS)
  await sql
    .insertInto('gateway_probe')
    .values({ gateway_id: report.gatewayId, trunk_id: report.trunkId, began_at: beganAt, ...none })
    .onConflict((conflict) => conflict.columns(['gateway_id', 'began_at']).doUpdateSet({ status: worseOfBoth(), last_at: report.at }))
    .execute()
}

/** Of the last 24 hours, in percent of the probes; a gateway that was not asked is left out. */
export async function uptimePercents(sql: Sql, gatewayIds: readonly string[], now: Date): Promise<ReadonlyMap<string, number>> {
  if (gatewayIds.length === 0) return new Map()
  const since = new Date(now.getTime() - 86_400_000)
  const rows = await sql
    .selectFrom('gateway_probe')
    .select((each) => ['gateway_id', each.fn.sum<string>('probes').as('probes'), each.fn.sum<string>('answered').as('answered')])
    .where('gateway_id', 'in', gatewayIds)
    .where('began_at', '>', since)
    .groupBy('gateway_id')
    .execute()
  const asked = rows.filter((row) => Number(row.probes) > 0)
  return new Map(asked.map((row) => [row.gateway_id, Math.round((Number(row.answered) * 10_000) / Number(row.probes)) / 100]))
}

/** Of each the latest first. */
export async function historiesOf(sql: Sql, gatewayIds: readonly string[], since: Date): Promise<ReadonlyMap<string, readonly HistoryEntry[]>> {
  if (gatewayIds.length === 0) return new Map()
  const rows = await sql
    .selectFrom('gateway_probe')
    .select(['gateway_id', 'last_at', 'status', 'answered', 'response_total_ms'])
    .where('gateway_id', 'in', gatewayIds)
    .where('began_at', '>=', since)
    .orderBy('began_at', 'desc')
    .execute()
  const entries = rows.map((row) => ({
    gatewayId: row.gateway_id,
    at: row.last_at,
    status: row.status,
    responseMs: row.answered === 0 ? undefined : Math.round(row.response_total_ms / row.answered),
  }))
  return Map.groupBy(entries, (entry) => entry.gatewayId)
}

/** What somebody outside said last, of each gateway. */
export async function reportsOf(sql: Sql, gatewayIds: readonly string[]): Promise<ReadonlyMap<string, Selectable<GatewayReportTable>>> {
  if (gatewayIds.length === 0) return new Map()
  const rows = await sql.selectFrom('gateway_report').selectAll().where('gateway_id', 'in', gatewayIds).execute()
  return new Map(rows.map((row) => [row.gateway_id, row]))
}

/** Forgets what is older than what can be asked for. */
export async function forgetProbes(sql: Sql, now: Date): Promise<void> {
  await sql
    .deleteFrom('gateway_probe')
    .where('began_at', '<', new Date(now.getTime() - MAX_HISTORY_HOURS * 3_600_000))
    .execute()
}
