import { randomInt } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import { canonicalAddress, err, ok, TurnoverMap, type Clock, type Logger, type Result } from '@dialtone/foundation'
import type { MediaEngine, MediaFailure, MediaReport, MediaSession, MediaSide, MediaStatistics, SessionOptions } from '../media-engine.ts'
import { InProcessSession } from './in-process-session.ts'
import { MixRoster } from './mix-roster.ts'
import { PortPool } from './port-pool.ts'
import { spawnRelayWorker } from './spawn-relay-worker.ts'
import { UnanchoredSession } from './unanchored-session.ts'
import { unmeasuredReport } from './unmeasured-report.ts'
import { WorkerLink } from './worker-link.ts'
import type { SessionEvent, WorkerOptions } from './worker-protocol.ts'

const DEFAULT_INACTIVITY_TIMEOUT_MS = 60_000
const DEFAULT_PORT_COOLDOWN_MS = 5_000
/** How many ports of other processes are passed over before a session is refused. */
const MAX_OPEN_ATTEMPTS = 64
/** How long a worker may take to report its last calls before its thread is ended. */
const STOP_PATIENCE_MS = 2_000
/** More is for a machine of its own: each party costs a decoder, an encoder and a packet every 20 ms. Conferences set lower limits; pages are heard by many. */
const DEFAULT_MAX_MIX_PARTIES = 128
const PORT_IN_USE = 'EADDRINUSE'

export interface InProcessMediaEngineOptions {
  /** The address put into descriptions. */
  readonly publicAddress: string
  /** The one for parties that are reached by IPv6; none: they get `publicAddress` too. */
  readonly publicAddressIpv6?: string | undefined
  /** The address the sockets are bound to; `::` serves both families. */
  readonly bindAddress: string
  /** Range of UDP ports, both ends included; a session takes four. */
  readonly ports: { readonly first: number; readonly last: number }
  /** Threads: one carries about 300 calls of G.711. */
  readonly workers: number
  /** Times the rest of released ports. */
  readonly clock: Clock
  readonly logger: Logger
  /**
   * `always` (the default): media goes through us. `never`: it goes from end to end and only the signalling is ours; no ports are opened but for
   * sessions that ask for them.
   */
  readonly anchoring?: 'always' | 'never'
  /** Default 60 000. */
  readonly inactivityTimeoutMs?: number
  /** Default 5 000. */
  readonly portCooldownMs?: number
  /** Parties in one mix, those who only listen included; default 128. */
  readonly maxMixParties?: number
  /** Starts a worker thread; by default the relay worker of this package. */
  readonly spawnWorker?: (options: WorkerOptions) => Worker
}

/** A media engine in this process: UDP sockets in worker threads. */
export function createInProcessMediaEngine(options: InProcessMediaEngineOptions): MediaEngine {
  return new InProcessMediaEngine(options)
}

class InProcessMediaEngine implements MediaEngine {
  readonly #options: InProcessMediaEngineOptions
  readonly #pool: PortPool
  readonly #links: readonly WorkerLink[]
  readonly #counters: readonly Float64Array[]
  readonly #mixes: MixRoster
  readonly #sessions = new TurnoverMap<number, InProcessSession>()
  /** The worker of each. */
  readonly #places = new Map<number, WorkerLink>()
  #unanchored = 0
  #nextKey = 1
  #state: 'created' | 'running' | 'draining' | 'stopped' = 'created'

  constructor(options: InProcessMediaEngineOptions) {
    this.#options = options
    this.#mixes = new MixRoster(options.maxMixParties ?? DEFAULT_MAX_MIX_PARTIES)
    this.#pool = new PortPool({ ...options.ports, cooldownMs: options.portCooldownMs ?? DEFAULT_PORT_COOLDOWN_MS, random: () => randomInt(2 ** 32) / 2 ** 32 })
    const memories = Array.from({ length: Math.max(1, options.workers) }, () => new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT))
    this.#counters = memories.map((memory) => new Float64Array(memory))
    this.#links = memories.map((memory) => new WorkerLink({ spawn: () => this.#spawn(memory), logger: options.logger }))
  }

  get ready(): boolean {
    return this.#state === 'running' && this.#links.every((link) => link.ready)
  }

  get statistics(): MediaStatistics {
    return {
      sessions: this.#sessions.size + this.#unanchored,
      portsInUse: this.#pool.pairsInUse * 2,
      portsFree: this.#pool.pairsFree(this.#options.clock.nowMs()) * 2,
      packetsRelayed: this.#counters.reduce((sum, counter) => sum + (counter[0] ?? 0), 0),
    }
  }

  async start(): Promise<void> {
    if (this.#state !== 'created') return
    this.#state = 'running'
    await Promise.all(this.#links.map((link) => link.start()))
  }

  drain(): void {
    if (this.#state === 'running') this.#state = 'draining'
  }

  async stop(): Promise<void> {
    this.#state = 'stopped'
    const closed = Promise.all(this.#sessions.values().map((session) => session.close()))
    const patience = new AbortController()
    await Promise.race([closed, setTimeout(STOP_PATIENCE_MS, undefined, { signal: patience.signal }).catch(() => undefined)])
    patience.abort()
    await Promise.all(this.#links.map((link) => link.stop()))
    await closed
  }

  openSession(options: SessionOptions): Promise<Result<MediaSession, MediaFailure>> {
    const { sessionId, anchoring } = options
    if (anchoring === 'preferred') return this.#openAnchored(options).then((opened) => (opened.ok ? opened : this.#openUnanchored(sessionId)))
    if (anchoring === 'required' || this.#options.anchoring !== 'never') return this.#openAnchored(options)
    return Promise.resolve(this.#openUnanchored(sessionId))
  }

  #openUnanchored(id: string): Result<MediaSession, MediaFailure> {
    if (this.#state !== 'running') return fail('EngineStopped', `the media engine is ${this.#state}`)
    this.#unanchored++
    return ok(new UnanchoredSession({ id, address: this.#options.publicAddress, onClose: () => void this.#unanchored-- }))
  }

  async #openAnchored(options: SessionOptions): Promise<Result<MediaSession, MediaFailure>> {
    const { sessionId } = options
    for (let attempt = 0; attempt < MAX_OPEN_ATTEMPTS; attempt++) {
      if (this.#state !== 'running') return fail('EngineStopped', `the media engine is ${this.#state}`)
      const link = this.#linkFor(options)
      if (link === undefined) return fail('EngineStopped', 'no media worker is running')
      const rtpPorts = this.#takePorts()
      if (rtpPorts === undefined) return fail('NoPortsLeft', 'every RTP port is in use or at rest')
      const opened = await this.#openOn(link, sessionId, rtpPorts)
      if (opened !== undefined) return opened
    }
    return fail('BindFailed', `${MAX_OPEN_ATTEMPTS} RTP ports in a row are in use by other processes`)
  }

  /** One try; undefined: a port belongs to another process, or the worker died: try again. */
  async #openOn(link: WorkerLink, sessionId: string, rtpPorts: Readonly<Record<MediaSide, number>>): Promise<Result<MediaSession, MediaFailure> | undefined> {
    const key = this.#nextKey++
    const outcome = await link.open(key, rtpPorts, (event) => this.#hear(key, event, rtpPorts))
    if (outcome.type === 'died') {
      this.#releasePorts(rtpPorts)
      return undefined
    }
    if (outcome.type === 'openFailed') {
      this.#passOver(outcome.rtpPort, rtpPorts)
      return outcome.code === PORT_IN_USE ? undefined : fail('BindFailed', `RTP port ${outcome.rtpPort}: ${outcome.code}`)
    }
    const session = this.#createSession(key, sessionId, link, rtpPorts)
    this.#sessions.set(key, session)
    this.#places.set(key, link)
    if (this.#state === 'stopped') await session.close()
    return this.#state === 'stopped' ? fail('EngineStopped', 'the media engine is stopped') : ok(session)
  }

  #createSession(key: number, id: string, link: WorkerLink, rtpPorts: Readonly<Record<MediaSide, number>>): InProcessSession {
    const { publicAddress: address, publicAddressIpv6, bindAddress, logger } = this.#options
    const endpoint = (side: MediaSide) => ({ address, rtpPort: rtpPorts[side], rtcpPort: rtpPorts[side] + 1, sessionId: String(randomInt(2 ** 47)) })
    return new InProcessSession({
      id,
      key,
      endpoints: { a: endpoint('a'), b: endpoint('b') },
      addressIpv6: publicAddressIpv6,
      ownAddresses: [address, publicAddressIpv6 ?? address, bindAddress].map(canonicalAddress),
      mixes: this.#mixes,
      link,
      close: () => this.#closeSession(key, link, rtpPorts),
      logger,
    })
  }

  async #closeSession(key: number, link: WorkerLink, rtpPorts: Readonly<Record<MediaSide, number>>): Promise<MediaReport> {
    const report = await link.close(key)
    this.#forget(key, rtpPorts)
    return report ?? unmeasuredReport('the media worker died')
  }

  #hear(key: number, event: SessionEvent, rtpPorts: Readonly<Record<MediaSide, number>>): void {
    const session = this.#sessions.get(key)
    if (event.type === 'failed') this.#forget(key, rtpPorts)
    session?.hear(event)
  }

  #forget(key: number, rtpPorts: Readonly<Record<MediaSide, number>>): void {
    if (!this.#sessions.delete(key)) return
    this.#places.delete(key)
    this.#releasePorts(rtpPorts)
  }

  /** Who is to be mixed with others has to be where they are. */
  #linkFor({ mixId, besideSessionId }: SessionOptions): WorkerLink | undefined {
    const place = mixId === undefined ? undefined : this.#mixes.placeOf(mixId)
    const beside = besideSessionId === undefined ? undefined : [...this.#sessions.keys()].find((key) => this.#sessions.get(key)?.id === besideSessionId)
    const link = this.#links.find((candidate) => candidate === place) ?? (beside === undefined ? undefined : this.#places.get(beside))
    return link?.ready === true ? link : this.#leastLoaded()
  }

  #leastLoaded(): WorkerLink | undefined {
    const running = this.#links.filter((link) => link.ready)
    return running.toSorted((left, right) => left.load - right.load)[0]
  }

  #takePorts(): Readonly<Record<MediaSide, number>> | undefined {
    const nowMs = this.#options.clock.nowMs()
    const a = this.#pool.take(nowMs)
    const b = this.#pool.take(nowMs)
    if (a !== undefined && b !== undefined) return { a, b }
    if (a !== undefined) this.#pool.putBack(a)
    return undefined
  }

  #releasePorts(rtpPorts: Readonly<Record<MediaSide, number>>): void {
    const nowMs = this.#options.clock.nowMs()
    this.#pool.release(rtpPorts.a, nowMs)
    this.#pool.release(rtpPorts.b, nowMs)
  }

  /** Puts the pair that could not be bound aside for a while; the other one was never used. */
  #passOver(failedPort: number, rtpPorts: Readonly<Record<MediaSide, number>>): void {
    this.#pool.release(failedPort, this.#options.clock.nowMs())
    this.#pool.putBack(rtpPorts.a)
    this.#pool.putBack(rtpPorts.b)
  }

  #spawn(packetsRelayed: SharedArrayBuffer): Worker {
    const { bindAddress, publicAddress, inactivityTimeoutMs } = this.#options
    const options: WorkerOptions = {
      bindAddress,
      inactivityTimeoutMs: inactivityTimeoutMs ?? DEFAULT_INACTIVITY_TIMEOUT_MS,
      canonicalName: `dialtone@${publicAddress}`,
      packetsRelayed,
    }
    return (this.#options.spawnWorker ?? spawnRelayWorker)(options)
  }
}

function fail(code: MediaFailure['code'], message: string): Result<never, MediaFailure> {
  return err({ code, message })
}
