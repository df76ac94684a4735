import { mkdtemp } from 'node:fs/promises'
import { statfsSync } from 'node:fs'
import { freemem, tmpdir } from 'node:os'
import { join } from 'node:path'

const SHARED_MEMORY = '/dev/shm'
/** What a whole test run writes, and as much again. */
const LEAST_FREE_BYTES = 4 * 1024 ** 3

/**
 * A new folder for what need not outlive the test run: in memory where the machine has room, for a database that waits for a slow
 * disk makes every test wait. Its owner removes it.
 */
export function makeFolderInMemory(prefix: string): Promise<string> {
  return mkdtemp(join(hasRoom() ? SHARED_MEMORY : tmpdir(), prefix))
}

function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(SHARED_MEMORY)
    return Math.min(bavail * bsize, freemem()) > LEAST_FREE_BYTES
  } catch {
    return false
  }
}
