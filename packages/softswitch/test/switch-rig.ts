import { type Logger, ManualTime, silentLogger, systemClock, systemTimers } from '@dialtone/foundation'
import { createInProcessMediaEngine } from '@dialtone/media'
import type { MediaEngine } from '@dialtone/media'
import { createSipStack } from '@dialtone/sip'
import type { RemoteAddress, SipStackLimits, SipStack, TransportName } from '@dialtone/sip'
import { CALL_OPTIONS, createSoftswitch } from '../src/index.ts'
import type {
  BindingChange,
  CallLimits,
  CallRecord,
  CheckpointedRecord,
  CarrierChange,
  CarrierRegistration,
  EmergencyCall,
  GatewayProbe,
  RegistrationChange,
  Softswitch,
  SoftswitchOptions,
  StoredBinding,
} from '../src/index.ts'
import type { RoutingSnapshot } from '@dialtone/call-routing'
import { RtpEar } from './rtp-ear.ts'
import { OfferlessCaller } from './offerless-caller.ts'
import { directoryOf, peer, REALM } from './switch-tenants.ts'
import type { PlainDirectory } from './switch-tenants.ts'
import { OF_A_SHARED_LOOP, TestPhone } from './test-phone.ts'

export interface RigOptions {
  readonly limits?: Partial<CallLimits>
  readonly stored?: readonly StoredBinding[]
  /** When the switch's own clock begins. */
  readonly startMs?: number
  /** The time of the switch's SIP stack, when the test wants to hold that in its hand too. */
  readonly sipTime?: ManualTime
  /** Of the switch's SIP stack; what is left out is so wide that nothing is refused. */
  readonly sipLimits?: Partial<SipStackLimits>
  readonly protection?: SoftswitchOptions['protection']
  readonly services?: SoftswitchOptions['services']
  readonly recorder?: SoftswitchOptions['recorder']
  /** What the stack, the media engine and the switch say; left out: nobody hears it. */
  readonly logger?: Logger
  /** `never`: the switch only signals. */
  readonly anchoring?: 'never'
}

/**
 * The whole call plane on loopback: real SIP stack, real media engine, phones and carriers that are SIP stacks too. The
 * switch's own clock is in the test's hand; the SIP timers are those of RFC 3261.
 */
export class SwitchRig {
  readonly time: ManualTime
  readonly checkpoints: CheckpointedRecord[] = []
  readonly records: CallRecord[] = []
  readonly registrations: RegistrationChange[] = []
  readonly emergencies: EmergencyCall[] = []
  readonly carrierChanges: CarrierChange[] = []
  readonly probes: GatewayProbe[] = []
  readonly carrierRegistrations: CarrierRegistration[] = []
  readonly saved: BindingChange[] = []
  readonly stack: SipStack
  readonly media: MediaEngine
  readonly switch: Softswitch
  readonly directory: PlainDirectory
  readonly pstn: TestPhone
  readonly backup: TestPhone
  readonly psap: TestPhone
  readonly #closing: (() => void)[] = []
  readonly #phones: TestPhone[]
  readonly #server: RemoteAddress
  #waiting: { readonly count: number; readonly resolve: () => void }[] = []

  private constructor(options: RigOptions, stack: SipStack, media: MediaEngine, server: RemoteAddress, peers: readonly [TestPhone, TestPhone, TestPhone]) {
    this.time = new ManualTime(options.startMs)
    this.stack = stack
    this.media = media
    this.#server = server
    ;[this.pstn, this.backup, this.psap] = peers
    this.#phones = [...peers]
    this.directory = directoryOf({ pstn: this.pstn.port, backup: this.backup.port, psap: this.psap.port })
    this.switch = createSoftswitch({
      sip: stack,
      media,
      directory: this.directory,
      registrations: { load: () => Promise.resolve(options.stored ?? []), save: (change) => void this.saved.push(change) },
      records: { checkpoint: (record) => void this.checkpoints.push(record), close: (record) => this.#close(record) },
      events: {
        registrationChanged: (event) => void this.registrations.push(event),
        emergencyCall: (event) => void this.emergencies.push(event),
        carrierChanged: (event) => void this.carrierChanges.push(event),
        gatewayProbed: (probe) => void this.probes.push(probe),
        carrierRegistration: (event) => void this.carrierRegistrations.push(event),
      },
      clock: this.time,
      timers: this.time,
      logger: options.logger ?? silentLogger,
      realm: REALM,
      publicAddress: '127.0.0.1',
      sipPort: () => server.port,
      ...(options.limits === undefined ? {} : { limits: options.limits }),
      ...(options.services === undefined ? {} : { services: options.services }),
      ...(options.recorder === undefined ? {} : { recorder: options.recorder }),
      ...(options.protection === undefined ? {} : { protection: options.protection }),
    })
  }

  static async start(options: RigOptions = {}): Promise<SwitchRig> {
    const stack = createSipStack({
      listen: { host: '127.0.0.1', udpPort: 0, tcpPort: 0 },
      publicAddress: '127.0.0.1',
      clock: options.sipTime ?? systemClock,
      timers: options.sipTime ?? systemTimers,
      logger: options.logger ?? silentLogger,
      serverName: 'Dialtone',
      extensions: CALL_OPTIONS,
      limits: { ...OF_A_SHARED_LOOP, ...options.sipLimits },
    })
    const media = createInProcessMediaEngine({
      publicAddress: '127.0.0.1',
      bindAddress: '127.0.0.1',
      ports: mediaPorts(),
      workers: 1,
      ...(options.anchoring === undefined ? {} : { anchoring: options.anchoring }),
      clock: systemClock,
      logger: options.logger ?? silentLogger,
    })
    await media.start()
    const started = await stack.start()
    if (!started.ok) throw new Error(started.error.message)
    const server: RemoteAddress = { transport: 'udp', address: '127.0.0.1', port: started.value.udpPort }
    const [pstn, backup, psap] = await Promise.all([TestPhone.start('pstn', server), TestPhone.start('backup', server), TestPhone.start('psap', server)])
    const rig = new SwitchRig(options, stack, media, server, [pstn, backup, psap])
    await rig.switch.start()
    return rig
  }

  /** Where the switch listens for SIP over UDP. */
  get sipPort(): number {
    return this.#server.port
  }

  /** What the account of Alice, Bob and Carol has besides: the switch routes by it from now on. */
  furnish(change: (account: RoutingSnapshot) => Partial<RoutingSnapshot>): void {
    const before = this.directory.snapshots.get('account-1')
    if (before === undefined) throw new Error('the rig has another account')
    this.directory.snapshots.set('account-1', { ...before, ...change(before) })
  }

  /** A phone of a line, registered. */
  async phone(lineId: string, transport: TransportName = 'udp'): Promise<TestPhone> {
    const phone = await this.unregisteredPhone(lineId, transport)
    const answer = await phone.register()
    if (answer.statusCode !== 200) throw new Error(`${lineId} was not registered: ${answer.statusCode}`)
    return phone
  }

  async unregisteredPhone(lineId: string, transport: TransportName = 'udp'): Promise<TestPhone> {
    const phone = await TestPhone.start(lineId, { ...this.#server, transport })
    this.#phones.push(phone)
    return phone
  }

  /** A gateway the switch knows by its address. */
  async offerlessCaller(): Promise<OfferlessCaller> {
    const caller = await OfferlessCaller.open(this.#server.port)
    this.directory.peers.push(peer('gateway', caller.port, false))
    this.#closing.push(() => caller.close())
    return caller
  }

  async ear(): Promise<RtpEar> {
    const ear = await RtpEar.open()
    this.#closing.push(() => ear.close())
    return ear
  }

  /** Resolves when so many records are closed. */
  closed(count: number): Promise<void> {
    if (this.records.length >= count) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push({ count, resolve }))
  }

  async stop(): Promise<void> {
    const stopped = this.switch.stop()
    // The stop waits in the switch's time for other ends that do not answer any more.
    this.time.advance(2_000)
    await stopped
    for (const close of this.#closing) close()
    await Promise.all(this.#phones.map((phone) => phone.stack.stop()))
    await this.stack.stop()
    await this.media.stop()
  }

  #close(record: CallRecord): void {
    this.records.push(record)
    for (const waiting of this.#waiting.filter(({ count }) => this.records.length >= count)) waiting.resolve()
    this.#waiting = this.#waiting.filter(({ count }) => this.records.length < count)
  }
}

/** Test files run side by side: each worker has ports of its own. */
function mediaPorts(): { readonly first: number; readonly last: number } {
  const first = 40_000 + (Number(process.env['VITEST_POOL_ID'] ?? 0) % 10) * 2_000
  return { first, last: first + 1_999 }
}
