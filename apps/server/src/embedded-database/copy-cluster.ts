import { chown, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Result } from '@dialtone/foundation'
import { copyTree, copyWhole } from '../processes/copy-tree.ts'
import { syncFolder } from '../processes/sync-folder.ts'
import { inSession } from './database-sessions.ts'

/** Their content is of a server that runs, or is made again (PostgreSQL manual 25.3.4.4). */
const EMPTY_FOLDERS = /^(pg_wal|pg_replslot|pg_dynshmem|pg_notify|pg_serial|pg_snapshots|pg_stat_tmp|pg_subtrans)\//
const LEFT_OUT = /(^|\/)(postmaster\.(pid|opts)|pg_internal\.init|pgsql_tmp[^/]*|backup_label(\.old)?|tablespace_map(\.old)?|backup_manifest)$/
/** Says which log the copy begins with: it is the last to be copied. */
const CONTROL_FILE = join('global', 'pg_control')
const LOG_SEGMENT = /^[0-9A-F]{24}$/

/**
 * Copies the files of the embedded database while it works (PostgreSQL manual 25.3.4, a base backup by the low-level functions), with the log
 * that makes them one again: the copy is started like any other, and begins as after a crash. Everything that was committed when this began
 * is in it, nothing of it by half.
 * @param cluster the data directory of the server that answers at `socketDirectory`
 * @returns how many bytes the copy has
 */
export function copyCluster(socketDirectory: string, cluster: string, to: string): Promise<Result<number, { readonly message: string }>> {
  return inSession(socketDirectory, async (client) => {
    // Until this session ends no log is removed that the copy needs, however long it takes.
    await client.query(`select pg_create_physical_replication_slot('dialtone_backup_' || pg_backend_pid(), true, true)`)
    const started = await client.query<{ readonly first: string }>(`select pg_walfile_name(pg_backup_start('dialtone', fast => true)) as first`)
    const first = started.rows[0]?.first ?? ''
    const leavesOut = (path: string): boolean => EMPTY_FOLDERS.test(path) || LEFT_OUT.test(path) || path === CONTROL_FILE
    const filesBytes = await copyTree({ from: cluster, to, leavesOut })
    const controlBytes = await copyWhole(join(cluster, CONTROL_FILE), join(to, CONTROL_FILE))
    const { rows } = await client.query<{ readonly label: string; readonly map: string; readonly last: string }>(
      'select labelfile as label, spcmapfile as map, pg_walfile_name(pg_current_wal_insert_lsn()) as last from pg_backup_stop(wait_for_archive => false)',
    )
    const { label = '', map = '', last = '' } = rows[0] ?? {}
    const logBytes = await copyLog(join(cluster, 'pg_wal'), join(to, 'pg_wal'), (name) => name >= first && name <= last)
    await writeLike(to, 'backup_label', label)
    if (map !== '') await writeLike(to, 'tablespace_map', map)
    for (const folder of ['.', 'global', 'pg_wal']) await syncFolder(join(to, folder))
    return filesBytes + controlBytes + logBytes
  })
}

async function copyLog(from: string, to: string, isNeeded: (name: string) => boolean): Promise<number> {
  const names = (await readdir(from)).filter((name) => (LOG_SEGMENT.test(name) && isNeeded(name)) || name.endsWith('.history'))
  let bytes = 0
  for (const name of names) bytes += await copyWhole(join(from, name), join(to, name))
  return bytes
}

/** A file beside the others, of the same owner. */
async function writeLike(folder: string, name: string, text: string): Promise<void> {
  const path = join(folder, name)
  await writeFile(path, text, { mode: 0o600, flush: true })
  const { uid, gid } = await stat(folder)
  if (process.getuid?.() === 0) await chown(path, uid, gid)
}
