import { chownSync, mkdirSync, realpathSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { err, ok, type Result } from '@dialtone/foundation'
import { databaseIdentity, type DatabaseIdentity } from './database-identity.ts'
import { linkLibraries } from './link-libraries.ts'
import { locateBinaries, type PostgresBinaries } from './locate-binaries.ts'
import { makeSocketDirectory } from './socket-directory.ts'

/** Everything the database needs before it can be made or started. */
export interface DatabaseHome {
  readonly home: string
  /** PostgreSQL's own data directory. */
  readonly cluster: string
  readonly logFile: string
  readonly socketDirectory: string
  readonly binaries: PostgresBinaries
  readonly identity: DatabaseIdentity
  /** The whole environment of its processes. */
  readonly environment: Readonly<Record<string, string>>
}

/** Makes the folder of the database below the data directory. */
export function prepareHome(dataDirectory: string): Result<DatabaseHome, { readonly message: string }> {
  const binaries = locateBinaries()
  if (!binaries.ok) return binaries
  // 0711: the database's user passes through, and sees nothing of the rest.
  mkdirSync(dataDirectory, { recursive: true, mode: 0o711 })
  mkdirSync(join(dataDirectory, 'postgres'), { recursive: true, mode: 0o700 })
  const home = realpathSync(join(dataDirectory, 'postgres'))
  const identity = databaseIdentity(join(home, 'cluster'), binaries.value.postgres)
  if (!identity.ok) return identity
  const { owner } = identity.value
  if (owner !== undefined) chownSync(home, owner.uid, owner.gid)
  const cluster = join(home, 'cluster')
  const misowned = foreignOwner(cluster, owner?.uid ?? process.getuid?.())
  if (misowned !== undefined)
    return err({
      message: `The database in ${cluster} belongs to user ${misowned}; start Dialtone as the user that made it, or give it to the present one with chown.`,
    })
  const socketDirectory = makeSocketDirectory(home, owner)
  if (!socketDirectory.ok) return socketDirectory
  const libraries = join(home, 'lib')
  linkLibraries(binaries.value.native, libraries)
  return ok({
    home,
    cluster,
    logFile: join(home, 'postgres.log'),
    socketDirectory: socketDirectory.value,
    binaries: binaries.value,
    identity: identity.value,
    environment: { LD_LIBRARY_PATH: libraries, DYLD_LIBRARY_PATH: libraries, LC_ALL: 'C', TZ: 'UTC', HOME: dirname(cluster), PATH: '/usr/bin:/bin' },
  })
}

/** PostgreSQL insists on owning its files; its own message says so in words nobody connects with Dialtone. */
function foreignOwner(cluster: string, wanted: number | undefined): number | undefined {
  const owner = statSync(cluster, { throwIfNoEntry: false })?.uid
  return owner === undefined || wanted === undefined || owner === wanted ? undefined : owner
}
