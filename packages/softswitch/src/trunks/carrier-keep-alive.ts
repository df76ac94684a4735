import type { Clock, Timer, Timers } from '@dialtone/foundation'
import { formatUri } from '@dialtone/sip'
import type { RequestOutcome, SipStack } from '@dialtone/sip'
import { remoteOf, targetsOf } from '../ports/switch-directory.ts'
import type { CarrierPeer, CarrierTarget, SwitchDirectory } from '../ports/switch-directory.ts'
import type { CarrierHealth } from './carrier-health.ts'
import type { CarrierRegistrations } from './carrier-registrations.ts'
import { type GatewayBoard, placeOf } from './gateway-board.ts'

export interface KeepAliveNeeds {
  readonly sip: Pick<SipStack, 'request'>
  readonly directory: Pick<SwitchDirectory, 'carrier' | 'carriers'>
  readonly health: CarrierHealth
  readonly gateways: GatewayBoard
  readonly registrations: CarrierRegistrations
  readonly clock: Clock
  readonly timers: Timers
  readonly publicAddress: string
  /** Of several switches one has to: see `keep`. */
  readonly isKeeper: boolean
}

/** How often it is looked who is to be asked. */
const TICK_MS = 1_000
/** How often a carrier that was given up is asked whether it is back. */
const PROBE_MS = 10_000
const ANSWER_TIMEOUT_MS = 4_000
/** Asked within one tick at most, so that thousands of carriers are not asked at once. */
const MAX_ASKED = 50

/** Keeps us registered where a carrier wants it, and asks the gateways of carriers with OPTIONS whether they are there: those that want it at their interval, any other one once it has failed. */
export class CarrierKeepAlive {
  readonly #needs: KeepAliveNeeds
  readonly #askedAtMs = new Map<string, number>()
  #timer: Timer | undefined
  #isKeeper: boolean

  constructor(needs: KeepAliveNeeds) {
    this.#needs = needs
    this.#isKeeper = needs.isKeeper
  }

  /** The switch that did it is gone: this one does from now on. */
  keep(): void {
    this.#isKeeper = true
  }

  start(): void {
    this.#timer = this.#needs.timers.start(TICK_MS, () => {
      this.#tick()
      if (this.#isKeeper) this.#needs.registrations.follow()
      this.start()
    })
  }

  /** Resolves when carriers know that we are gone. */
  stop(): Promise<void> {
    this.#timer?.cancel()
    this.#timer = undefined
    return this.#needs.registrations.stop()
  }

  #tick(): void {
    const { clock, directory, gateways } = this.#needs
    const nowMs = clock.nowMs()
    const known = new Set<string>()
    let asked = 0
    for (const carrier of directory.carriers()) {
      gateways.readReports(carrier)
      if (!this.#isKeeper) continue
      for (const target of targetsOf(carrier)) {
        // One that has moved is asked at once.
        const key = `${target.id} ${placeOf(carrier, target)}`
        known.add(key)
        const everyMs = this.#intervalOf(carrier, target)
        if (nowMs - (this.#askedAtMs.get(key) ?? -Infinity) < everyMs || everyMs === Infinity || asked >= MAX_ASKED) continue
        this.#askedAtMs.set(key, nowMs)
        asked++
        this.#ask(carrier, target)
      }
    }
    for (const key of this.#askedAtMs.keys()) if (!known.has(key)) this.#askedAtMs.delete(key)
  }

  #intervalOf(carrier: CarrierPeer, target: CarrierTarget): number {
    const { health, gateways, registrations } = this.#needs
    const ownMs = carrier.keepAliveSeconds === undefined ? Infinity : carrier.keepAliveSeconds * 1_000
    const isFailing = health.needsProbe(carrier.id) || gateways.statusOf(carrier, target) === 'down' || registrations.isLost(carrier, target)
    return isFailing ? Math.min(PROBE_MS, ownMs) : ownMs
  }

  #ask(carrier: CarrierPeer, target: CarrierTarget): void {
    const { sip, gateways, publicAddress } = this.#needs
    const { address, port } = target
    const uri = formatUri({ host: address, port })
    const request = {
      method: 'OPTIONS',
      uri,
      to: remoteOf(carrier, target),
      headers: [
        ['From', `<sip:${publicAddress}>`],
        ['To', `<${uri}>`],
      ] as const,
      timeoutMs: ANSWER_TIMEOUT_MS,
    }
    // Real time, whatever clock the calls have: it is shown to people.
    const sentAtMs = performance.now()
    const tell = (responseMs: number | undefined, reason: string): void => {
      if (this.#isStill(carrier, target)) gateways.probed(carrier, target, responseMs, reason)
    }
    sip.request(request).then(
      (outcome) => tell(isAlive(outcome) ? performance.now() - sentAtMs : undefined, reasonOf(outcome)),
      () => tell(undefined, 'it cannot be reached'),
    )
  }

  /** It may have been deleted or moved while it was asked. */
  #isStill(carrier: CarrierPeer, target: CarrierTarget): boolean {
    const now = this.#needs.directory.carrier(carrier.id)
    return now !== undefined && targetsOf(now).some((each) => each.id === target.id && placeOf(now, each) === placeOf(carrier, target))
  }
}

/** RFC 3261 11.2: whatever it says to OPTIONS, it is there; 503 says that it would rather not be, 408 is somebody on the way. */
function isAlive(outcome: RequestOutcome): boolean {
  return 'statusCode' in outcome && outcome.statusCode !== 503 && outcome.statusCode !== 408
}

function reasonOf(outcome: RequestOutcome): string {
  if ('statusCode' in outcome) return `${outcome.statusCode} ${outcome.reasonPhrase}`
  return 'timedOut' in outcome ? 'no answer in time' : `it cannot be reached: ${outcome.failed}`
}
