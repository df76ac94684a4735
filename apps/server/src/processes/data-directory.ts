import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { err, ok, type Result } from '@dialtone/foundation'

export const MEBIBYTE = 1024 * 1024
/** A database of its own grows by that much before anybody looks. */
export const LITTLE_ROOM_BYTES = 512 * MEBIBYTE

/** What the system says, in words that say what it means here. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  EEXIST: 'a file is in its place',
  ENOTDIR: 'a file is in its place',
  ENOENT: 'no folder can be made there',
}

/** ENOSPC and EDQUOT, as the C library, PostgreSQL and Node.js say them. */
const FULL_DISK = /no space left on device|disk quota exceeded|check free disk space|ENOSPC|EDQUOT/i

/** @returns what to do, when what was said means that the disk is full */
export function adviceForFullDisk(said: string): string | undefined {
  return FULL_DISK.test(said)
    ? `the disk is full: make room there, ${LITTLE_ROOM_BYTES / MEBIBYTE} MiB at least, or choose another DIALTONE_DATA_DIR.`
    : undefined
}

/**
 * Makes the data directory when there is none, and writes to it.
 * @returns how much room it has, or one sentence that says why it is of no use.
 */
export function prepareDataDirectory(directory: string): Result<{ readonly freeBytes: number }, { readonly message: string }> {
  try {
    makeFolders(resolve(directory))
    probe(directory)
    const { bavail, bsize } = statfsSync(directory)
    return ok({ freeBytes: bavail * bsize })
  } catch (error) {
    return err({ message: `${directory} cannot be written (${reasonOf(error)}): mend that, or choose another DIALTONE_DATA_DIR.` })
  }
}

/** One by one: the recursive mkdir of Node.js turns for ever where a folder that is there admits no others, as /proc does not. */
function makeFolders(directory: string): void {
  if (existsSync(join(directory, '.'))) return
  if (directory !== dirname(directory)) makeFolders(dirname(directory))
  try {
    // 0711: the database's user passes through, and sees nothing of the rest.
    mkdirSync(directory, { mode: 0o711 })
  } catch (error) {
    // Another start on it was faster.
    if (!existsSync(join(directory, '.'))) throw error
  }
}

/** Down to the disk: a full one tells so only then. */
function probe(directory: string): void {
  const path = join(directory, `.probe-${process.pid}`)
  const file = openSync(path, 'w', 0o600)
  try {
    writeSync(file, 'probe')
    fsyncSync(file)
  } finally {
    closeSync(file)
    rmSync(path, { force: true })
  }
}

function reasonOf(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException
  return REASONS[code] ?? message
}
