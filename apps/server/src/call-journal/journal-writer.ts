import type { FileHandle } from 'node:fs/promises'
import type { Logger, Timers } from '@dialtone/foundation'
import type { JournalPosition } from './journal-line.ts'
import { createSegment } from './segment-files.ts'
import { backOffMs, wait } from './wait.ts'

export interface JournalWriterOptions {
  readonly directory: string
  readonly firstSegment: number
  readonly timers: Timers
  readonly logger: Logger
  /** Lines that wait for the disk; more are refused. */
  readonly maxPendingBytes: number
  /** A segment is closed when so much was added to what it began with. */
  readonly segmentBytes: number
  /** What a new segment begins with, so that it can be understood without the ones before it. */
  readonly carryOver: () => readonly string[]
  /** Called after lines became durable. */
  readonly onDurable: () => void
}

/**
 * Writes lines in groups: while one group is on its way to the disk the next one collects, so that the cost of a sync is
 * shared by all calls that end in the meantime. Nothing here blocks; a disk that refuses is tried again.
 */
export class JournalWriter {
  readonly #options: JournalWriterOptions
  readonly #stopping = new AbortController()
  #pending: Buffer[] = []
  /** On its way to the disk; kept until it is there. */
  #group: Buffer | undefined
  #pendingBytes = 0
  #file: FileHandle | undefined
  #durable: JournalPosition
  #fullAt = 0
  #running: Promise<void> | undefined

  constructor(options: JournalWriterOptions) {
    this.#options = options
    this.#durable = { segment: options.firstSegment, offset: 0 }
  }

  /** Everything before this place is on the disk. */
  get durable(): JournalPosition {
    return this.#durable
  }

  get pendingBytes(): number {
    return this.#pendingBytes
  }

  /**
   * @param share of the room for waiting lines this kind of line may fill, 0 to 1.
   * @returns false when too much waits already, or after `stop`; the line was not taken.
   */
  append(line: string, share = 1): boolean {
    if (this.#stopping.signal.aborted) return false
    const bytes = Buffer.from(line)
    if (this.#pendingBytes + bytes.length > this.#options.maxPendingBytes * share) return false
    this.#pending.push(bytes)
    this.#pendingBytes += bytes.length
    this.#run()
    return true
  }

  /** Resolves when every line appended so far is on the disk, or was given up by `stop`. */
  async flushed(): Promise<void> {
    await this.#running
  }

  /** Writes what waits, without trying again when the disk refuses. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
    await this.#file?.close()
    this.#file = undefined
  }

  #run(): void {
    // Starts after the present turn, so that lines of one turn share a group.
    this.#running ??= Promise.resolve().then(() => this.#drain())
  }

  async #drain(): Promise<void> {
    let attempt = 0
    while (this.#group !== undefined || this.#pending.length > 0) {
      try {
        await this.#writeGroup()
        attempt = 0
        this.#options.onDurable()
      } catch (error) {
        attempt++
        this.#options.logger.error('the call journal cannot be written', { attempt, pendingBytes: this.#pendingBytes, error })
        if (this.#stopping.signal.aborted) break
        await wait(this.#options.timers, backOffMs(attempt), this.#stopping.signal)
      }
    }
    // In the same breath as the look at what waits: a line appended after it must find nobody running.
    this.#running = undefined
  }

  async #writeGroup(): Promise<void> {
    if (this.#file === undefined || this.#durable.offset >= this.#fullAt) await this.#openNextSegment()
    if (this.#group === undefined) {
      this.#group = Buffer.concat(this.#pending)
      this.#pending = []
    }
    await this.#writeDurably(this.#group)
    this.#pendingBytes -= this.#group.length
    this.#group = undefined
  }

  async #openNextSegment(): Promise<void> {
    const segment = this.#file === undefined ? this.#durable.segment : this.#durable.segment + 1
    const file = await createSegment(this.#options.directory, segment)
    const first = Buffer.from(this.#options.carryOver().join(''))
    try {
      await writeAll(file, first, 0)
      await file.datasync()
    } catch (error) {
      await file.close()
      throw error
    }
    await this.#file?.close()
    this.#file = file
    this.#durable = { segment, offset: first.length }
    this.#fullAt = first.length + this.#options.segmentBytes
  }

  /** Writes at the place where the durable part ends: what an earlier try left behind half written is overwritten. */
  async #writeDurably(bytes: Buffer): Promise<void> {
    const { segment, offset } = this.#durable
    if (this.#file === undefined) return
    await writeAll(this.#file, bytes, offset)
    await this.#file.datasync()
    this.#durable = { segment, offset: offset + bytes.length }
  }
}

async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  let written = 0
  while (written < bytes.length) written += (await file.write(bytes, written, bytes.length - written, position + written)).bytesWritten
}
