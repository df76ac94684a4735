import { type Logger, ok, type Result, systemTimers } from '@dialtone/foundation'
import { LITTLE_ROOM_BYTES, MEBIBYTE, prepareDataDirectory } from './data-directory.ts'
import { lockDirectory } from './directory-lock.ts'
import { DiskWatch } from './disk-watch.ts'

export interface HeldDirectory {
  /** How much room there is, as it was at the last look. */
  readonly freeBytes: number
  /** How much there is now. */
  measure(): Promise<number>
  release(): void
}

/** For this server alone, whatever database it has: the journal, recordings and keys in it are one server's. */
export function holdDataDirectory(directory: string, logger: Logger): Result<HeldDirectory, { readonly message: string }> {
  const prepared = prepareDataDirectory(directory)
  if (!prepared.ok) return prepared
  const { freeBytes } = prepared.value
  if (freeBytes < LITTLE_ROOM_BYTES) logger.warn('the disk of the data directory is nearly full', { directory, freeMiB: Math.floor(freeBytes / MEBIBYTE) })
  const lock = lockDirectory(directory)
  if (!lock.ok) return lock
  const watch = new DiskWatch(freeBytes, { directory, timers: systemTimers, logger })
  return ok({
    get freeBytes() {
      return watch.freeBytes
    },
    measure: () => watch.measure(),
    release() {
      watch.stop()
      lock.value.release()
    },
  })
}
