import { statfs } from 'node:fs/promises'
import type { Logger, Timer, Timers } from '@dialtone/foundation'
import { LITTLE_ROOM_BYTES, MEBIBYTE } from './data-directory.ts'

const EVERY_MS = 30_000

export interface DiskWatchNeeds {
  readonly directory: string
  readonly timers: Timers
  readonly logger: Logger
  /** How much room there is; left out: what the file system says. */
  readonly freeBytesOf?: (directory: string) => Promise<number>
}

/**
 * Looks how much room the data directory has. A full disk shows in many places, each with an error of its own (the database, the
 * journal, recordings); this says once what all of them have in common, and once that it is over.
 */
export class DiskWatch {
  readonly #needs: DiskWatchNeeds
  #freeBytes: number
  #isLow: boolean
  #timer: Timer | undefined
  #isStopped = false

  /** @param freeBytes what the start found, and told of */
  constructor(freeBytes: number, needs: DiskWatchNeeds) {
    this.#needs = needs
    this.#freeBytes = freeBytes
    this.#isLow = freeBytes < LITTLE_ROOM_BYTES
    this.#wait()
  }

  /** As it was at the last look. */
  get freeBytes(): number {
    return this.#freeBytes
  }

  /** As it is now, for whoever must not hear what was true half a minute ago. */
  async measure(): Promise<number> {
    await this.#take()
    return this.#freeBytes
  }

  stop(): void {
    this.#isStopped = true
    this.#timer?.cancel()
  }

  #wait(): void {
    if (!this.#isStopped) this.#timer = this.#needs.timers.start(EVERY_MS, () => void this.#look())
  }

  async #look(): Promise<void> {
    await this.#take()
    this.#wait()
  }

  async #take(): Promise<void> {
    const { directory, logger, freeBytesOf = freeBytesOfDisk } = this.#needs
    const found = await freeBytesOf(directory).catch(() => undefined)
    if (found === undefined || this.#isStopped) return
    this.#freeBytes = found
    const freeMiB = Math.floor(found / MEBIBYTE)
    const isLow = found < LITTLE_ROOM_BYTES
    if (isLow && !this.#isLow) logger.warn('the disk of the data directory is nearly full', { directory, freeMiB })
    if (!isLow && this.#isLow) logger.info('the disk of the data directory has room again', { directory, freeMiB })
    this.#isLow = isLow
  }
}

async function freeBytesOfDisk(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory)
  return bavail * bsize
}
