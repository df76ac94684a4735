import { err, ok } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import type { Context } from '../context.ts'
import { entityNotFound, fieldRequired } from '../failures/index.ts'
import { findGateway, type Gateway, gatewaysOf, historiesOf, MAX_HISTORY_HOURS, reportGateway, reportsOf, uptimePercents } from '../gateways/index.ts'
import { named, oneOf, type Operation } from '../http/index.ts'
import { Page, Pagination, wholeOrPageOf } from './paging.ts'
import { idOf, ResourceId, shownId } from './prefixed-id.ts'
import { resourceOperation } from './resource-operation.ts'
import { trunkPermission } from './sip-trunk-routes.ts'

const TAG = 'SIP Gateway Monitoring'
const STATUSES = ['healthy', 'degraded', 'down'] as const
const DEFAULT_HISTORY_HOURS = 24
const HOUR_MS = 3_600_000

const GatewayView = named(
  'SipGateway',
  Type.Object({
    gateway_id: Type.String(),
    trunk_id: Type.String(),
    name: Type.String(),
    host: Type.String(),
    port: Type.Integer(),
    status: oneOf([...STATUSES, 'unknown']),
    last_ping: Type.Optional(Type.String()),
    response_time_ms: Type.Optional(Type.Integer()),
    packet_loss_percent: Type.Number(),
    uptime_percent_24h: Type.Optional(Type.Number()),
    reason: Type.Optional(Type.String()),
    history: Type.Optional(Type.Array(Type.Object({ timestamp: Type.String(), status: Type.String(), response_time_ms: Type.Optional(Type.Integer()) }))),
  }),
)
const Report = named(
  'SipGatewayReport',
  Type.Object({
    status: Type.Optional(oneOf(STATUSES)),
    response_time_ms: Type.Optional(Type.Integer({ minimum: 0, maximum: 3_600_000 })),
    packet_loss_percent: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
    error_message: Type.Optional(Type.String({ maxLength: 512 })),
  }),
)

/** How the places are where carriers and peers are called (S3-62 … S3-68). */
export const gatewayOperations: readonly Operation[] = [
  resourceOperation({
    method: 'GET',
    path: '/sipgwping/:entity',
    tag: TAG,
    summary: 'How a gateway is, or `all`: response time, loss, uptime, history',
    requires: trunkPermission('READ'),
    params: Type.Object({ entity: ResourceId }),
    query: {
      include_history: Type.Optional(Type.Boolean()),
      history_hours: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_HISTORY_HOURS })),
      ...Page,
    },
    data: Type.Union([GatewayView, Type.Object({ gateways: Type.Array(GatewayView), pagination: Type.Optional(Pagination) })]),
    refuses: [404],
    handle: async (context, { params, query, reach }) => {
      const hours = query.include_history === true ? (query.history_hours ?? DEFAULT_HISTORY_HOURS) : undefined
      const { sql } = context.database
      await context.gateways.settled()
      if (params.entity === 'all') {
        const filter = await reach.within({})
        if (!filter.ok) return filter
        const trunks = await sql.selectFrom('sip_trunk').selectAll().where('kind', '=', 'CARRIER').where(filter.value).orderBy('created_at').orderBy('id').execute() // prettier-ignore
        const { rows, ...page } = await wholeOrPageOf(query, await gatewaysOf(sql, trunks))
        return ok({ data: { gateways: await viewsOf(context, rows, hours), ...page } })
      }
      const gateway = await findGateway(sql, idOf('gateway', params.entity))
      if (gateway === undefined) return err(entityNotFound('Gateway', params.entity))
      const scope = await reach.ownerOf(gateway.trunk)
      if (!scope.ok) return scope
      const [view] = await viewsOf(context, [gateway], hours)
      return view === undefined ? err(entityNotFound('Gateway', params.entity)) : ok({ data: view })
    },
  }),
  resourceOperation({
    method: 'POST',
    path: '/sipgwping/:entity/:param1/:param2',
    tag: TAG,
    summary: 'Report from outside how a gateway is; routing follows, and an event tells when it is worse than before',
    requires: trunkPermission('EDIT'),
    params: Type.Object({ entity: ResourceId, param1: Type.String({ maxLength: 64 }), param2: Type.String({ maxLength: 64 }) }),
    body: Report,
    // S3-66: nothing of it is required, for the path may have the status.
    mayOmitBody: true,
    data: Type.Object({ gateway_id: Type.String(), status: Type.String(), updated_at: Type.String(), alert_generated: Type.Boolean() }),
    refuses: [404],
    handle: async (context, { params, body, reach, principal }) => {
      const gateway = await findGateway(context.database.sql, idOf('gateway', params.entity))
      if (gateway === undefined) return err(entityNotFound('Gateway', params.entity))
      const scope = await reach.ownerOf(gateway.trunk)
      if (!scope.ok) return scope
      // `/status/update` only labels what the body says; without a status there, the path has one: `/down/2024-…`.
      const status = body.status ?? STATUSES.find((known) => known === params.param1)
      if (status === undefined) return err(fieldRequired('status'))
      const { response_time_ms: responseMs, packet_loss_percent: lossPercent, error_message: errorMessage } = body
      const reported = await reportGateway(
        context,
        principal,
        { trunk: gateway.trunk, gatewayId: gateway.id },
        { status, responseMs, lossPercent, errorMessage },
      )
      if (!reported.ok) return reported
      const data = {
        gateway_id: shownId('gateway', gateway.id),
        status,
        updated_at: reported.value.at.toISOString(),
        alert_generated: reported.value.isAlert,
      }
      return ok({ data, message: 'Gateway status updated' })
    },
  }),
]

type View = Static<typeof GatewayView>
type ValueOf<Kept> = Kept extends ReadonlyMap<string, infer Value> ? Value : never

/** What the database knows of a gateway. */
interface Known {
  readonly report: ValueOf<Awaited<ReturnType<typeof reportsOf>>> | undefined
  readonly uptime: number | undefined
  /** undefined: nobody asked for it. */
  readonly history: ValueOf<Awaited<ReturnType<typeof historiesOf>>> | undefined
}

/** Of however many: the database is asked once for each kind of thing. */
async function viewsOf(context: Context, gateways: readonly Gateway[], historyHours: number | undefined): Promise<View[]> {
  const { sql } = context.database
  const nowMs = context.clock.nowMs()
  const ids = gateways.map(({ id }) => id)
  const [reports, uptimes, histories] = await Promise.all([
    reportsOf(sql, ids),
    uptimePercents(sql, ids, new Date(nowMs)),
    historyHours === undefined ? undefined : historiesOf(sql, ids, new Date(nowMs - historyHours * HOUR_MS)),
  ])
  return gateways.map((gateway) => {
    const history = histories === undefined ? undefined : (histories.get(gateway.id) ?? [])
    return viewOf(context, gateway, { report: reports.get(gateway.id), uptime: uptimes.get(gateway.id), history })
  })
}

/** By the last probe; what somebody outside said since then counts instead (S3-65). */
function viewOf(context: Context, { id, trunk, host, port }: Gateway, { report, uptime, history }: Known): View {
  const last = context.gateways.lastProbeOf(id)
  const isReported = report !== undefined && (last === undefined || context.gateways.isReportLatest(id))
  const responseMs = isReported ? (report.response_ms ?? undefined) : last?.responseMs
  const lossPercent = isReported ? (report.loss_percent ?? last?.lossPercent ?? 0) : (last?.lossPercent ?? 0)
  const reason = sharedPlace(context, id, trunk.id) ?? (isReported ? (report.error_message ?? undefined) : last?.reason)
  return {
    gateway_id: shownId('gateway', id),
    trunk_id: shownId('trunk', trunk.id),
    name: trunk.name,
    host,
    port,
    status: isReported ? (report.status as (typeof STATUSES)[number]) : (last?.status ?? 'unknown'),
    ...(last === undefined ? {} : { last_ping: new Date(last.atMs).toISOString() }),
    ...(responseMs === undefined ? {} : { response_time_ms: Math.round(responseMs) }),
    packet_loss_percent: Math.round(lossPercent * 100) / 100,
    ...(uptime === undefined ? {} : { uptime_percent_24h: uptime }),
    ...(reason === undefined ? {} : { reason }),
    ...(history === undefined
      ? {}
      : {
          history: history.map((entry) => ({
            timestamp: entry.at.toISOString(),
            status: entry.status,
            ...(entry.responseMs === undefined ? {} : { response_time_ms: entry.responseMs }),
          })),
        }),
  }
}

/** Its owner is told that it shares its place with a PBX, not whose that is. */
function sharedPlace({ directory }: Context, id: string, trunkId: string): string | undefined {
  const { targets = [] } = directory.carrier(trunkId) ?? {}
  // A name that leads to several places is one gateway.
  const own = targets.filter((target) => id === trunkId || target.id === id)
  const shared = own.find(({ address, port }) => directory.trunkByAddress(address, port) !== undefined)
  return shared === undefined ? undefined : `a PBX is known by ${shared.address}:${shared.port}, where the carrier is`
}
