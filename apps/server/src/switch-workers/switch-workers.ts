import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { MessageChannel, type Worker } from 'node:worker_threads'
import type { CallControl, CallPlaneChange, CallPlaneView } from '@dialtone/control-plane'
import { err, type Logger, type Result, systemClock, systemTimers, type Timer, type Use } from '@dialtone/foundation'
import { createSipStack, placeOfKey, placeOfConnection, placeOfStanding, type ListenFailure, type ListeningAddress, type SipStack } from '@dialtone/sip'
import {
  type CallAuthorization,
  type CallAuthorizer,
  type ServiceDesk,
  type CallEvent,
  type CallRecord,
  type CallRecorder,
  type CallRecordSink,
  type CarrierNews,
  type LeftLeg,
  LocationTable,
  type MemoryChange,
  type RegistrationStore,
  type RememberedFact,
  type SwitchMemory,
  type SwitchEvents,
  type MessageCounts,
  type StoredBinding,
} from '@dialtone/softswitch'
import { closeAbandonedRecord } from '../call-journal/close-abandoned-record.ts'
import type { LogLevel } from '../configuration/index.ts'
import { accountKey } from './account-key.ts'
import { addStatistics } from './add-statistics.ts'
import type { CallPlane, CallPlaneStatistics } from './call-plane.ts'
import type { SwitchSettings } from './compose-switch.ts'
import { callsOfThreads } from './calls-of-threads.ts'
import { CarrierDuty } from './carrier-duty.ts'
import { checkPortsFree } from './check-ports-free.ts'
import { type DecidedBindings, type LaneUser, laneMemory, MessageLane } from './message-lane.ts'
import { clearOccupancy, occupancyMemory } from './shared-occupancy.ts'
import { portsOfWorker } from './ports-of-worker.ts'
import { RecentDrops } from './recent-drops.ts'
import { RestartPause } from '../processes/restart-pause.ts'
import type { AuthorizationQuestion } from './remote-authorizer.ts'
import { answerDesk } from './remote-service-desk.ts'
import type { RecordingNews, SwitchWorkerData } from './worker-protocol.ts'
import { WorkerThread, type WorkerThreadUser } from './worker-thread.ts'

export interface SwitchWorkersOptions {
  readonly settings: SwitchSettings
  readonly count: number
  readonly view: Pick<CallPlaneView, 'contents' | 'credentialsOf' | 'ownerOf' | 'carriers'>
  readonly registrations: RegistrationStore
  readonly memory: SwitchMemory
  readonly authorizer: CallAuthorizer
  /** Left out: the switches only connect. */
  readonly services?: ServiceDesk
  /** Left out: no call is recorded. */
  readonly recorder?: CallRecorder
  readonly records: CallRecordSink
  readonly events: SwitchEvents
  readonly logger: Logger
  readonly logLevel: LogLevel
  /** Access rules that addresses fell under in the threads. */
  readonly rulesUsed?: (uses: readonly Use[]) => void
  readonly spawnWorker?: (data: SwitchWorkerData) => Worker
  /** A worker that says nothing for so long hangs, and is replaced. Default 15 000. */
  readonly silenceLimitMs?: number
}

/** How long an answer of the API waits for a worker to show a change; a worker that takes longer is sick, and said to be. */
const SHOW_LIMIT_MS = 2_000
const LISTEN_LIMIT_MS = 30_000
const ASK_LIMIT_MS = 2_000
/** For hanging up and for media reports, after the time for draining. */
const STOP_EXTRA_MS = 10_000
const SILENCE_LIMIT_MS = 15_000
/** How often it is looked for, in parts of the limit. */
const LOOKS = 10

/**
 * The call plane in several threads that serve the same ports (docs/adr/0015). This thread has what there must be one of: the
 * store of bindings and who is told of them, the journal, and the HTTP server whose connections become WebSockets.
 */
export class SwitchWorkers implements CallPlane {
  readonly #o: SwitchWorkersOptions
  readonly #threads = new Map<number, WorkerThread>()
  readonly #lanes = new Map<number, MessageLane>()
  readonly #pauses = new Map<number, RestartPause>()
  readonly #locations: LocationTable
  readonly #drops = new RecentDrops()
  readonly #carrierDuty = new CarrierDuty()
  readonly #occupancy: SharedArrayBuffer | undefined
  /** Owns no call: brings WebSockets to the workers. */
  readonly #gateway: SipStack
  #ports: { readonly port: number; readonly tlsPort: number }
  /** Which worker keeps a place in a queue: where the call was that had it, whose queue it ever is. Nobody is to be called back by two. */
  readonly #keeperOf = new Map<string, number>()
  /** Of calls of workers that died, while nobody is there who could end them. */
  #left: LeftLeg[] = []
  #isStopping = false
  #watch: Timer | undefined

  constructor(options: SwitchWorkersOptions) {
    const { settings, count, view, registrations, events, logger } = options
    this.#o = options
    this.#ports = settings.sip
    this.#occupancy = count > 1 ? occupancyMemory(count) : undefined
    this.#locations = new LocationTable({ store: registrations, events, clock: systemClock, timers: systemTimers })
    this.#gateway = createSipStack({
      listen: { host: settings.sip.host },
      publicAddress: settings.publicAddress,
      ...(settings.publicAddressIpv6 === undefined ? {} : { publicAddressIpv6: settings.publicAddressIpv6 }),
      logger,
      sharedPort: {
        place: count,
        count,
        keyOf: (request) => accountKey(view, request),
        handOver: (to, handed) => this.#lanes.get(to)?.handOver(handed),
      },
    })
    // Its own, and those of the workers: every thread forgets by itself what hung on a connection.
    this.#gateway.onFlowClosed((connectionId) => this.#locations.flowClosed(connectionId))
  }

  async start(): Promise<Result<ListeningAddress, ListenFailure>> {
    const { count, registrations, memory, settings } = this.#o
    const free = await checkPortsFree(settings.sip)
    if (!free.ok) return free
    this.#locations.restore(await registrations.load())
    const gateway = await this.#gateway.start()
    if (!gateway.ok) return gateway
    const facts = await memory.load()
    for (let place = 0; place < count; place++) this.#restore(this.#spawn(place), facts)
    // The first finds the ports when any free one will do.
    const first = await this.#listen(0)
    if (!first.ok) return first
    this.#ports = { port: first.value.udpPort, tlsPort: first.value.tlsPort }
    this.#watchSilence()
    const others = await Promise.all([...this.#threads.keys()].filter((place) => place > 0).map((place) => this.#listen(place)))
    return others.find((listening) => !listening.ok) ?? first
  }

  async stop(drainMs: number): Promise<void> {
    this.#isStopping = true
    this.#watch?.cancel()
    for (const pause of this.#pauses.values()) pause.cancel()
    const threads = [...this.#threads.values()]
    await Promise.all(threads.map((thread) => thread.ask({ type: 'stop', drainMs }, drainMs + STOP_EXTRA_MS)))
    await Promise.all(threads.map((thread) => thread.end()))
    await this.#gateway.stop()
    this.#locations.stop()
  }

  setMessageWaiting(lineId: string, counts: MessageCounts): void {
    for (const thread of this.#threads.values()) void thread.ask({ type: 'lamp', lineId, counts }, SHOW_LIMIT_MS)
  }

  async show(change: CallPlaneChange): Promise<void> {
    await Promise.all([...this.#threads.values()].map((thread) => thread.ask({ type: 'show', change }, SHOW_LIMIT_MS)))
  }

  isRegistered(lineId: string): boolean {
    return this.#locations.bindingsOf(lineId).length > 0
  }

  bindingsOf(lineId: string): readonly StoredBinding[] {
    return this.#locations.bindingsOf(lineId)
  }

  linesAt(domain: string): readonly string[] {
    return this.#locations.linesAt(domain)
  }

  async dropBindings(lineId: string, from?: readonly string[]): Promise<void> {
    const atMs = systemClock.nowMs()
    // Who is shut out by his address has been refused by all threads before: nothing of his is on its way.
    if (from === undefined) this.#drops.note(lineId, atMs)
    this.#locations.drop(lineId, from)
    await Promise.all([...this.#threads.values()].map((thread) => thread.ask({ type: 'drop', lineId, atMs, from }, SHOW_LIMIT_MS)))
  }

  /** By workers that listen, or are going to: what one is told before waits for that. */
  hangUpLeft(legs: readonly LeftLeg[]): void {
    const byThread = Map.groupBy(legs, (leg) => this.#threadFor(leg))
    this.#left.push(...(byThread.get(undefined) ?? []))
    for (const [thread, own] of byThread) thread?.post({ kind: 'hangUpLeft', legs: own })
  }

  /** What comes of an INVITE that was under way comes to the place it was under way in; a dialog may be ended by anybody. */
  #threadFor(leg: LeftLeg): WorkerThread | undefined {
    const place = placeOfStanding(leg)
    return place === undefined || place >= this.#o.count ? this.#threads.values().next().value : this.#threads.get(place)
  }

  acceptWebSocket(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#gateway.acceptWebSocket(request, socket, head)
  }

  get calls(): CallControl {
    return callsOfThreads([...this.#threads.values()], this.#o.count)
  }

  async activeCalls(): Promise<readonly CallRecord[]> {
    const calls = await Promise.all([...this.#threads.values()].map((thread) => thread.ask({ type: 'activeCalls' }, ASK_LIMIT_MS)))
    return calls.flatMap((records) => records ?? [])
  }

  async traceOf(sessionId: string): Promise<readonly CallEvent[] | undefined> {
    const traces = await Promise.all([...this.#threads.values()].map((thread) => thread.ask({ type: 'traceOf', sessionId }, ASK_LIMIT_MS)))
    return traces.find((trace) => trace !== undefined)
  }

  get statistics(): CallPlaneStatistics {
    const known = [...this.#threads.values()].flatMap((thread) => thread.statistics ?? [])
    const { lineCount, bindingCount } = this.#locations
    return addStatistics(known, { count: this.#o.count, registeredLines: lineCount, bindings: bindingCount, gateway: this.#gateway.statistics })
  }

  #spawn(place: number): WorkerThread {
    const { settings, count, logger, logLevel } = this.#o
    const rtpPorts = portsOfWorker(settings.rtpPorts, place, count)
    const data = {
      settings: { ...settings, rtpPorts },
      place,
      count,
      logLevel,
      occupancy: this.#occupancy,
      hasServices: this.#o.services !== undefined,
      hasRecorder: this.#o.recorder !== undefined,
    }
    const thread = new WorkerThread(data, {
      logger,
      spawnWorker: this.#o.spawnWorker,
      onMessage: (message) => this.#receive(thread, message),
      onExit: (ended) => this.#ended(ended),
    })
    this.#connect(thread)
    this.#threads.set(place, thread)
    // In one turn with the above: no change is lost between the picture and the first change told.
    for (const change of this.#o.view.contents()) void thread.ask({ type: 'show', change }, LISTEN_LIMIT_MS)
    this.#carrierDuty.add(thread)
    return thread
  }

  #restore(thread: WorkerThread, facts: readonly RememberedFact[]): void {
    const isOwn = (fact: RememberedFact): boolean => (this.#keeperOf.get(fact.key) ?? placeOfKey(fact.accountId, this.#o.count)) === thread.place
    const own = facts.filter((fact) => isForAll(fact) || isOwn(fact))
    for (const { kind, key } of own) if (kind === 'kept-place') this.#keeperOf.set(key, thread.place)
    thread.post({ kind: 'restore', bindings: this.#locations.all(), atMs: systemClock.nowMs(), facts: own })
  }

  /** Lanes between the new thread and all others, this one included. */
  #connect(thread: WorkerThread): void {
    const { count } = this.#o
    for (const other of this.#threads.values()) {
      const { port1, port2 } = new MessageChannel()
      const memory = laneMemory()
      thread.post({ kind: 'peer', place: other.place, port: port1, memory, side: 0 })
      other.post({ kind: 'peer', place: thread.place, port: port2, memory, side: 1 })
    }
    const { port1, port2 } = new MessageChannel()
    const memory = laneMemory()
    thread.post({ kind: 'peer', place: count, port: port1, memory, side: 0 })
    // Bindings reach this thread with everything else, in order.
    const user: LaneUser = {
      onHandedOver: (handed) => this.#gateway.takeOver(handed, thread.place),
      onBindings: () => undefined,
      onBindingsKnown: () => undefined,
    }
    this.#lanes.get(thread.place)?.close()
    this.#lanes.set(thread.place, new MessageLane({ port: port2, memory, side: 1, user }))
  }

  async #listen(place: number): Promise<Result<ListeningAddress, ListenFailure>> {
    const thread = this.#threads.get(place)
    const { port, tlsPort } = this.#ports
    const listening = await thread?.ask({ type: 'listen', port, tlsPort }, LISTEN_LIMIT_MS)
    return listening ?? err({ code: 'ListenFailed', message: `the switch worker ${place} did not start` })
  }

  #receive(thread: WorkerThread, message: Parameters<WorkerThreadUser['onMessage']>[0]): void {
    const { records, events, logger } = this.#o
    try {
      if (message.kind === 'bindings') this.#takeBindings(message)
      else if (message.kind === 'emergencyCall') events.emergencyCall(message.call)
      else if (message.kind === 'carrierNews') this.#takeCarrierNews(thread, message.news)
      else if (message.kind === 'rulesUsed') this.#o.rulesUsed?.(message.uses)
      else if (message.kind === 'carrierRegistration') events.carrierRegistration?.(message.registration)
      else if (message.kind === 'memory') this.#remember(thread, message.change)
      else if (message.kind === 'record') records[message.change](message.record)
      else if (message.kind === 'recording') tellRecorder(this.#o.recorder, message)
      else if (message.kind === 'desk') void answerDesk(this.#o.services, message).then((answer) => thread.post(answer))
      else this.#authorize(thread, message)
    } catch (error) {
      logger.error('what a switch worker told could not be taken', { place: thread.place, kind: message.kind, error })
    }
  }

  #takeCarrierNews(thread: WorkerThread, news: CarrierNews): void {
    if (!this.#carrierDuty.take(news, thread, this.#threads.values())) return
    if (news.kind === 'probed') this.#o.events.gatewayProbed?.(news.probe)
    else this.#o.events.carrierChanged?.(news.change)
  }

  /**
   * A call is in the worker of who placed it; what is remembered of whom it rang has to be known where that account's calls are. Whose turn it is in a
   * group is asked wherever somebody calls it or waits in its queue: anywhere.
   */
  #remember(thread: WorkerThread, change: MemoryChange): void {
    this.#o.memory.save(change)
    if (change.type === 'forget') this.#keeperOf.delete(change.key)
    else if (change.fact.kind === 'kept-place') this.#keeperOf.set(change.fact.key, thread.place)
    if (change.type === 'forget') return
    const { fact } = change
    const owner = placeOfKey(fact.accountId, this.#o.count)
    const isFor = (place: number): boolean => isForAll(fact) || (fact.kind === 'last-caller' && place === owner)
    for (const [place, other] of this.#threads) if (place !== thread.place && isFor(place)) other.post({ kind: 'recall', fact })
  }

  #authorize(thread: WorkerThread, question: AuthorizationQuestion): void {
    const { authorizer } = this.#o
    if (question.kind === 'settle') return authorizer.settle(question.reservationId, question.seconds)
    const { ticket } = question
    const answer = (authorization: CallAuthorization): void => thread.post({ kind: 'authorized', ticket, authorization })
    return question.kind === 'authorize' ? authorizer.authorize(question.request, answer) : authorizer.extend(question.reservationId, answer)
  }

  #takeBindings({ changes, atMs }: DecidedBindings): void {
    this.#locations.take(this.#drops.without(changes, atMs))
  }

  /** A worker died: its calls are over, and their records say so; another one takes its place. */
  #ended(thread: WorkerThread): void {
    const { place, openRecords } = thread
    const { logger, records, recorder, authorizer, services } = this.#o
    if (this.#threads.get(place) === thread) this.#threads.delete(place)
    this.#carrierDuty.remove(thread, this.#threads.values())
    if (this.#occupancy !== undefined) clearOccupancy(this.#occupancy, place)
    this.#locations.connectionsLost((connectionId) => placeOfConnection(connectionId) === place)
    for (const other of this.#threads.values()) other.post({ kind: 'placeLost', place })
    const nowMs = systemClock.nowMs()
    for (const id of thread.reservations) {
      const answeredAtMs = openRecords.get(id)?.answeredAtMs
      authorizer.settle(id, answeredAtMs === undefined ? 0 : Math.max(0, nowMs - answeredAtMs) / 1000)
    }
    for (const record of openRecords.values()) records.close(closeAbandonedRecord(record, nowMs))
    for (const recordingId of thread.recordings) recorder?.end(recordingId)
    for (const [faxId, tenant] of thread.faxes)
      void answerDesk(services, { kind: 'desk', ticket: 0, tenant, question: { kind: 'fax.deposit', faxId, isComplete: false, remoteIdent: '' } })
    if (this.#isStopping) return
    this.hangUpLeft([...openRecords.values()].flatMap(({ dialogs = [] }) => dialogs.map((leg) => withoutConnectionOf(place, leg))))
    const pause = this.#pauses.get(place) ?? new RestartPause()
    this.#pauses.set(place, pause)
    const delayMs = pause.start(nowMs, () => void this.#restart(place))
    logger.error('a switch worker ended; its calls are lost', { place, calls: openRecords.size, restartInMs: delayMs })
  }

  /** A thread in an endless loop does not end by itself. */
  #watchSilence(): void {
    const { logger, silenceLimitMs = SILENCE_LIMIT_MS } = this.#o
    this.#watch = systemTimers.start(silenceLimitMs / LOOKS, () => {
      for (const thread of this.#threads.values()) {
        if (thread.silentMs <= silenceLimitMs) continue
        logger.error('a switch worker hangs and is ended', { place: thread.place, silentMs: Math.round(thread.silentMs) })
        void thread.end()
      }
      this.#watchSilence()
    })
  }

  /** A database that does not answer now is no reason to take no calls. */
  #facts(): Promise<readonly RememberedFact[]> {
    const { memory, logger } = this.#o
    return memory.load().catch((error: unknown) => {
      logger.error('what the switch remembered could not be read; it begins with nothing', { error: String(error) })
      return []
    })
  }

  async #restart(place: number): Promise<void> {
    const facts = await this.#facts()
    if (this.#isStopping) return
    const thread = this.#spawn(place)
    // What the others decided from now on they tell it themselves; what they decided before has come here when they answer.
    const others = [...this.#threads.values()].filter((other) => other !== thread)
    await Promise.all(others.map((other) => other.ask({ type: 'keepOrder' }, ASK_LIMIT_MS)))
    this.#restore(thread, facts)
    const listening = await this.#listen(place)
    if (listening.ok) {
      this.hangUpLeft(this.#left.splice(0))
      this.#o.logger.warn('a switch worker was started again', { place })
    } else {
      this.#o.logger.error('a switch worker could not be started again', { place, reason: listening.error.message })
      await this.#threads.get(place)?.end()
    }
  }
}

function isForAll({ kind }: RememberedFact): boolean {
  return kind === 'last-talk' || kind === 'last-answer'
}

/** Another worker would send its BYE to where nobody is any more. */
function withoutConnectionOf(place: number, leg: LeftLeg): LeftLeg {
  if (!('dialog' in leg) || placeOfConnection(leg.heardFrom.connectionId ?? '') !== place) return leg
  const { connectionId: _connectionId, ...heardFrom } = leg.heardFrom
  return { ...leg, heardFrom }
}

function tellRecorder(recorder: CallRecorder | undefined, news: RecordingNews): void {
  if (news.type === 'begin') recorder?.begin(news.recording)
  else if (news.type === 'write') recorder?.write(news.recordingId, news.side, news.pcm)
  else recorder?.end(news.recordingId)
}
