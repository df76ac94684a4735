import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { freemem } from 'node:os'
import { join } from 'node:path'

const SHARED_MEMORY = '/dev/shm'
const PREFIX = 'dialtone-acceptance-'
/** Three files at a time with a server or two each, and what their databases log. */
const LEAST_FREE_BYTES = 8 * 1024 ** 3

/**
 * Where the servers of this run keep their data: in memory where the machine has room, so that no call waits for a slow disk.
 * A kill -9 loses nothing there either: what was written is the kernel's.
 * @param owner the file with the process id of the run; without one, and without room, the data lies beside it
 */
export function dataFolder(workFolder: string, owner: string): string {
  const folder = existsSync(owner) && hasRoom() ? join(SHARED_MEMORY, `${PREFIX}${readFileSync(owner, 'utf8')}`) : workFolder
  mkdirSync(folder, { recursive: true })
  return folder
}

/** Gives back the memory of runs that are over. */
export function removeDataFolders(isOver: (processId: number) => boolean): void {
  if (!existsSync(SHARED_MEMORY)) return
  const folders = readdirSync(SHARED_MEMORY).filter((name) => name.startsWith(PREFIX) && isOver(Number(name.slice(PREFIX.length))))
  for (const folder of folders) rmSync(join(SHARED_MEMORY, folder), { recursive: true, force: true })
}

function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(SHARED_MEMORY)
    return Math.min(bavail * bsize, freemem()) > LEAST_FREE_BYTES
  } catch {
    return false
  }
}
