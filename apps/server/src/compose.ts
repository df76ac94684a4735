import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type ControlPlane,
  createControlPlane,
  createMetrics,
  createRegistrationEvents,
  createRegistrationStore,
  createSwitchMemory,
  type Database,
  depositFax,
  directoryFileStore,
  type FileStore,
  keepRecording,
  proveSealer,
  registerHealthRoutes,
  s3FileStore,
  reportCarrierChange,
  reportEmergencyCall,
  sandboxOperations,
  smsWebhookCarrier,
  smtpCarrier,
  storeCallRecords,
} from '@dialtone/control-plane'
import type { CarrierChange, EmergencyCall, ServiceDesk, SwitchEvents } from '@dialtone/softswitch'
import { AdvancingClock, type Logger, systemClock, systemTimers, TimerWheel } from '@dialtone/foundation'
import { type CallJournal, openCallJournal } from './call-journal/index.ts'
import { RecordingSpool } from './call-recordings/index.ts'
import type { TlsIdentity } from './certificate/index.ts'
import type { Config } from './configuration/index.ts'
import { lateCalls } from './late-calls.ts'
import { createDomainNames } from './look-up-names.ts'
import { callPlaneGauges, connectionGauges, diskGauges, loopbackOf, readyParts, sandboxCarriers, sandboxPort } from './platform-parts.ts'
import { startSandbox, type Sandbox } from './sandbox/index.ts'
import type { HeldDirectory } from './processes/hold-data-directory.ts'
import { createHostResolver } from './resolve-host.ts'
import { openSealer } from './open-sealer.ts'
import { FaxSpool } from './received-faxes/index.ts'
import { createServiceDesk, joinMessageLamps, SoundLibrary, Voice } from './services/index.ts'
import { SideThread } from './side-thread/index.ts'
import { type CallPlane, createCallPlane } from './switch-workers/index.ts'

const EIGHT_HOURS_SECONDS = 28_800
const HEARTBEAT_MS = 1_000

export interface Platform {
  readonly plane: ControlPlane
  readonly callPlane: CallPlane
  readonly journal: CallJournal
  readonly recordings: RecordingSpool
  readonly faxes: FaxSpool
  readonly sandbox: Sandbox | undefined
  readonly sideThreads: readonly SideThread[]
  /** Flushes bindings, and what the switch remembers, that wait for the database. */
  readonly flushCallPlane: () => Promise<void>
  /** The ports phones register at, known once the stack listens. */
  setSipPorts(port: number, tlsPort: number): void
  /** Everything is there that a start makes: from now on it is ready. */
  started(): void
}

/** Joins the planes at their ports. Nothing listens yet; the order of starting and stopping is start.ts's. */
export async function compose(
  config: Config,
  database: Database,
  { tls, disk }: Readonly<{ tls: TlsIdentity; disk: Pick<HeldDirectory, 'freeBytes' | 'measure'> }>,
  logger: Logger,
): Promise<Platform> {
  const clock = new AdvancingClock(systemClock)
  const timers = new TimerWheel({ nowMs: () => performance.now() })
  const late: LateParts = { sipPort: config.sip.port, callPlane: undefined, sandbox: undefined }
  const files = await openFiles(config)
  const sideThreads = openSideThreads(logger)
  const plane = await composeControlPlane(config, database, logger, clock, { late, files, sideThreads })
  late.plane = plane
  const journal = await openJournal(config, plane, logger)
  const recordings = await openRecordings(config, plane, logger)
  const faxes = await openFaxes(config, plane, logger)
  const registrations = createRegistrationStore({ database, logger, nowMs: () => systemClock.nowMs() })
  const memory = createSwitchMemory({ database, logger, nowMs: () => systemClock.nowMs() })
  const registrationEvents = createRegistrationEvents({ database, logger })
  const { sip, publicAddress, publicAddressIpv6, rtpPorts, media, switchWorkers, logLevel } = config
  const callPlane = createCallPlane({
    settings: { sip, tls, publicAddress, publicAddressIpv6, rtpPorts, media },
    count: switchWorkers,
    view: plane.view,
    services: openServices(config, plane, { files, faxes, sideThreads, logger }),
    ...{ registrations, memory },
    ...{ authorizer: plane.authorizer, rulesUsed: plane.context.ruleUses.add },
    records: journal,
    recorder: recordings,
    events: switchEvents(plane, registrationEvents, logger),
    logger,
    logLevel,
  })
  late.callPlane = callPlane
  if (config.sandbox) {
    late.sandbox = await startSandbox({
      clock: systemClock,
      timers,
      logger,
      loopback: loopbackOf(config.sip.host).includes(':') ? '::1' : '127.0.0.1',
      switchAddress: () => ({ address: loopbackOf(config.sip.host), port: late.sipPort }),
    })
    await plane.view.setCarriers(sandboxCarriers(late.sandbox))
  }
  registerHealthRoutes(
    plane.http,
    createMetrics({ ...callPlaneGauges(callPlane, journal), ...connectionGauges(plane.connections), ...diskGauges(disk) }),
    async () => {
      const [answers, freeBytes] = await Promise.all([database.ping(), disk.measure()])
      const { isListening = false, isStarted = false } = late
      return readyParts({ isStarted, database: answers, isListening, callPlane: callPlane.statistics, freeBytes })
    },
  )
  return {
    ...{ plane, callPlane, journal, recordings, faxes },
    sandbox: late.sandbox,
    sideThreads: Object.values(sideThreads),
    flushCallPlane: async () => {
      await Promise.all([registrations.flush(), registrationEvents.flush(), memory.flush()])
    },
    setSipPorts: (port, tlsPort) => {
      late.sipPort = port
      late.sipTlsPort = tlsPort
      late.isListening = true
    },
    started: () => void (late.isStarted = true),
  }
}

/** One a kind of work: who sends long documents keeps no caller waiting for music. */
type SideThreads = Readonly<Record<'sounds' | 'documents', SideThread>>

function openSideThreads(logger: Logger): SideThreads {
  return { sounds: new SideThread('sounds', logger), documents: new SideThread('documents', logger) }
}

interface ServiceParts {
  readonly files: FileStore
  readonly faxes: FaxSpool
  readonly sideThreads: SideThreads
  readonly logger: Logger
}

function openServices(config: Config, plane: ControlPlane, { files, faxes, sideThreads, logger }: ServiceParts): ServiceDesk {
  const sounds = new SoundLibrary({ files, thread: sideThreads.sounds, voice: new Voice(config.voice, logger), logger })
  return createServiceDesk({ plane, faxes, sounds, documents: sideThreads.documents })
}

/** What the switch tells, and who hears it. */
function switchEvents(plane: ControlPlane, registrationEvents: ReturnType<typeof createRegistrationEvents>, logger: Logger): SwitchEvents {
  return {
    registrationChanged: (event) => {
      logger.info(event.registered ? 'line registered' : 'line no longer registered', { lineId: event.lineId })
      registrationEvents.changed(event)
    },
    emergencyCall: (event) => tellEmergencyContacts(plane, event, logger),
    carrierChanged: (event) => tellCarrierChange(plane, event, logger),
    gatewayProbed: (probe) => plane.context.gateways.probed(probe),
    carrierRegistration: (event) => plane.context.gateways.registrationChanged(event),
  }
}

function openJournal({ dataDirectory }: Config, plane: ControlPlane, logger: Logger): Promise<CallJournal> {
  return openCallJournal({
    directory: join(dataDirectory, 'call-journal'),
    clock: systemClock,
    logger,
    heartbeatMs: HEARTBEAT_MS,
    deliver: (records) => storeCallRecords(plane.context, records),
  })
}

/** In the data directory, or in a bucket. */
async function openFiles({ dataDirectory, s3 }: Config): Promise<FileStore> {
  if (s3 === undefined) return directoryFileStore(join(dataDirectory, 'files'))
  const spoolDirectory = join(dataDirectory, 'spool')
  // What was on its way when the last run ended never got its name.
  await rm(spoolDirectory, { recursive: true, force: true })
  return s3FileStore({ ...s3, spoolDirectory })
}

/** With what the last run left behind. */
async function openRecordings(config: Config, plane: ControlPlane, logger: Logger): Promise<RecordingSpool> {
  const spool = new RecordingSpool({
    directory: join(config.dataDirectory, 'recordings'),
    timers: systemTimers,
    logger,
    keep: (recording, content) => keepRecording(plane.context, recording, content),
  })
  await spool.recover()
  return spool
}

/** With what came before the last run ended: a fax that was not over is one that broke off. */
async function openFaxes(config: Config, plane: ControlPlane, logger: Logger): Promise<FaxSpool> {
  const spool = new FaxSpool({
    directory: join(config.dataDirectory, 'faxes'),
    timers: systemTimers,
    logger,
    deposit: (fax, document) => depositFax(plane.context, fax, document),
  })
  await spool.recover()
  return spool
}

/** Whoever has to know is told while the call is on its way (S0-73); when that fails, by the record of the call. */
function tellEmergencyContacts(plane: ControlPlane, event: EmergencyCall, logger: Logger): void {
  const { accountId, partitionId, recordId: callId, callingNumber: callerNumber, callingName: callerName } = event
  const { callbackNumber, callingLineId: lineId, location, atMs } = event
  logger.warn('emergency call', { accountId, partitionId })
  const triggerType = event.service === '911' ? 'EMERGENCY_CALL' : 'EMERGENCY_TEST_CALL'
  reportEmergencyCall(plane.context, { accountId, partitionId, callId, triggerType, callerNumber, callerName, callbackNumber, lineId, location, atMs }).then(
    () => plane.context.dueWork.runNow(),
    (error: unknown) => logger.error('the contacts for an emergency call could not be told yet', { accountId, error: String(error) }),
  )
}

function tellCarrierChange(plane: ControlPlane, event: CarrierChange, logger: Logger): void {
  const { carrierId, name, health, reason } = event
  logger.warn(health === 'up' ? 'a carrier is back' : 'a carrier is passed over', { carrierId, name, health, reason })
  reportCarrierChange(plane.context, event).catch((error: unknown) =>
    logger.error('a tenant could not be told of its carrier', { carrierId, error: String(error) }),
  )
}

/** Parts that others refer to before they exist: each is read when it is used, never at wiring time. */
interface LateParts {
  sipPort: number
  sipTlsPort?: number
  isListening?: boolean
  isStarted?: boolean
  plane?: ControlPlane
  callPlane: CallPlane | undefined
  sandbox: Sandbox | undefined
}

async function composeControlPlane(
  config: Config,
  database: Database,
  logger: Logger,
  clock: AdvancingClock,
  { late, files, sideThreads }: { readonly late: LateParts; readonly files: FileStore; readonly sideThreads: SideThreads },
): Promise<ControlPlane> {
  return createControlPlane({
    database,
    clock,
    timers: systemTimers,
    logger,
    sealer: await openSealer(config, (sealer) => proveSealer(database, sealer)),
    files,
    readFax: (document) => sideThreads.documents.ask('faxPageCount', document),
    settings: {
      environment: config.environment,
      sipDomain: config.sip.domain,
      sipServer: () => ({ host: config.publicAddress, port: late.sipPort, tlsPort: late.sipTlsPort }),
      tokenIdleSeconds: EIGHT_HOURS_SECONDS,
      rateLimitPerSecond: config.rateLimit,
      sandbox: config.sandbox,
      compatibility: {
        authorizeCreated: config.compatibility.includes('authorizeCreated'),
        loginInvalid400: config.compatibility.includes('loginInvalid400'),
        notPermitted400: config.compatibility.includes('notPermitted400'),
      },
    },
    registrations: {
      isRegistered: (lineId) => late.callPlane?.isRegistered(lineId) ?? false,
      bindingsOf: (lineId) => late.callPlane?.bindingsOf(lineId) ?? [],
      linesAt: (domain) => late.callPlane?.linesAt(domain) ?? [],
      dropBindings: async (lineId, from) => late.callPlane?.dropBindings(lineId, from),
    },
    calls: lateCalls(() => late.callPlane?.calls),
    replicas: { show: async (change) => late.callPlane?.show(change) },
    connectionLimits: config.http,
    resolveHost: createHostResolver({ hasIpv6: config.publicAddressIpv6 !== undefined }),
    domainNames: createDomainNames(config.nameServers),
    furtherOperations: config.sandbox ? sandboxOperations(sandboxPort(() => late.sandbox, clock)) : [],
    subscribers: [
      joinMessageLamps(() => (late.plane === undefined || late.callPlane === undefined ? undefined : { plane: late.plane, lamps: late.callPlane })),
    ],
    messageCarriers: {
      ...(config.smtp === undefined ? {} : { email: smtpCarrier(config.smtp) }),
      ...(config.smsWebhook === undefined ? {} : { sms: smsWebhookCarrier(config.smsWebhook) }),
    },
  })
}
