import type { Logger, Timer, Timers } from '@dialtone/foundation'
import { ok } from '@dialtone/foundation'
import type { CarrierRegistration, GatewayProbe, GatewayStatus } from '@dialtone/softswitch'
import { SYSTEM_ACTOR } from '../access/index.ts'
import { carrierTrunkOf, findTrunkAnywhere } from '../carrier-trunks/index.ts'
import type { Context } from '../context.ts'
import { write } from '../events/index.ts'
import { storeProbes } from './gateway-queries.ts'

/** What the switch tells of gateways and registrations, kept and passed on: the latest in memory, the rest as sums in the database. */
export interface GatewayMonitor {
  probed(probe: GatewayProbe): void
  registrationChanged(event: CarrierRegistration): void
  lastProbeOf(gatewayId: string): GatewayProbe | undefined
  registrationOf(trunkId: string): CarrierRegistration | undefined
  /** Somebody outside said how a gateway is. */
  reported(gatewayId: string, status: GatewayStatus): void
  statusOf(gatewayId: string): GatewayStatus | undefined
  /** Whether nothing of our own has been seen since the last report. */
  isReportLatest(gatewayId: string): boolean
  /** Resolves when everything told so far is stored. */
  settled(): Promise<void>
  stop(): Promise<void>
}

export interface GatewayMonitorNeeds {
  readonly context: () => Context
  readonly timers: Timers
  readonly logger: Logger
}

/** So many probes are written together, and so long they wait. */
const MAX_WAITING = 500
const WRITE_AFTER_MS = 1_000
const MAX_KNOWN = 20_000
const WORSE: Readonly<Record<GatewayStatus, number>> = { healthy: 0, degraded: 1, down: 2 }

export function isWorse(now: GatewayStatus, before: GatewayStatus): boolean {
  return WORSE[now] > WORSE[before]
}

export function createGatewayMonitor({ context, timers, logger }: GatewayMonitorNeeds): GatewayMonitor {
  const last = new Map<string, GatewayProbe>()
  const statuses = new Map<string, GatewayStatus>()
  const registrations = new Map<string, CarrierRegistration>()
  const reportedSince = new Set<string>()
  let waiting: GatewayProbe[] = []
  let timer: Timer | undefined
  const { perform, settled } = createQueue(logger)
  const worked = createActivation(context, perform)
  function writeNow(): void {
    timer?.cancel()
    timer = undefined
    if (waiting.length === 0) return
    const probes = waiting
    waiting = []
    perform('probes of gateways', () => storeProbes(context().database.sql, probes))
  }
  function statusChanged(gatewayId: string, trunkId: string, status: GatewayStatus, reason: string): void {
    const before = statuses.get(gatewayId) ?? 'healthy'
    statuses.set(gatewayId, status)
    if (statuses.size > MAX_KNOWN) statuses.clear()
    if (status !== before) perform('the state of a gateway', () => tellStatus(context(), { gatewayId, trunkId, status, before, reason }))
  }
  return {
    probed: (probe) => {
      if (last.size > MAX_KNOWN) last.clear()
      last.set(probe.gatewayId, probe)
      reportedSince.delete(probe.gatewayId)
      waiting.push(probe)
      if (waiting.length >= MAX_WAITING) writeNow()
      else timer ??= timers.start(WRITE_AFTER_MS, writeNow)
      statusChanged(probe.gatewayId, probe.carrierId, probe.status, probe.reason)
      if (probe.responseMs !== undefined) worked(probe.carrierId, registrations.get(probe.carrierId)?.state === 'registered')
    },
    registrationChanged: (event) => {
      if (registrations.size > MAX_KNOWN) registrations.clear()
      const before = registrations.get(event.carrierId)
      registrations.set(event.carrierId, event)
      logger[event.state === 'failed' ? 'warn' : 'info']('registration at a carrier', { ...event })
      if (event.state === 'registered') worked(event.carrierId, true)
      if (event.state !== 'stopped' && before?.state !== event.state) perform('a registration', () => tellRegistration(context(), event))
    },
    lastProbeOf: (gatewayId) => last.get(gatewayId),
    registrationOf: (trunkId) => registrations.get(trunkId),
    reported: (gatewayId, status) => {
      statuses.set(gatewayId, status)
      reportedSince.add(gatewayId)
    },
    isReportLatest: (gatewayId) => reportedSince.has(gatewayId),
    statusOf: (gatewayId) => statuses.get(gatewayId),
    settled: () => {
      writeNow()
      return settled()
    },
    stop: () => {
      writeNow()
      return settled()
    },
  }
}

/** Makes pending trunks active at their first sign of life. */
function createActivation(context: () => Context, perform: ReturnType<typeof createQueue>['perform']) {
  /** Asked of the database once. */
  const activated = new Set<string>()
  return (trunkId: string, byRegistration: boolean): void => {
    if (activated.has(trunkId)) return
    const peer = context().directory.carrier(trunkId)
    // Who registers has not proven anything by an answer to OPTIONS.
    if (peer?.pending !== true || (peer.registrarDomain !== undefined && !byRegistration)) return
    activated.add(trunkId)
    perform('the state of a trunk', () =>
      activate(context(), trunkId).catch((error: unknown) => {
        // Its next sign of life tries it again.
        activated.delete(trunkId)
        throw error
      }),
    )
  }
}

/** One after the other, whatever the one before came to. */
function createQueue(logger: Logger) {
  let writing: Promise<unknown> = Promise.resolve()
  return {
    perform: (what: string, work: () => Promise<unknown>): void => {
      writing = writing.then(work).catch((error: unknown) => logger.error(`${what} could not be stored`, { error: String(error) }))
    },
    settled: async (): Promise<void> => {
      await writing
    },
  }
}

/** Pending until something has worked for the first time (S3-15, S3-21). */
async function activate(context: Context, trunkId: string): Promise<void> {
  await write(context, SYSTEM_ACTOR, async (change) => {
    const row = await change.sql.selectFrom('sip_trunk').selectAll().where('id', '=', trunkId).where('kind', '=', 'CARRIER').forUpdate().executeTakeFirst()
    if (row === undefined || carrierTrunkOf(row).status !== 'pending') return ok(undefined)
    const settings = JSON.stringify({ ...row.settings, status: 'active' })
    await change.sql.updateTable('sip_trunk').set({ settings, updated_at: change.now }).where('id', '=', row.id).execute()
    const owner = { partitionId: row.partition_id, accountId: row.account_id ?? undefined }
    change.emit({ type: 'carriertrunk.activated', ...owner, data: { carrierTrunkId: row.id, name: row.name } })
    return ok(undefined)
  })
}

interface StatusChange {
  readonly gatewayId: string
  readonly trunkId: string
  readonly status: GatewayStatus
  readonly before: GatewayStatus
  readonly reason: string
}

/** An event for whoever watches: `gateway.down`, `gateway.degraded`, `gateway.healthy` (S3-67). */
export async function tellStatus(context: Context, { gatewayId, trunkId, status, before, reason }: StatusChange): Promise<void> {
  const row = await findTrunkAnywhere(context.database.sql, trunkId)
  if (row === undefined) return
  await write(context, SYSTEM_ACTOR, async (change) => {
    const data = { gatewayId, carrierTrunkId: trunkId, name: row.name, status, before, reason }
    change.emit({ type: `gateway.${status}`, partitionId: row.partition_id, accountId: row.account_id ?? undefined, data })
    return Promise.resolve(ok(undefined))
  })
}

async function tellRegistration(context: Context, { carrierId, state, statusCode, reason }: CarrierRegistration): Promise<void> {
  const row = await findTrunkAnywhere(context.database.sql, carrierId)
  if (row === undefined) return
  await write(context, SYSTEM_ACTOR, async (change) => {
    const data = { carrierTrunkId: carrierId, name: row.name, statusCode: statusCode ?? null, ...(reason === undefined ? {} : { reason }) }
    const type = state === 'registered' ? 'carrier.registered' : 'carrier.registrationfailed'
    change.emit({ type, partitionId: row.partition_id, accountId: row.account_id ?? undefined, data })
    return Promise.resolve(ok(undefined))
  })
}
