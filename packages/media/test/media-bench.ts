import { ManualTime, silentLogger } from '@dialtone/foundation'
import {
  createInProcessMediaEngine,
  type InProcessMediaEngineOptions,
  type MediaEngine,
  type MediaEvent,
  type MediaSession,
  type MediaSide,
} from '../src/index.ts'
import { freePorts } from './free-ports.ts'
import { RtpPhone } from './rtp-phone.ts'

export const PORT_COOLDOWN_MS = 5_000
/** A turn of the loop takes at most 32 datagrams of a socket (libuv, `uv__udp_recvmsg`): enough rounds for 320 that wait there. */
const FENCE_ROUNDS = 10

export interface Negotiator {
  readonly phone: RtpPhone
  readonly sdp: string
}

/** An engine on loopback, phones, and a hand on the clock; everything is ended by `close`. */
export class MediaBench {
  readonly engine: MediaEngine
  readonly time: ManualTime
  readonly ports: { readonly first: number; readonly last: number }
  readonly #phones: RtpPhone[] = []
  #fence: { readonly a: RtpPhone; readonly b: RtpPhone } | undefined
  #fences = 0

  private constructor(engine: MediaEngine, time: ManualTime, ports: { first: number; last: number }) {
    this.engine = engine
    this.time = time
    this.ports = ports
  }

  static async start(options: Partial<InProcessMediaEngineOptions> & { readonly portCount?: number } = {}): Promise<MediaBench> {
    const { portCount, ...rest } = options
    const time = new ManualTime()
    const ports = options.ports ?? (await freePorts(portCount ?? 40))
    const engine = createInProcessMediaEngine({
      publicAddress: '127.0.0.1',
      bindAddress: '127.0.0.1',
      ports,
      workers: 1,
      clock: time,
      logger: silentLogger,
      portCooldownMs: PORT_COOLDOWN_MS,
      ...rest,
    })
    await engine.start()
    return new MediaBench(engine, time, ports)
  }

  async phone(host: '127.0.0.1' | '::1' = '127.0.0.1'): Promise<RtpPhone> {
    const phone = await RtpPhone.open(host)
    this.#phones.push(phone)
    return phone
  }

  async session(): Promise<MediaSession> {
    const opened = await this.engine.openSession({ sessionId: 'test' })
    if (!opened.ok) throw new Error(`${opened.error.code}: ${opened.error.message}`)
    return opened.value
  }

  /** Two phones in a call: offer and answer relayed, both sending to us. */
  async call(): Promise<{ session: MediaSession; a: RtpPhone; b: RtpPhone }> {
    const [session, a, b] = [await this.session(), await this.phone(), await this.phone()]
    await this.negotiate(session, 'a', { phone: a, sdp: a.sdp() }, { phone: b, sdp: b.sdp() })
    return { session, a, b }
  }

  /** Carries one offer and its answer through the session; the phones follow what they are told. */
  async negotiate(session: MediaSession, from: MediaSide, offerer: Negotiator, answerer: Negotiator): Promise<void> {
    const offer = value(session.relayOffer(from, offerer.sdp))
    answerer.phone.follow(offer)
    offerer.phone.follow(value(session.relayAnswer(from === 'a' ? 'b' : 'a', answerer.sdp)))
    await this.settle()
  }

  /** Resolves when the worker has heard every agreement made before: it takes its messages in order. */
  async settle(): Promise<void> {
    const behind = await this.session()
    await behind.close()
    this.time.advance(PORT_COOLDOWN_MS)
  }

  /**
   * Resolves when the worker has dealt with every packet sent before: packets of a call of our own go through the same
   * thread behind them.
   */
  async fence(): Promise<void> {
    this.#fence ??= await this.call()
    const { a, b } = this.#fence
    for (let round = 0; round < FENCE_ROUNDS; round++) {
      const text = `fence ${++this.#fences}`
      a.stream(text)
      await b.hears(text)
      a.hush()
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#phones.map((phone) => phone.close()))
    await this.engine.stop()
  }
}

export function value<Value>(result: { ok: true; value: Value } | { ok: false; error: { code: string; message: string } }): Value {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`)
  return result.value
}

/** The next event of a session that the condition holds for; every event is put into `events`. */
export function listen(session: MediaSession): { events: MediaEvent[]; next: (condition: (event: MediaEvent) => boolean) => Promise<MediaEvent> } {
  const events: MediaEvent[] = []
  const waiting = new Set<(event: MediaEvent) => void>()
  session.onEvent((event) => {
    events.push(event)
    for (const look of [...waiting]) look(event)
  })
  const next = (condition: (event: MediaEvent) => boolean): Promise<MediaEvent> =>
    new Promise((resolve) => {
      const look = (event: MediaEvent): void => {
        if (!condition(event)) return
        waiting.delete(look)
        resolve(event)
      }
      waiting.add(look)
      const past = events.find(condition)
      if (past !== undefined) look(past)
    })
  return { events, next }
}
