import type { Clock, Timer, Timers } from '@dialtone/foundation'
import { formatUri } from '@dialtone/sip'
import type { RequestOutcome, SipStack } from '@dialtone/sip'
import { remoteOf, targetsOf } from '../ports/switch-directory.ts'
import type { CarrierPeer, CarrierTarget, SwitchDirectory } from '../ports/switch-directory.ts'
import type { CarrierHealth } from './carrier-health.ts'
import type { CarrierRegistrations } from './carrier-registrations.ts'
import type { GatewayBoard } from './gateway-board.ts'

export interface KeepAliveNeeds {
  readonly sip: Pick<SipStack, 'request'>
  readonly directory: Pick<SwitchDirectory, 'carriers'>
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

  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#needs.registrations.stop()
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
        known.add(target.id)
        const everyMs = this.#intervalOf(carrier, target)
        if (nowMs - (this.#askedAtMs.get(target.id) ?? -Infinity) < everyMs || everyMs === Infinity || asked >= MAX_ASKED) continue
        this.#askedAtMs.set(target.id, nowMs)
        asked++
        this.#ask(carrier, target)
      }
    }
    for (const id of this.#askedAtMs.keys()) if (!known.has(id)) this.#askedAtMs.delete(id)
  }

  #intervalOf(carrier: CarrierPeer, target: CarrierTarget): number {
    const { health, gateways, registrations } = this.#needs
    const ownMs = carrier.keepAliveSeconds === undefined ? Infinity : carrier.keepAliveSeconds * 1_000
    const isFailing = health.needsProbe(carrier.id) || gateways.statusOf(target.id) === 'down' || registrations.isLost(carrier, target)
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
    sip.request(request).then(
      (outcome) => gateways.probed(carrier, target, isAlive(outcome) ? performance.now() - sentAtMs : undefined, reasonOf(outcome)),
      () => gateways.probed(carrier, target, undefined, 'it cannot be reached'),
    )
  }
}

/** RFC 3261 11.2: whatever it says to OPTIONS, it is there; 503 says that it would rather not be, 408 is somebody on the way. */
function isAlive(outcome: RequestOutcome): boolean {
  return 'statusCode' in outcome && outcome.statusCode !== 503 && outcome.statusCode !== 408
}

function reasonOf(outcome: RequestOutcome): string {
  if ('statusCode' in outcome) return `${outcome.statusCode} ${outcome.reasonPhrase}`
  return 'timedOut' in outcome ? 'no answer in time' : 'it cannot be reached'
}
