import { readFile } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import {
  ensureDemoAccount,
  fillInventory,
  firstStart,
  isOperatorPassword,
  lazyPlaceTables,
  openDatabase,
  type Database,
  type FirstStart,
  sandboxInventory,
  UnusableDatabase,
} from '@dialtone/control-plane'
import { err, ok, type Result, systemClock, systemTimers } from '@dialtone/foundation'
import { announce, keepFirstPassword, type Listening } from './announce.ts'
import { openCertificate, type TlsIdentity } from './certificate/index.ts'
import { compose, type Platform } from './compose.ts'
import { ALL_ROLES, type Config } from './configuration/index.ts'
import { startEmbeddedPostgres } from './embedded-database/index.ts'
import { readFirstRunFile } from './first-run.ts'
import { SANDBOX_PSTN_CARRIER_ID } from './platform-parts.ts'
import { adviceForFullDisk } from './processes/data-directory.ts'
import { holdDataDirectory } from './processes/hold-data-directory.ts'
import { fewOpenFiles } from './processes/open-files.ts'
import { serveHttps } from './serve-https.ts'
import { serveTftp } from './serve-tftp.ts'
import { serveSipOverWebSocket } from './serve-sip-over-web-socket.ts'
import { lightLamps } from './services/index.ts'
import type { RunningServer, StartOptions, StartServer } from './running-server.ts'

const LEFT_RECORDS_MS = 5_000
const FIRST_UNPRIVILEGED_PORT = 1_024

interface Failure {
  readonly message: string
}

/** Things to undo, last first, whether the start fails half-way or the server is stopped. */
type Undo = (() => Promise<void>)[]

/** Starts everything in the order the parts need each other: database, planes, media, SIP, HTTP. */
export const startServer: StartServer = async (options) => {
  const undo: Undo = []
  const started = await start(options, undo).catch((error: unknown): Result<RunningServer, Failure> => {
    options.logger.error('the start failed', { error: error instanceof Error ? error.stack : String(error) })
    const said = error instanceof Error ? error.message : String(error)
    return err({ message: `The server could not be started: ${adviceForFullDisk(said) ?? said}` })
  })
  if (!started.ok) await runAll(undo)
  return started
}

async function start(options: StartOptions, undo: Undo): Promise<Result<RunningServer, Failure>> {
  const { config, logger } = options
  const missing = config.roles.length < ALL_ROLES.length
  if (missing) return err({ message: 'This version runs all roles in one process: leave DIALTONE_ROLES out, or set it to all.' })
  for (const setting of settingsWithoutEffect(config)) logger.warn(`${setting} is set, but this version does not use it yet.`)
  const fewFiles = fewOpenFiles()
  if (fewFiles !== undefined) logger.warn(fewFiles)
  const disk = holdDataDirectory(config.dataDirectory, logger)
  if (!disk.ok) return disk
  undo.push(async () => disk.value.release())
  const certificate = await openCertificate(config, systemClock.nowMs(), logger)
  if (!certificate.ok) return certificate
  const [database] = await Promise.all([startDatabase(options, undo), readPlaces()])
  if (!database.ok) return database
  const first = await firstStart({
    database: database.value,
    now: new Date(systemClock.nowMs()),
    environment: config.environment,
    partitionId: config.partitionId,
    username: config.admin.username,
    password: config.admin.password,
  })
  let isAnnounced = false
  undo.push(async () => (isAnnounced ? undefined : keepFirstPassword(config, first)))
  const platform = await compose(config, database.value, { tls: certificate.value, disk: disk.value }, logger)
  undo.push(async () => void (await Promise.all(platform.sideThreads.map((thread) => thread.close()))))
  undo.push(() => platform.journal.stop())
  undo.push(() => platform.recordings.stop())
  undo.push(() => platform.faxes.stop())
  if (config.sandbox) await prepareSandbox(platform, database.value, first, undo)
  // What a start tells is there before anything listens: whoever finds the server ready finds the phones and the login too.
  const [phones, password] = await Promise.all([
    config.sandbox ? ensureDemoAccount(platform.plane.context, first.partitionId) : [],
    first.password ?? unchangedPassword(config, database.value, first.username),
    storeLeftRecords(platform, logger),
  ])
  const listening = await listen(config, platform, { undo, identity: certificate.value, logger })
  if (!listening.ok) return listening
  announce(options, { ...first, password }, listening.value, phones)
  isAnnounced = true
  platform.started()
  void setImmediate().then(() => platform.plane.describeInterface())
  return ok({ stop: () => runAll(undo) })
}

/** What calls before a crash used is taken off their plans before new ones are allowed; a database that takes long holds nobody up. */
async function storeLeftRecords({ journal }: Platform, logger: StartOptions['logger']): Promise<void> {
  const delivered = journal.delivered().then(() => true)
  const late = new Promise<false>((resolve) => systemTimers.start(LEFT_RECORDS_MS, () => resolve(false)))
  if (!(await Promise.race([delivered, late]))) logger.warn('records of calls of the last run are not stored yet')
}

/** While the database starts: whoever asked for a place first would hold up every call for a tenth of a second. */
async function readPlaces(): Promise<void> {
  const tables = lazyPlaceTables()
  await setImmediate()
  tables.exchanges()
  await setImmediate()
  tables.postalCodes()
}

/** Settings of the interface whose part is still to come: nobody should believe that they work. */
function settingsWithoutEffect(config: Config): readonly string[] {
  const given = { REDIS_URL: config.redisUrl, RTPENGINE_URL: config.rtpengineUrl }
  return Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name]))
}

async function startDatabase(options: StartOptions, undo: Undo): Promise<Result<Database, Failure>> {
  const { config, logger } = options
  const url = await databaseUrl(options, undo)
  if (!url.ok) return url
  try {
    const database = await openDatabase(url.value)
    undo.push(() => database.close())
    return ok(database)
  } catch (error) {
    logger.error('the database could not be opened', { error: String(error) })
    const advice = config.databaseUrl === undefined ? adviceForFullDisk(messageOf(error)) : undefined
    if (advice !== undefined) return err({ message: `The embedded database in ${config.dataDirectory} cannot be opened: ${advice}` })
    const named = config.databaseUrl === undefined ? 'the embedded database' : 'the database of DATABASE_URL'
    const hint = error instanceof UnusableDatabase ? '' : '. Check that it runs and that the user may create tables.'
    return err({ message: `Cannot open ${named}: ${messageOf(error)}${hint}` })
  }
}

/** An address with several families fails with as many errors, and says nothing itself. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join(', ')
  return error instanceof Error ? error.message : String(error)
}

async function databaseUrl({ config, logger }: StartOptions, undo: Undo): Promise<Result<string, Failure>> {
  if (config.databaseUrl !== undefined) return ok(config.databaseUrl)
  if (config.embeddedDatabase === 'pglite') return ok(`pglite:${config.dataDirectory}/pglite`)
  const embedded = await startEmbeddedPostgres({ dataDir: config.dataDirectory, logger })
  if (!embedded.ok) return embedded
  undo.push(() => embedded.value.stop())
  return ok(embedded.value.url)
}

async function prepareSandbox(platform: Platform, database: Database, first: FirstStart, undo: Undo): Promise<void> {
  const { sandbox } = platform
  if (sandbox !== undefined) undo.push(() => sandbox.stop())
  await fillInventory(database, {
    partitionId: first.partitionId,
    carrierId: SANDBOX_PSTN_CARRIER_ID,
    now: new Date(systemClock.nowMs()),
    numbers: sandboxInventory(),
  })
}

interface ListenOptions {
  readonly undo: Undo
  readonly identity: TlsIdentity
  readonly logger: StartOptions['logger']
}

async function listen(config: Config, platform: Platform, o: ListenOptions): Promise<Result<Listening, Failure>> {
  const { undo } = o
  const { callPlane } = platform
  const sip = await callPlane.start()
  if (!sip.ok) {
    // It may have started in part; and what is due would go on asking a database that is closed.
    await callPlane.stop(0)
    await platform.plane.stop()
    return err({ message: whySipCannotListen(config, sip.error.message) })
  }
  undo.push(async () => {
    // No new requests from here on. It ends when all connections of the port do, and those of browsers that are phones end with SIP.
    const http = platform.plane.stop()
    // Calls end before the stack that carries them, and their records before the database.
    await callPlane.stop(config.drainSeconds * 1000)
    await platform.flushCallPlane()
    await http
  })
  callPlane.hangUpLeft(platform.journal.leftLegs)
  platform.setSipPorts(sip.value.udpPort, sip.value.tlsPort)
  await lightLamps(platform.plane, callPlane)
  serveSipOverWebSocket(platform.plane.http.server, callPlane, platform.plane.connections)
  try {
    await platform.plane.http.listen({ host: config.http.host, port: config.http.port })
  } catch (error) {
    const { code } = error as { code?: string }
    const reason = code === 'EADDRINUSE' ? 'the port is in use' : code === 'EACCES' ? 'the port may not be opened by this user' : String(error)
    return err({
      message: `HTTP cannot listen on ${config.http.host}:${config.http.port}: ${reason}. Stop what uses the port, or set DIALTONE_HTTP_PORT to another one (0 picks a free one).`,
    })
  }
  const address = platform.plane.http.server.address()
  const httpPort = typeof address === 'object' && address !== null ? address.port : config.http.port
  const https = await listenHttps(config, platform, o)
  if (!https.ok) return https
  const tftp = await listenTftp(config, platform, o, httpPort)
  if (!tftp.ok) return tftp
  return ok({ httpPort, httpsPort: https.value, tftpPort: tftp.value, sipPort: sip.value.udpPort, sipTlsPort: sip.value.tlsPort })
}

/** @returns the port; undefined: nobody asked for it. */
async function listenHttps(
  config: Config,
  { plane, callPlane }: Platform,
  { undo, identity, logger }: ListenOptions,
): Promise<Result<number | undefined, Failure>> {
  const { https } = config
  if (https === undefined) return ok(undefined)
  const file = https.phoneAuthoritiesFile
  const phoneAuthorities = file === undefined ? undefined : await readFile(file, 'utf8').catch(() => undefined)
  if (file !== undefined && phoneAuthorities === undefined) return err({ message: `The file of DIALTONE_PHONE_CA, ${file}, cannot be read.` })
  const listening = await serveHttps((request, response) => plane.http.routing(request, response), {
    host: config.http.host,
    port: https.port,
    identity,
    identityOf: (name) => plane.view.certificateOf(name),
    phoneAuthorities,
    connections: plane.connections,
    logger,
  })
  if (!listening.ok)
    return err({
      message: `HTTPS cannot listen on ${config.http.host}:${https.port}: ${listening.error}. Set DIALTONE_HTTPS_PORT to another port (0 picks a free one).`,
    })
  const server = listening.value
  serveSipOverWebSocket(server, callPlane, plane.connections)
  undo.push(async () => {
    server.close()
    server.closeIdleConnections()
  })
  const address = server.address()
  return ok(typeof address === 'object' && address !== null ? address.port : https.port)
}

/** @returns the port; undefined: nobody asked for it. */
async function listenTftp(
  config: Config,
  { plane }: Platform,
  { undo, logger }: ListenOptions,
  httpPort: number,
): Promise<Result<number | undefined, Failure>> {
  if (config.tftp === undefined) return ok(undefined)
  const listening = await serveTftp(config, plane, { port: config.tftp.port, httpPort, logger })
  if (!listening.ok) {
    const hint = config.tftp.port < FIRST_UNPRIVILEGED_PORT ? ' Ports below 1024 need the capability CAP_NET_BIND_SERVICE.' : ''
    return err({ message: `TFTP cannot listen on ${config.http.host}:${config.tftp.port}: ${listening.error}. Set DIALTONE_TFTP_PORT to another port.${hint}` })
  }
  undo.push(() => listening.value.stop())
  return ok(listening.value.port)
}

/** @param reason begins with the transport, such as `TLS 0.0.0.0:5061: …` */
function whySipCannotListen(config: Config, reason: string): string {
  const [name, port] = reason.startsWith('TLS') ? ['DIALTONE_SIP_TLS_PORT', config.sip.tlsPort] : ['DIALTONE_SIP_PORT', config.sip.port]
  if (reason.startsWith('TLS: ')) return `SIP over TLS cannot be offered: ${reason} Check DIALTONE_TLS_CERT and DIALTONE_TLS_KEY.`
  return `SIP cannot listen on ${config.sip.host}:${port}: ${reason} Stop what uses the port, or set ${name} to another one (0 picks a free one).`
}

/** What the first start wrote down, as long as it still opens the door; a changed password is its owner's secret. */
async function unchangedPassword(config: Config, database: Database, username: string): Promise<string | undefined> {
  const written = readFirstRunFile(config.dataDirectory)?.password
  return written !== undefined && (await isOperatorPassword(database, username, written)) ? written : undefined
}

async function runAll(undo: Undo): Promise<void> {
  for (const step of undo.splice(0).toReversed()) await step().catch(() => undefined)
}
