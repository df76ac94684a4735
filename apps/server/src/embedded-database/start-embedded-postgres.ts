import { err, ok, type Logger, type Result } from '@dialtone/foundation'
import { lockDirectory } from '../processes/directory-lock.ts'
import { adoptPostmaster } from './adopt-postmaster.ts'
import { complaintOf } from './complaint-of.ts'
import { prepareHome, type DatabaseHome } from './database-home.ts'
import { databaseUrl, ensureDatabase } from './database-sessions.ts'
import { initializeCluster } from './initialize-cluster.ts'
import { PostmasterKeeper } from './postmaster-keeper.ts'
import { startPostmaster, stopPostmaster } from './postmaster.ts'

export interface EmbeddedPostgresOptions {
  /** The data directory of the server; the database lives in its folder `postgres`. */
  readonly dataDir: string
  readonly logger: Logger
  /** Told when the database server ended without being asked to; it is started again. */
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
    return err({
      message: `The embedded database in ${options.dataDir} could not be started: ${complaintOf(error instanceof Error ? error.message : String(error))}`,
    })
  }
}

async function startOn(at: DatabaseHome, options: EmbeddedPostgresOptions, release: () => void): Promise<Result<EmbeddedPostgres, EmbeddedDatabaseFailure>> {
  const { logger, onUnexpectedExit } = options
  const initialized = await initializeCluster(at)
  if (!initialized.ok) return initialized
  const running = await run(at, logger)
  if (!running.ok) return running
  const { processId, adopted } = running.value
  logger.info('embedded database ready', { processId, adopted, created: initialized.value.created })
  const restart = async (): Promise<Result<number, EmbeddedDatabaseFailure>> => {
    const again = await run(at, logger)
    if (again.ok) logger.warn('the embedded database was started again', { processId: again.value.processId })
    return again.ok ? ok(again.value.processId) : again
  }
  const keeper = new PostmasterKeeper({ processId, logger, onUnexpectedExit, restart })
  const stop = async (): Promise<void> => {
    if (!(await keeper.stop())) logger.error('the embedded database server does not end')
    release()
  }
  let stopped: Promise<void> | undefined
  return ok({ url: databaseUrl(at.socketDirectory), adopted, stop: () => (stopped ??= stop()) })
}

/** Uses the server that runs already, or starts one; either way it has the database and answers. */
async function run(at: DatabaseHome, logger: Logger): Promise<Result<{ readonly processId: number; readonly adopted: boolean }, EmbeddedDatabaseFailure>> {
  const adopted = await adoptPostmaster(at, logger)
  if (!adopted.ok) return adopted
  const processId = adopted.value === undefined ? await startNew(at) : ok(adopted.value)
  if (!processId.ok) return processId
  const database = await ensureDatabase(at.socketDirectory)
  if (database.ok) return ok({ processId: processId.value, adopted: adopted.value !== undefined })
  await stopPostmaster(processId.value)
  return err({ message: `The embedded database started but does not answer: ${complaintOf(database.error.message)}` })
}

async function startNew(at: DatabaseHome): Promise<Result<number, EmbeddedDatabaseFailure>> {
  const child = await startPostmaster(at)
  if (!child.ok) return child
  return child.value.pid === undefined ? err({ message: 'PostgreSQL has no process id.' }) : ok(child.value.pid)
}
