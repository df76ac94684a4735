import type { Clock } from '@dialtone/foundation'
import { orderByWeight } from '@dialtone/sip'
import { targetsOf } from '../ports/switch-directory.ts'
import type { CarrierPeer, CarrierTarget, GatewayStatus } from '../ports/switch-directory.ts'
import type { GatewayProbe } from '../ports/switch-events.ts'
import type { CarrierHealth } from './carrier-health.ts'
import { afterProbe, afterReport, lossPercentOf, UNPROBED } from './gateway-status.ts'
import type { GatewayHealth } from './gateway-status.ts'

/** Gateways that are no longer configured are forgotten beyond so many. */
const MAX_GATEWAYS = 20_000
/** Older reports, as a switch that begins finds them, say nothing any more. */
const REPORT_MS = 600_000
const LIKING: Readonly<Record<GatewayStatus, number>> = { healthy: 0, degraded: 1, down: 2 }

/** How every gateway of every carrier is; a carrier is down when all of its gateways are. */
export class GatewayBoard {
  readonly #clock: Clock
  readonly #health: CarrierHealth
  readonly #tell: (probe: GatewayProbe) => void
  readonly #known = new Map<string, GatewayHealth>()
  readonly #reportsSeen = new Map<string, number>()
  readonly #random: () => number

  constructor(clock: Clock, health: CarrierHealth, tell: (probe: GatewayProbe) => void, random: () => number = Math.random) {
    this.#random = random
    this.#clock = clock
    this.#health = health
    this.#tell = tell
  }

  statusOf(gatewayId: string): GatewayStatus {
    return this.#known.get(gatewayId)?.status ?? 'healthy'
  }

  /** In the order to try them: those that are well before those that are not, and none that is down unless all are. */
  inOrder(peer: CarrierPeer): readonly CarrierTarget[] {
    const targets = this.#drawn(targetsOf(peer))
    const alive = targets.filter(({ id }) => this.statusOf(id) !== 'down')
    return (alive.length === 0 ? targets : alive).toSorted((one, other) => LIKING[this.statusOf(one.id)] - LIKING[this.statusOf(other.id)])
  }

  /** RFC 2782: for each call anew; the addresses of one record stay together. */
  #drawn(targets: readonly CarrierTarget[]): readonly CarrierTarget[] {
    if (targets.length < 2 || targets[0]?.share === undefined) return targets
    const services = [...Map.groupBy(targets, ({ share }) => share?.service)].map(([, places]) => ({ priority: 0, weight: 0, ...places[0]?.share, places }))
    return orderByWeight(services, this.#random).flatMap(({ places }) => places)
  }

  /** @param responseMs undefined: no answer, or one that says that it will not serve. */
  probed(peer: CarrierPeer, { id }: CarrierTarget, responseMs: number | undefined, reason: string): void {
    const next = afterProbe(this.#known.get(id) ?? UNPROBED, responseMs)
    this.#keep(id, next)
    if (next.status !== 'down' && responseMs !== undefined) this.#health.optionsAnswered(peer.id)
    else if (responseMs === undefined && this.#noneAnswers(peer)) this.#health.optionsMissed(peer.id)
    const atMs = this.#clock.nowMs()
    this.#tell({ gatewayId: id, carrierId: peer.id, atMs, responseMs, status: next.status, lossPercent: lossPercentOf(next), reason })
  }

  /** Another switch has asked it; what that means for the carrier is told apart from it. */
  mirror({ gatewayId, status }: Pick<GatewayProbe, 'gatewayId' | 'status'>): void {
    this.#keep(gatewayId, afterReport(this.#known.get(gatewayId) ?? UNPROBED, status))
  }

  /** Takes over what somebody outside says about gateways of the carrier, each report once (S3-65). */
  readReports(peer: CarrierPeer): void {
    for (const { id, report } of targetsOf(peer)) {
      if (report === undefined || this.#reportsSeen.get(id) === report.atMs || this.#clock.nowMs() - report.atMs > REPORT_MS) continue
      this.#reportsSeen.set(id, report.atMs)
      this.#keep(id, afterReport(this.#known.get(id) ?? UNPROBED, report.status))
      const isDown = targetsOf(peer).every((target) => this.statusOf(target.id) === 'down')
      this.#health.reported(peer.id, isDown, `reported ${report.status} from outside`)
    }
  }

  #noneAnswers(peer: CarrierPeer): boolean {
    return targetsOf(peer).every(({ id }) => (this.#known.get(id)?.missedInARow ?? 0) > 0)
  }

  #keep(id: string, health: GatewayHealth): void {
    this.#known.set(id, health)
    if (this.#known.size <= MAX_GATEWAYS) return
    const [oldest] = this.#known.keys()
    if (oldest === undefined) return
    this.#known.delete(oldest)
    this.#reportsSeen.delete(oldest)
  }
}
