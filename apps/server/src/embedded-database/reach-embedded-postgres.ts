import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { err, ok, type Logger, type Result } from '@dialtone/foundation'
import { isPostmasterOf } from './adopt-postmaster.ts'
import { prepareHome } from './database-home.ts'
import { databaseUrl } from './database-sessions.ts'
import { readPostmasterFile } from './postmaster-file.ts'
import { type EmbeddedDatabaseFailure, startEmbeddedPostgres } from './start-embedded-postgres.ts'

export interface ReachedPostgres {
  readonly url: string
  /** PostgreSQL's own data directory. */
  readonly cluster: string
  readonly socketDirectory: string
  /** Ends the database server when it was started for this; leaves one alone that was running. */
  release(): Promise<void>
}

/** The embedded database for a command beside the server: the one that runs, or one started for the moment. It makes none. */
export async function reachEmbeddedPostgres(dataDir: string, logger: Logger): Promise<Result<ReachedPostgres, EmbeddedDatabaseFailure>> {
  if (!existsSync(join(dataDir, 'postgres', 'cluster'))) return err({ message: `There is no database in ${dataDir}: see DIALTONE_DATA_DIR.` })
  const home = prepareHome(dataDir)
  if (!home.ok) return home
  const { cluster, socketDirectory } = home.value
  const place = { url: databaseUrl(socketDirectory), cluster, socketDirectory }
  const running = readPostmasterFile(cluster)
  if (running?.status === 'ready' && isPostmasterOf(cluster, running.processId)) return ok({ ...place, release: () => Promise.resolve() })
  const started = await startEmbeddedPostgres({ dataDir, logger })
  return started.ok ? ok({ ...place, release: () => started.value.stop() }) : started
}
