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

interface Known {
  readonly health: GatewayHealth
  /** Where it was then; undefined: another switch found that out. */
  readonly place: string | undefined
}

/** Where a gateway is, and how it is reached there. */
export function placeOf({ transport }: Pick<CarrierPeer, 'transport'>, { address, port }: Pick<CarrierTarget, 'address' | 'port'>): string {
  return `${transport} ${address} ${port}`
}

/** How every gateway of every carrier is; a carrier is down when all of its gateways are. */
export class GatewayBoard {
  readonly #clock: Clock
  readonly #health: CarrierHealth
  readonly #tell: (probe: GatewayProbe) => void
  readonly #known = new Map<string, Known>()
  readonly #reportsSeen = new Map<string, number>()
  readonly #random: () => number

  constructor(clock: Clock, health: CarrierHealth, tell: (probe: GatewayProbe) => void, random: () => number = Math.random) {
    this.#random = random
    this.#clock = clock
    this.#health = health
    this.#tell = tell
  }

  statusOf(peer: Pick<CarrierPeer, 'transport'>, target: CarrierTarget): GatewayStatus {
    return this.#healthOf(peer, target).status
  }

  /** In the order to try them: those that are well before those that are not, and none that is down unless all are. */
  inOrder(peer: CarrierPeer): readonly CarrierTarget[] {
    const targets = this.#drawn(targetsOf(peer))
    const liking = (target: CarrierTarget): number => LIKING[this.statusOf(peer, target)]
    const alive = targets.filter((target) => liking(target) !== LIKING.down)
    return (alive.length === 0 ? targets : alive).toSorted((one, other) => liking(one) - liking(other))
  }

  /** RFC 2782: for each call anew; the addresses of one record stay together. */
  #drawn(targets: readonly CarrierTarget[]): readonly CarrierTarget[] {
    if (targets.length < 2 || targets[0]?.share === undefined) return targets
    const services = [...Map.groupBy(targets, ({ share }) => share?.service)].map(([, places]) => ({ priority: 0, weight: 0, ...places[0]?.share, places }))
    return orderByWeight(services, this.#random).flatMap(({ places }) => places)
  }

  /** @param responseMs undefined: no answer, or one that says that it will not serve. */
  probed(peer: CarrierPeer, target: CarrierTarget, responseMs: number | undefined, reason: string): void {
    const { id } = target
    const next = afterProbe(this.#healthOf(peer, target), responseMs)
    this.#keep(id, next, placeOf(peer, target))
    if (next.status !== 'down' && responseMs !== undefined) this.#health.optionsAnswered(peer.id)
    else if (responseMs === undefined && this.#noneAnswers(peer)) this.#health.optionsMissed(peer.id)
    const atMs = this.#clock.nowMs()
    this.#tell({ gatewayId: id, carrierId: peer.id, atMs, responseMs, status: next.status, lossPercent: lossPercentOf(next), reason })
  }

  /** Another switch has asked it; what that means for the carrier is told apart from it. */
  mirror({ gatewayId, status }: Pick<GatewayProbe, 'gatewayId' | 'status'>): void {
    this.#keep(gatewayId, afterReport(this.#known.get(gatewayId)?.health ?? UNPROBED, status), undefined)
  }

  /** Takes over what somebody outside says about gateways of the carrier, each report once (S3-65). */
  readReports(peer: CarrierPeer): void {
    for (const target of targetsOf(peer)) {
      const { id, report } = target
      if (report === undefined || this.#reportsSeen.get(id) === report.atMs || this.#clock.nowMs() - report.atMs > REPORT_MS) continue
      this.#reportsSeen.set(id, report.atMs)
      this.#keep(id, afterReport(this.#healthOf(peer, target), report.status), placeOf(peer, target))
      const isDown = targetsOf(peer).every((each) => this.statusOf(peer, each) === 'down')
      this.#health.reported(peer.id, isDown, `reported ${report.status} from outside`)
    }
  }

  #noneAnswers(peer: CarrierPeer): boolean {
    return targetsOf(peer).every((target) => this.#healthOf(peer, target).missedInARow > 0)
  }

  /** What is known of it at the place where it is now: what another place was like says nothing of this one. */
  #healthOf(peer: Pick<CarrierPeer, 'transport'>, target: CarrierTarget): GatewayHealth {
    const known = this.#known.get(target.id)
    const isElsewhere = known?.place !== undefined && known.place !== placeOf(peer, target)
    return known === undefined || isElsewhere ? UNPROBED : known.health
  }

  #keep(id: string, health: GatewayHealth, place: string | undefined): void {
    this.#known.set(id, { health, place })
    if (this.#known.size <= MAX_GATEWAYS) return
    const [oldest] = this.#known.keys()
    if (oldest === undefined) return
    this.#known.delete(oldest)
    this.#reportsSeen.delete(oldest)
  }
}
