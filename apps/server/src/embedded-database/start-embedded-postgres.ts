import { err, ok, type Logger, type Result } from '@dialtone/foundation'
import { lockDirectory } from '../processes/directory-lock.ts'
import { startMarkOf } from '../processes/process-facts.ts'
import { adoptPostmaster } from './adopt-postmaster.ts'
import { prepareHome, type DatabaseHome } from './database-home.ts'
import { databaseUrl, ensureDatabase } from './database-sessions.ts'
import { initializeCluster } from './initialize-cluster.ts'
import { startPostmaster, stopPostmaster } from './postmaster.ts'

export interface EmbeddedPostgresOptions {
  /** The data directory of the server; the database lives in its folder `postgres`. */
  readonly dataDir: string
  readonly logger: Logger
  /** Told once when the database server ends without being asked to. */
  readonly onUnexpectedExit?: () => void
}

export interface EmbeddedPostgres {
  /** For `pg` and libpq: a unix socket that only its owner reaches. */
  readonly url: string
  /** Whether the server was running already, left behind by a run that was killed. */
  readonly adopted: boolean
  /** Ends every session and the server. Safe to call twice. */
  stop(): Promise<void>
}

export interface EmbeddedDatabaseFailure {
  /** One sentence for the operator. */
  readonly message: string
}

const WATCH_MS = 1000

/**
 * Starts the PostgreSQL that npm brought on `dataDir`, making its files on the first start. Everything it acknowledges survives
 * a crash of this program, of the database and of the machine (fsync is on). A second start on the same directory is refused.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<Result<EmbeddedPostgres, EmbeddedDatabaseFailure>> {
  try {
    const home = prepareHome(options.dataDir)
    if (!home.ok) return home
    const lock = lockDirectory(home.value.home)
    if (!lock.ok) return lock
    const started = await startOn(home.value, options, () => lock.value.release())
    if (!started.ok) lock.value.release()
    return started
  } catch (error) {
    // Files we may not write, a disk that is full: the operator's to solve, like every other failure here.
    return err({ message: `The embedded database in ${options.dataDir} could not be started: ${error instanceof Error ? error.message : String(error)}` })
  }
}

async function startOn(at: DatabaseHome, options: EmbeddedPostgresOptions, release: () => void): Promise<Result<EmbeddedPostgres, EmbeddedDatabaseFailure>> {
  const initialized = await initializeCluster(at)
  if (!initialized.ok) return initialized
  const adopted = await adoptPostmaster(at, options.logger)
  if (!adopted.ok) return adopted
  const processId = adopted.value === undefined ? await startNew(at) : ok(adopted.value)
  if (!processId.ok) return processId
  const database = await ensureDatabase(at.socketDirectory)
  if (!database.ok) {
    await stopPostmaster(processId.value)
    return err({ message: `The embedded database started but does not answer: ${database.error.message}` })
  }
  options.logger.info('embedded database ready', { processId: processId.value, adopted: adopted.value !== undefined, created: initialized.value.created })
  return ok({ url: databaseUrl(at.socketDirectory), adopted: adopted.value !== undefined, stop: stopOnce(processId.value, options, release) })
}

async function startNew(at: DatabaseHome): Promise<Result<number, EmbeddedDatabaseFailure>> {
  const child = await startPostmaster(at)
  if (!child.ok) return child
  return child.value.pid === undefined ? err({ message: 'PostgreSQL has no process id.' }) : ok(child.value.pid)
}

/** Also watches the server: an adopted one is no child of ours, so nothing tells us when it ends. */
function stopOnce(processId: number, { logger, onUnexpectedExit }: EmbeddedPostgresOptions, release: () => void): () => Promise<void> {
  // The id alone may belong to a stranger once the server has ended.
  const startMark = startMarkOf(processId)
  const runs = (): boolean => startMark !== undefined && startMarkOf(processId) === startMark
  const watch = setInterval(() => {
    if (runs()) return
    clearInterval(watch)
    logger.error('the embedded database server ended unexpectedly', { processId })
    onUnexpectedExit?.()
  }, WATCH_MS)
  watch.unref()
  let stopped: Promise<void> | undefined
  return () => {
    clearInterval(watch)
    stopped ??= (runs() ? stopPostmaster(processId) : Promise.resolve(true)).then((gone) => {
      if (!gone) logger.error('the embedded database server does not end', { processId })
      release()
    })
    return stopped
  }
}
