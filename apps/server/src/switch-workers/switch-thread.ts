import { type Logger, systemClock, systemTimers } from '@dialtone/foundation'
import { placeOfConnection, type SharedPort } from '@dialtone/sip'
import type { CallDoor, CallRecorder, CarrierNews, RememberedFact } from '@dialtone/softswitch'
import { accountKey } from './account-key.ts'
import { BindingBroadcast } from './binding-broadcast.ts'
import { type ComposedSwitch, composeSwitch } from './compose-switch.ts'
import { DirectoryReplica } from './directory-replica.ts'
import { type DecidedBindings, MessageLane } from './message-lane.ts'
import type { Outbox } from './outbox.ts'
import { RecentDrops } from './recent-drops.ts'
import { RemoteAuthorizer } from './remote-authorizer.ts'
import { type DeskQuestion, RemoteServiceDesk } from './remote-service-desk.ts'
import { SharedOccupancy } from './shared-occupancy.ts'
import { createThreadLogger } from './thread-logger.ts'
import type { DoorQuestion, FromWorker, PeerMessage, SwitchWorkerData, ToWorker, WorkerTask } from './worker-protocol.ts'

/** More is what a port of its own would have lost as well: datagrams are sent again. */
const MOST_UNHEARD = 50_000

/** One switch with SIP and media in a thread of its own: the directory is a copy, bindings are shared, records go to the main thread. */
export class SwitchThread {
  readonly #data: SwitchWorkerData
  readonly #outbox: Pick<Outbox, 'add' | 'flush'>
  readonly #logger: Logger
  readonly #directory = new DirectoryReplica()
  readonly #lanes = new Map<number, MessageLane>()
  readonly #drops = new RecentDrops()
  readonly #bindings: BindingBroadcast
  readonly #authorizer: RemoteAuthorizer
  readonly #desk: RemoteServiceDesk | undefined
  #facts: readonly RememberedFact[] = []
  #restored: DecidedBindings | undefined
  /** What other threads said before the switch serves: it is heard then, in order. */
  #unheard: (() => void)[] | undefined = []
  #keepsCarriers = false
  /** What was told before there was a switch. */
  #newsOfCarriers: CarrierNews[] = []
  /** There is none before the ports are known. */
  #switch: ComposedSwitch | undefined

  /** @param outbox brings messages to the main thread */
  constructor(data: SwitchWorkerData, outbox: Pick<Outbox, 'add' | 'flush'>) {
    this.#data = data
    this.#outbox = outbox
    this.#logger = createThreadLogger(data.logLevel, (message) => this.#post(message))
    this.#authorizer = new RemoteAuthorizer(systemTimers, (question) => {
      this.#post(question)
      // Somebody waits for the answer.
      if (question.kind !== 'settle') this.#outbox.flush()
    })
    // Somebody listens, and waits for the answer.
    const ask = (question: DeskQuestion): void => {
      this.#post(question)
      this.#outbox.flush()
    }
    this.#desk = data.hasServices ? new RemoteServiceDesk(systemTimers, ask) : undefined
    this.#bindings = new BindingBroadcast({
      clock: systemClock,
      bindingsOf: (lineId) => this.#switch?.softswitch.bindingsOf(lineId) ?? [],
      tell: (decided) => this.#tellBindings(decided),
    })
  }

  receive(message: ToWorker): void {
    if (message.kind === 'peer') this.#addPeer(message)
    else if (message.kind === 'deskAnswer') this.#desk?.answer(message)
    else if (message.kind === 'authorized') this.#authorizer.answer(message.ticket, message.authorization)
    else if (message.kind === 'restore') this.#restore(message)
    else if (message.kind === 'placeLost') this.#hear(() => this.#loseConnectionsOf(message.place))
    else if (message.kind === 'keepCarriers') this.#keepCarriers()
    else if (message.kind === 'carrierNews') this.#hearOfCarrier(message.news)
    else if (message.kind === 'hangUpLeft') this.#hear(() => this.#switch?.softswitch.hangUpLeft(message.legs))
    else if (message.kind === 'recall') this.#hear(() => this.#switch?.softswitch.recall([message.fact]))
    else void this.#perform(message.task).then((answer) => this.#post({ kind: 'answer', ticket: message.ticket, answer }))
  }

  #restore({ bindings, atMs, facts }: Extract<ToWorker, { kind: 'restore' }>): void {
    this.#restored = { kind: 'bindings', changes: bindings.map((binding) => ({ kind: 'put', binding })), atMs, ticket: undefined }
    this.#facts = facts
  }

  /** Nothing of it must be lost while the switch begins: a phone over TCP does not say again what it said, and one whose registration another thread took says nothing for an hour. */
  #hear(work: () => void): void {
    if (this.#unheard === undefined) work()
    else if (this.#unheard.length < MOST_UNHEARD) this.#unheard.push(work)
  }

  #mirror({ changes, atMs }: DecidedBindings): void {
    this.#switch?.softswitch.mirrorBindings(this.#drops.without(changes, atMs))
  }

  /** Every thread finds that out by itself. */
  #loseConnectionsOf(place: number): void {
    this.#bindings.muted(() => this.#switch?.softswitch.connectionsLost((connectionId) => placeOfConnection(connectionId) === place))
  }

  #keepCarriers(): void {
    this.#keepsCarriers = true
    this.#switch?.softswitch.keepCarriers()
  }

  #hearOfCarrier(news: CarrierNews): void {
    if (this.#switch === undefined) this.#newsOfCarriers.push(news)
    else this.#switch.softswitch.mirrorCarrier(news)
  }

  tellStatistics(): void {
    const uses = this.#directory.ruleUses.take()
    if (uses.length > 0) this.#post({ kind: 'rulesUsed', uses })
    if (this.#switch === undefined) return
    const { sip, media, softswitch } = this.#switch
    const handOversLost = [...this.#lanes.values()].reduce((sum, lane) => sum + lane.lost, 0)
    const statistics = { softswitch: softswitch.statistics, sip: { ...sip.statistics }, media: media.statistics, mediaReady: media.ready, handOversLost }
    this.#post({ kind: 'statistics', statistics })
  }

  async #perform(task: WorkerTask): Promise<unknown> {
    switch (task.type) {
      case 'listen':
        return this.#listen(task.port, task.tlsPort)
      case 'show':
        return this.#directory.show(task.change)
      case 'drop': {
        if (task.from === undefined) this.#drops.note(task.lineId, task.atMs)
        return this.#hear(() => this.#bindings.muted(() => this.#switch?.softswitch.dropBindings(task.lineId, task.from)))
      }
      case 'keepOrder':
        return true
      case 'ask':
        return this.#switch === undefined ? undefined : answerAtDoor(this.#switch.softswitch.calls, task.question)
      case 'lamp':
        return this.#switch?.softswitch.setMessageWaiting(task.lineId, task.counts)
      case 'activeCalls':
        return this.#switch?.softswitch.activeCalls() ?? []
      case 'traceOf':
        return this.#switch?.softswitch.traceOf(task.sessionId)
      case 'stop':
        return this.#stop(task.drainMs)
    }
  }

  async #listen(port: number, tlsPort: number): Promise<unknown> {
    const { sip, media, softswitch } = this.#compose(port, tlsPort)
    await media.start()
    await softswitch.start()
    if (this.#restored !== undefined) this.#mirror(this.#restored)
    this.#restored = undefined
    const started = await sip.start()
    const unheard = this.#unheard ?? []
    this.#unheard = undefined
    for (const work of unheard) work()
    this.tellStatistics()
    return started
  }

  async #stop(drainMs: number): Promise<void> {
    await this.#switch?.softswitch.stop({ drainMs })
    await this.#switch?.sip.stop()
    await this.#switch?.media.stop()
  }

  #compose(port: number, tlsPort: number): ComposedSwitch {
    const { settings, place, count, occupancy } = this.#data
    const post = (message: FromWorker): void => this.#post(message)
    const sharedPort: SharedPort = {
      place,
      count,
      keyOf: (request) => accountKey(this.#directory, request),
      handOver: (to, handed) => this.#lanes.get(to)?.handOver(handed),
    }
    this.#switch = composeSwitch(
      { ...settings, sip: { ...settings.sip, port, tlsPort } },
      {
        directory: this.#directory,
        registrations: this.#bindings,
        memory: { load: () => Promise.resolve(this.#facts), save: (change) => post({ kind: 'memory', change }) },
        authorizer: this.#authorizer,
        ...(this.#desk === undefined ? {} : { services: this.#desk }),
        records: {
          checkpoint: (record) => post({ kind: 'record', change: 'checkpoint', record }),
          close: (record) => post({ kind: 'record', change: 'close', record }),
        },
        ...(this.#data.hasRecorder ? { recorder: recorderOver(post) } : {}),
        // The main thread has all bindings too, and tells of the first and the last one.
        events: {
          registrationChanged: () => undefined,
          emergencyCall: (call) => post({ kind: 'emergencyCall', call }),
          carrierChanged: (change) => post({ kind: 'carrierNews', news: { kind: 'changed', change } }),
          gatewayProbed: (probe) => post({ kind: 'carrierNews', news: { kind: 'probed', probe } }),
          carrierRegistration: (registration) => post({ kind: 'carrierRegistration', registration }),
        },
        identityOf: (name) => this.#directory.certificateOf(name),
        logger: this.#logger,
        sharedPort,
        keepsCarriers: this.#keepsCarriers,
        ...(occupancy === undefined ? {} : { occupancyBoard: new SharedOccupancy(occupancy, place, count) }),
      },
    )
    for (const news of this.#newsOfCarriers.splice(0)) this.#switch.softswitch.mirrorCarrier(news)
    return this.#switch
  }

  #addPeer({ place, port, memory, side }: PeerMessage): void {
    this.#lanes.get(place)?.close()
    const lane = new MessageLane({
      port,
      memory,
      side,
      user: {
        onBindings: (decided) => {
          this.#hear(() => this.#mirror(decided))
          if (decided.ticket !== undefined) lane.tell({ kind: 'bindingsKnown', ticket: decided.ticket })
        },
        onBindingsKnown: (ticket) => this.#bindings.known(ticket),
        // The end of a connection is known to all threads, and each forgets what hung on it.
        onHandedOver: (handed) =>
          this.#hear(() => {
            if (handed.kind === 'connectionClosed') this.#bindings.muted(() => this.#switch?.sip.takeOver(handed, place))
            else this.#switch?.sip.takeOver(handed, place)
          }),
      },
    })
    this.#lanes.set(place, lane)
  }

  /** @returns how many switches will say that they know */
  #tellBindings(decided: DecidedBindings): number {
    this.#post(decided)
    // Whoever asks the API after the phone was told of success shall hear the same.
    if (decided.ticket !== undefined) this.#outbox.flush()
    const switches = [...this.#lanes].filter(([place]) => place < this.#data.count)
    for (const [, lane] of switches) lane.tell(decided)
    return switches.length
  }

  #post(message: FromWorker): void {
    this.#outbox.add(message)
  }
}

function answerAtDoor(door: CallDoor, { name, args }: DoorQuestion): unknown {
  // The arguments are those of that function: `DoorQuestion` says so, TypeScript cannot follow.
  const ask = door[name] as (...given: readonly unknown[]) => unknown
  return ask(...args)
}

/** The recorder is in the main thread. */
function recorderOver(post: (message: FromWorker) => void): CallRecorder {
  return {
    begin: (recording) => post({ kind: 'recording', type: 'begin', recording }),
    write: (recordingId, side, pcm) => post({ kind: 'recording', type: 'write', recordingId, side, pcm }),
    end: (recordingId) => post({ kind: 'recording', type: 'end', recordingId }),
  }
}
