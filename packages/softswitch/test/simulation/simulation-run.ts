import type { Logger } from '@dialtone/foundation'
import { createSipStack } from '@dialtone/sip'
import type { RemoteAddress, SipNetwork, SipStack } from '@dialtone/sip'
import type { MediaEngine } from '@dialtone/media'
import { createSoftswitch } from '../../src/index.ts'
import type { CallRecord, Softswitch } from '../../src/index.ts'
import { ALICE_NUMBER, directoryOf, REALM, ZOE_NUMBER, type PlainDirectory } from '../switch-tenants.ts'
import { checkAgreement } from './check-run.ts'
import { changeHandling } from './call-handling.ts'
import { deafToCancel } from './deaf-to-cancel.ts'
import { ForkingCarrier } from './forking-carrier.ts'
import { furnishAccount, SERVICE_DIALED, SERVICE_NUMBERS } from './furnish-account.ts'
import { createPassThroughMedia } from './pass-through-media.ts'
import { CARRIERS, PEOPLE } from './phone-manners.ts'
import { seededNumbers, type SeededNumbers } from './seeded-numbers.ts'
import { SimulatedNetwork, type NetworkConditions } from './simulated-network.ts'
import { SimulatedDesk } from './simulated-desk.ts'
import { errorCollector, type PhoneCall, SimulatedPhone } from './simulated-phone.ts'
import { VirtualTime } from './virtual-time.ts'
import { WireObserver } from './wire-observer.ts'

const SERVER: RemoteAddress = { transport: 'udp', address: '127.0.0.1', port: 5060 }
const LINES = ['alice-desk', 'bob-desk', 'bob-cell', 'carol-desk', 'zoe-desk'] as const
const CARRIER_PORTS = { pstn: 6001, backup: 6002, psap: 6003 } as const
/** Gateways of the first carrier where it forks; nobody calls from there. */
const FORK_PORTS = [6011, 6012]
const DIALED = ['2001', '2002', '2002', '2002', '2003', ALICE_NUMBER, ZOE_NUMBER, '16075550123', '16075550123', '16075550124', '2999', '911', '933'] as const
const NUMBERS_FROM_OUTSIDE = [ALICE_NUMBER, ZOE_NUMBER, ALICE_NUMBER, '18015559999'] as const

/** Calls begin within this time. */
const BUSY_MS = 60_000
/** Longer than any call may last, so that calls of phones that vanished are over too. */
const MAX_CALL_MS = 600_000

/** A whole platform in virtual time: the switch and its stack as they are, phones and carriers that do what their numbers say. */
export class SimulationRun {
  readonly time = new VirtualTime()
  readonly observer = new WireObserver(SERVER.port, () => this.time.nowMs())
  readonly errors: string[] = []
  readonly checkpoints: CallRecord[] = []
  readonly records: CallRecord[] = []
  /** Recordings that have begun and not ended. */
  readonly recordings = new Set<string>()
  readonly phones: SimulatedPhone[] = []
  readonly network: SimulatedNetwork
  readonly stack: SipStack
  readonly media: MediaEngine
  readonly switch: Softswitch
  readonly #numbers: SeededNumbers
  readonly directory: PlainDirectory
  readonly #hasServices: boolean
  #callsPlanned = 0
  /** Calls of phones and carriers that went on though they were cancelled. */
  ignoredCancels = 0
  /** 200s of a fork beside the first. */
  furtherAnswers = 0

  /** @param hasServices the platform takes calls itself: voicemail, menus, queues and what else accounts have */
  constructor(seed: number, hasServices: boolean) {
    this.#hasServices = hasServices
    const numbers = seededNumbers(seed).fork('run')
    const { time } = this
    this.#numbers = numbers
    const conditions = drawConditions(numbers.fork('conditions'))
    this.observer.note(`seed ${seed}: ${JSON.stringify(conditions)}`)
    this.network = new SimulatedNetwork({
      timers: time,
      numbers: numbers.fork('network'),
      conditions,
      onSent: (bytes, fromPort, toPort, copies) => this.observer.hear(bytes, fromPort, toPort, copies),
    })
    const logger = errorCollector(this.errors)
    const tokens = numbers.fork('tokens')
    this.stack = createSipStack({
      listen: { host: '127.0.0.1', udpPort: SERVER.port },
      publicAddress: '127.0.0.1',
      network: this.network.at(SERVER.port),
      clock: time,
      timers: time,
      logger,
      serverName: 'Dialtone',
      sessionTimer: { intervalSeconds: 150, minimumSeconds: 90 },
      randomToken: (byteCount) => tokens.token(byteCount),
    })
    this.media = createPassThroughMedia(time, numbers.fork('media'), 0.01)
    this.directory = directoryOf(CARRIER_PORTS)
    if (hasServices) furnishAccount(this.directory, numbers.fork('services'))
    changeHandling(this.directory, numbers.fork('handling'))
    this.switch = createSoftswitch({
      sip: this.stack,
      media: this.media,
      directory: this.directory,
      registrations: { load: () => Promise.resolve([]), save: () => undefined },
      records: { checkpoint: (record) => void this.checkpoints.push(record), close: (record) => void this.records.push(record) },
      events: { registrationChanged: () => undefined, emergencyCall: () => undefined },
      clock: time,
      timers: time,
      logger,
      realm: REALM,
      publicAddress: SERVER.address,
      sipPort: () => SERVER.port,
      limits: { maxCallMs: MAX_CALL_MS },
      recorder: { begin: ({ recordingId }) => void this.recordings.add(recordingId), write: () => undefined, end: (id) => void this.recordings.delete(id) },
      ...(hasServices ? { services: new SimulatedDesk(time, numbers.fork('desk')) } : {}),
    })
    this.#placePhones(logger)
  }

  /** Who talks to whom is not written in Call-IDs: legs went from call to call, or to the platform itself. */
  get transferred(): boolean {
    return this.#hasServices || this.phones.some((phone) => phone.transferred)
  }

  get callsPlanned(): number {
    return this.#callsPlanned
  }

  /** Everybody does what they want to, then those who called hang up; all that is left must come to its end by itself. */
  async live(): Promise<void> {
    const { time } = this
    await this.switch.start()
    await this.stack.start()
    for (const phone of this.phones) await phone.start()
    for (const phone of this.phones) if (LINES.some((line) => line === phone.name)) this.#plan(() => void phone.register(3600), 2_000)
    await time.run(this.#numbers.chance(0.9) ? 10_000 : 500)
    this.#planCalls()
    await time.run(BUSY_MS + 100_000)
    this.observer.violations.push(...checkAgreement(this))
    for (const phone of this.phones) {
      if (this.transferred) phone.hangUpAll()
      else phone.hangUpOutgoing()
    }
    await time.run(100_000)
  }

  /** Whoever is left hangs up, calls of the vanished reach their limit, bindings go. */
  async drain(): Promise<void> {
    for (const phone of this.phones) phone.hangUpAll()
    await this.time.run(MAX_CALL_MS)
    // No limit ends a call for help (C-58): those whose both ends are gone are hung up with the switch.
    const left = this.switch.activeCalls().filter((record) => record.emergency === undefined)
    for (const record of left) this.observer.violations.push(`${record.sessionId} outlives the longest call`)
    const stopped = this.switch.stop()
    await this.time.run(5_000)
    await stopped
    for (const line of LINES) this.switch.dropBindings(line)
    // Answers that no one acknowledges, BYEs that no one answers, and what comes of them.
    await this.time.run(200_000)
  }

  async stop(): Promise<void> {
    for (const { stack } of [this, ...this.phones]) await stack.stop()
  }

  #placePhones(logger: Logger): void {
    const { time, network } = this
    const note = (line: string): void => this.observer.note(line)
    const onPull = (call: PhoneCall): void => {
      const twin = { 'bob-desk': 'bob-cell', 'bob-cell': 'bob-desk' }[call.phone]
      this.phones.find((phone) => phone.name === twin)?.pull(call)
    }
    const onRestart = (port: number): void => this.observer.forget(port)
    const carrier = this.#numbers.fork('forking').chance(0.6) ? this.#forkingCarrier() : undefined
    const place = (name: string, port: number, manners: typeof PEOPLE): void => {
      const numbers = this.#numbers.fork(name)
      const isBehind = carrier !== undefined && (port === CARRIER_PORTS.pstn || FORK_PORTS.includes(port))
      const onIgnored = (callId: string, mood: string): void => {
        this.ignoredCancels++
        note(`${name} is cancelled and ${mood} (${callId})`)
      }
      const at = (where: number): SipNetwork =>
        deafToCancel(isBehind ? carrier.behind(network.at(where), where) : network.at(where), numbers.fork('deafness'), manners.deafness, onIgnored)
      const cut = (where: number): void => {
        network.cut(where)
        carrier?.cut(where)
      }
      const isolate = network.isolate.bind(network)
      this.phones.push(
        new SimulatedPhone({ name, port, manners, network: { at, isolate, cut }, time, numbers, server: SERVER, logger, note, onRestart, onPull }),
      )
    }
    for (const [index, line] of LINES.entries()) place(line, 7001 + index, PEOPLE)
    for (const [name, port] of Object.entries(CARRIER_PORTS)) place(name, port, CARRIERS)
    if (carrier !== undefined) for (const port of FORK_PORTS) place(`pstn-${port}`, port, CARRIERS)
  }

  #forkingCarrier(): ForkingCarrier {
    return new ForkingCarrier([CARRIER_PORTS.pstn, ...FORK_PORTS], this.#numbers.fork('forks'), this.time, (callId) => {
      this.furtherAnswers++
      this.observer.note(`one more answers ${callId}`)
    })
  }

  get #callers(): readonly SimulatedPhone[] {
    return this.phones.filter(({ port }) => !FORK_PORTS.includes(port))
  }

  #planCalls(): void {
    const numbers = this.#numbers.fork('calls')
    this.#callsPlanned = 1 + numbers.below(this.#hasServices ? 16 : 8)
    const dialable: readonly [string, ...string[]] = this.#hasServices ? SERVICE_DIALED : DIALED
    const fromOutside: readonly [string, ...string[]] = this.#hasServices ? [...SERVICE_NUMBERS, ALICE_NUMBER] : NUMBERS_FROM_OUTSIDE
    const callers = this.#callers
    for (let call = 0; call < this.#callsPlanned; call++) {
      const giveUpMs = numbers.chance(0.3) ? numbers.below(2_000) : numbers.between(5_000, 60_000)
      const phone = callers[numbers.below(callers.length)]
      if (phone === undefined) continue
      const isLine = LINES.some((line) => line === phone.name)
      const [dialed, outside] = [numbers.pick(dialable), numbers.pick(fromOutside)]
      this.#plan(() => (isLine ? phone.call(dialed, giveUpMs) : phone.callIn(outside, giveUpMs)), BUSY_MS)
    }
    this.#planChanges(numbers)
  }

  #planChanges(numbers: SeededNumbers): void {
    // The operator's hand.
    if (numbers.chance(0.2)) this.#plan(() => this.switch.dropBindings(numbers.pick(LINES)), BUSY_MS)
    if (numbers.chance(0.1)) this.#plan(() => this.directory.snapshots.delete('account-2'), BUSY_MS)
    if (numbers.chance(0.2)) this.#plan(() => changeHandling(this.directory, numbers.fork('later')), BUSY_MS)
    if (numbers.chance(0.15)) this.#plan(() => this.network.isolate(SERVER.port, numbers.below(20_000)), BUSY_MS)
    // Somebody drives through a tunnel.
    const callers = this.#callers
    const traveller = callers[numbers.below(callers.length)]
    if (numbers.chance(0.15)) this.#plan(() => traveller?.leave(numbers.between(5_000, 130_000)), BUSY_MS)
    // A phone that comes and goes.
    const restless = this.phones[numbers.below(LINES.length)]
    if (restless === undefined) return
    if (numbers.chance(0.3)) {
      this.#plan(() => void restless.register(0), BUSY_MS)
      this.#plan(() => void restless.register(600), BUSY_MS)
    }
    if (numbers.chance(0.2)) this.#plan(() => void restless.restart(), BUSY_MS)
  }

  #plan(act: () => void, withinMs: number): void {
    this.time.start(this.#numbers.below(withinMs), act)
  }
}

function drawConditions(numbers: SeededNumbers): NetworkConditions {
  const bad = numbers.below(4)
  return {
    loss: [0, 0.02, 0.1, 0.25][bad] ?? 0,
    duplication: numbers.pick([0, 0.02, 0.2]),
    reordering: numbers.pick([0, 0.05, 0.3]),
    delayMs: numbers.pick([2, 30, 200]),
    detourMs: numbers.pick([50, 700, 3000]),
  }
}
