import type { Clock, Timer, Timers } from '@dialtone/foundation'
import { formatUri } from '@dialtone/sip'
import type { RequestOutcome, SipStack } from '@dialtone/sip'
import type { CarrierPeer, SwitchDirectory } from '../ports/switch-directory.ts'
import type { CarrierHealth } from './carrier-health.ts'
import { CarrierRegistrations } from './carrier-registrations.ts'

export interface KeepAliveNeeds {
  readonly sip: Pick<SipStack, 'request' | 'register'>
  readonly directory: Pick<SwitchDirectory, 'carriers'>
  readonly health: CarrierHealth
  readonly clock: Clock
  readonly timers: Timers
  readonly publicAddress: string
}

/** How often it is looked who is to be asked. */
const TICK_MS = 1_000
/** How often a carrier that was given up is asked whether it is back. */
const PROBE_MS = 10_000
const ANSWER_TIMEOUT_MS = 4_000
/** Asked within one tick at most, so that thousands of carriers are not asked at once. */
const MAX_ASKED = 50

/** Keeps us registered where a carrier wants it, and asks carriers with OPTIONS whether they are there: those that want it at their interval, any other one once it has failed. */
export class CarrierKeepAlive {
  readonly #needs: KeepAliveNeeds
  readonly #askedAtMs = new Map<string, number>()
  readonly #registrations: CarrierRegistrations
  #timer: Timer | undefined

  constructor(needs: KeepAliveNeeds) {
    this.#needs = needs
    this.#registrations = new CarrierRegistrations(needs.sip, needs.directory)
  }

  start(): void {
    this.#timer = this.#needs.timers.start(TICK_MS, () => {
      this.#tick()
      this.#registrations.follow()
      this.start()
    })
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#registrations.stop()
  }

  #tick(): void {
    const { clock, directory, health } = this.#needs
    const nowMs = clock.nowMs()
    const known = new Set<string>()
    let asked = 0
    for (const carrier of directory.carriers()) {
      known.add(carrier.id)
      const everyMs = health.needsProbe(carrier.id) ? PROBE_MS : carrier.keepAliveSeconds === undefined ? Infinity : carrier.keepAliveSeconds * 1_000
      if (nowMs - (this.#askedAtMs.get(carrier.id) ?? -Infinity) < everyMs || everyMs === Infinity || asked >= MAX_ASKED) continue
      this.#askedAtMs.set(carrier.id, nowMs)
      asked++
      this.#ask(carrier)
    }
    for (const id of this.#askedAtMs.keys()) if (!known.has(id)) this.#askedAtMs.delete(id)
  }

  #ask({ id, address, port, transport }: CarrierPeer): void {
    const { sip, health, publicAddress } = this.#needs
    const uri = formatUri({ host: address, port })
    const request = {
      method: 'OPTIONS',
      uri,
      to: { transport, address, port },
      headers: [
        ['From', `<sip:${publicAddress}>`],
        ['To', `<${uri}>`],
      ] as const,
      timeoutMs: ANSWER_TIMEOUT_MS,
    }
    sip.request(request).then(
      (outcome) => (isAlive(outcome) ? health.optionsAnswered(id) : health.optionsMissed(id)),
      () => health.optionsMissed(id),
    )
  }
}

/** RFC 3261 11.2: whatever it says to OPTIONS, it is there; 503 says that it would rather not be, 408 is somebody on the way. */
function isAlive(outcome: RequestOutcome): boolean {
  return 'statusCode' in outcome && outcome.statusCode !== 503 && outcome.statusCode !== 408
}
