import { existsSync, realpathSync } from 'node:fs'
import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { err, ok, type Result, silentLogger } from '@dialtone/foundation'
import { copyCluster, reachEmbeddedPostgres } from '../embedded-database/index.ts'
import { copyTree } from '../processes/copy-tree.ts'
import { syncFolder } from '../processes/sync-folder.ts'

interface Failure {
  /** One sentence for the operator. */
  readonly message: string
}

/** What is made again at every start, is of a server that runs, is half a file on its way to a bucket, or is copied in its own turn. */
const LEFT_OUT = /^(postgres|files|spool|first-run\.json)$|(^|\/)server\.lock[^/]*$/
const DATABASE_FOLDERS = join('postgres', 'cluster')
const FILES = 'files'

/**
 * Copies a data directory while the server works on it: what was acknowledged when this began is in the copy, and the copy can be started. Records and
 * recordings that wait for the database come before it, so that none falls between the two: what is in both is taken once. Files come behind it: what
 * it speaks of is there.
 * @param folder where the copy is to be; there is nothing yet, or an empty folder
 * @returns how many bytes it has
 */
export async function backUp(dataDirectory: string, folder: string): Promise<Result<{ readonly bytes: number }, Failure>> {
  const target = resolve(folder)
  const refusal = await refusalOf(dataDirectory, target)
  if (refusal !== undefined) return err({ message: refusal })
  const place = await reachEmbeddedPostgres(dataDirectory, silentLogger)
  if (!place.ok) return place
  const draft = `${target}.part`
  try {
    await rm(draft, { recursive: true, force: true })
    // 0711, as a data directory: the database's user passes through.
    await mkdir(draft, { recursive: true, mode: 0o711 })
    const waiting = await copyTree({ from: dataDirectory, to: draft, leavesOut: (path) => LEFT_OUT.test(path) })
    await mkdirLike(dataDirectory, draft, 'postgres')
    const database = await copyCluster(place.value.socketDirectory, place.value.cluster, join(draft, DATABASE_FOLDERS))
    if (!database.ok) return database
    const from = join(dataDirectory, FILES)
    const files = existsSync(from) ? await copyTree({ from, to: join(draft, FILES) }) : 0
    if (existsSync(target)) await rmdir(target)
    await rename(draft, target)
    await syncFolder(dirname(target))
    return ok({ bytes: waiting + database.value + files })
  } finally {
    await place.value.release()
    await rm(draft, { recursive: true, force: true })
  }
}

async function refusalOf(dataDirectory: string, target: string): Promise<string | undefined> {
  if (!existsSync(join(dataDirectory, DATABASE_FOLDERS))) return `There is no database in ${dataDirectory}: see DIALTONE_DATA_DIR.`
  if (!existsSync(dirname(target))) return `There is no folder ${dirname(target)}.`
  const from = relative(realpathSync(dataDirectory), join(realpathSync(dirname(target)), basename(target)))
  if (!from.startsWith('..')) return `${target} is inside the data directory: choose another place, best on another disk.`
  if (existsSync(target) && (await readdir(target)).length > 0) return `${target} is not empty: each copy needs a folder of its own.`
  return undefined
}

/** An empty folder with the mode and owner of the other. */
async function mkdirLike(from: string, to: string, name: string): Promise<void> {
  await copyTree({ from: join(from, name), to: join(to, name), leavesOut: () => true })
}
