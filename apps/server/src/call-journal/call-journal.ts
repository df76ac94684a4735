import { mkdir } from 'node:fs/promises'
import { systemTimers, type Clock, type Logger, type Timer, type Timers } from '@dialtone/foundation'
import type { CallRecord, CallRecordSink, CheckpointedRecord, LeftLeg } from '@dialtone/softswitch'
import { type DirectoryLock, lockDirectory } from '../processes/directory-lock.ts'
import { closeAbandonedRecord } from './close-abandoned-record.ts'
import { formatLine, LONGEST_LINE_BYTES, type JournalLine, type JournalPosition } from './journal-line.ts'
import { JournalWriter } from './journal-writer.ts'
import { RecordDelivery } from './record-delivery.ts'
import { recoverJournal, type RecoveredJournal } from './recover-journal.ts'
import { deleteSegment, keepDamagedSegment, listSegments } from './segment-files.ts'
import { wait } from './wait.ts'

export interface CallJournalOptions {
  /** Made when it does not exist. One journal at a time uses it. */
  readonly directory: string
  /** The clock call records carry. */
  readonly clock: Clock
  readonly logger: Logger
  /** Stores records. May be given the same record again, with the same id: it must then do nothing. Rejects while it cannot store. */
  readonly deliver: (records: readonly CallRecord[]) => Promise<void>
  /** How often a sign of life is written while calls go on: an abandoned call is closed at the last one. */
  readonly heartbeatMs: number
  readonly timers?: Timers
  readonly limits?: Partial<{ readonly maxPendingBytes: number; readonly segmentBytes: number }>
}

export interface CallJournalStatistics {
  readonly openCalls: number
  /** Closed records the database does not have yet. */
  readonly undelivered: number
  /** Bytes on their way to the disk. */
  readonly pendingBytes: number
  /** Lines that were not journaled because the disk did not keep up. */
  readonly refused: number
}

const DEFAULT_LIMITS = { maxPendingBytes: 32 * 1024 * 1024, segmentBytes: 8 * 1024 * 1024 }
/** A checkpoint may be lost, a closed record is money: checkpoints leave half of the room to those. */
const CHECKPOINT_SHARE = 0.5
const STOP_DELIVERY_LIMIT_MS = 5000
/** For a delivery that was on its way when time was up. */
const STOP_GRACE_MS = 1000

/**
 * Takes the records of calls and brings each to the database at least once, whatever dies in between (S0-52). Neither
 * `checkpoint` nor `close` waits for the disk; both are on it a few milliseconds later.
 */
export class CallJournal implements CallRecordSink {
  readonly #options: CallJournalOptions
  readonly #timers: Timers
  readonly #writer: JournalWriter
  readonly #delivery: RecordDelivery
  readonly #release: () => void
  /** Of calls that went on when the last run died in this directory: their parties were told nothing. */
  readonly leftLegs: readonly LeftLeg[]
  readonly #open = new Map<string, CheckpointedRecord>()
  #heartbeat: Timer | undefined
  #undelivered: number
  #refused = 0
  #stopped = false
  #stopping: Promise<void> | undefined

  constructor(options: CallJournalOptions, recovered: RecoveredJournal, lock: DirectoryLock) {
    const { directory, logger, timers = systemTimers } = options
    this.#options = options
    this.#timers = timers
    this.#release = () => lock.release()
    // In a copy of the directory the calls may be those of a server that goes on elsewhere.
    this.leftLegs = lock.isInherited ? recovered.open.flatMap(({ dialogs = [] }) => dialogs) : []
    this.#undelivered = recovered.undelivered
    this.#writer = new JournalWriter({
      directory,
      firstSegment: recovered.lastSegment + 1,
      timers,
      logger,
      ...DEFAULT_LIMITS,
      ...options.limits,
      carryOver: () => [...this.#open.values()].map((record) => this.#format({ kind: 'checkpoint', atMs: options.clock.nowMs(), record }) ?? ''),
      onDurable: () => this.#delivery.wake(),
    })
    this.#delivery = new RecordDelivery({
      directory,
      from: recovered.deliverFrom,
      end: () => this.#writer.durable,
      deliver: options.deliver,
      onProgress: (before, count) => this.#progressed(before, count),
      timers,
      logger,
    })
    this.#closeAbandoned(recovered)
    this.#beat()
  }

  get statistics(): CallJournalStatistics {
    return { openCalls: this.#open.size, undelivered: this.#undelivered, pendingBytes: this.#writer.pendingBytes, refused: this.#refused }
  }

  checkpoint(record: CheckpointedRecord): void {
    this.#open.set(record.id, record)
    this.#append({ kind: 'checkpoint', atMs: this.#options.clock.nowMs(), record }, CHECKPOINT_SHARE)
  }

  close(record: CallRecord): void {
    this.#open.delete(record.id)
    if (this.#append({ kind: 'close', atMs: this.#options.clock.nowMs(), record })) this.#undelivered++
  }

  /** Resolves when everything given so far is on the disk. */
  flushed(): Promise<void> {
    return this.#writer.flushed()
  }

  /** Resolves when everything closed so far is in the database. */
  async delivered(): Promise<void> {
    await this.#writer.flushed()
    await this.#delivery.idle()
  }

  /** Writes and delivers what waits; what the database does not take in time is delivered by the next start. */
  stop(options: { readonly deliverWithinMs?: number } = {}): Promise<void> {
    this.#stopping ??= this.#stop(options.deliverWithinMs ?? STOP_DELIVERY_LIMIT_MS)
    return this.#stopping
  }

  async #stop(deliverWithinMs: number): Promise<void> {
    this.#heartbeat?.cancel()
    await this.#within(deliverWithinMs, this.delivered())
    await this.#within(STOP_GRACE_MS, this.#delivery.stop())
    await this.#writer.stop()
    const leftover = this.#undelivered > 0 || this.#open.size > 0 || this.#writer.pendingBytes > 0
    this.#stopped = true
    if (!leftover) await this.#deleteSegmentsBefore(Infinity)
    this.#release()
  }

  /** What went on when the last run died is closed, at the time it was last alive, in lines that repeat that time. */
  #closeAbandoned({ open, lastSignOfLifeMs, lastSegment }: RecoveredJournal): void {
    for (const record of open)
      if (this.#append({ kind: 'close', atMs: lastSignOfLifeMs, record: closeAbandonedRecord(record, lastSignOfLifeMs) })) this.#undelivered++
    // Otherwise the writer wakes delivery when these are durable: not before may the segments that mention them go.
    if (open.length === 0 && lastSegment > 0) this.#delivery.wake()
  }

  #append(line: JournalLine, share?: number): boolean {
    const text = this.#format(line)
    if (text !== undefined && this.#writer.append(text, share)) return true
    this.#refused++
    // A disk that does not keep up would otherwise drown in what is said about it: every lost record, of the rest fewer and fewer.
    if (line.kind === 'close' || Number.isInteger(Math.log2(this.#refused)))
      this.#options.logger.error('a line of the call journal was not taken', {
        kind: line.kind,
        ...('record' in line ? { callRecordId: line.record.id, accountId: line.record.accountId, startedAtMs: line.record.startedAtMs } : {}),
        refused: this.#refused,
        pendingBytes: this.#writer.pendingBytes,
      })
    return false
  }

  /** A record that cannot be written whole is written without its media report. */
  #format(line: JournalLine): string | undefined {
    try {
      const text = formatLine(line)
      if (Buffer.byteLength(text) <= LONGEST_LINE_BYTES) return text
      if ('record' in line && line.record.mediaReport !== undefined) return this.#format({ ...line, record: { ...line.record, mediaReport: undefined } })
    } catch (error) {
      this.#options.logger.error('a call record cannot be written as JSON', { error })
    }
    return undefined
  }

  #beat(): void {
    this.#heartbeat = this.#timers.start(this.#options.heartbeatMs, () => {
      if (this.#open.size > 0) this.#append({ kind: 'heartbeat', atMs: this.#options.clock.nowMs() }, CHECKPOINT_SHARE)
      this.#beat()
    })
  }

  async #within(limitMs: number, work: Promise<void>): Promise<void> {
    const done = new AbortController()
    await Promise.race([work, wait(this.#timers, limitMs, done.signal)])
    done.abort()
  }

  async #progressed(before: JournalPosition, count: number): Promise<void> {
    if (this.#stopped) return
    this.#undelivered -= count
    if (count > 0) this.#append({ kind: 'delivered', atMs: this.#options.clock.nowMs(), before }, CHECKPOINT_SHARE)
    await this.#deleteSegmentsBefore(before.segment)
  }

  async #deleteSegmentsBefore(segment: number): Promise<void> {
    const { directory } = this.#options
    for (const number of await listSegments(directory)) if (number < segment) await deleteSegment(directory, number)
  }
}

/** Opens the journal and takes up what an earlier run left. @throws when the directory cannot be used: one sentence says why. */
export async function openCallJournal(options: CallJournalOptions): Promise<CallJournal> {
  await mkdir(options.directory, { recursive: true, mode: 0o700 })
  const lock = lockDirectory(options.directory)
  if (!lock.ok) throw new Error(lock.error.message)
  try {
    const recovered = await recoverJournal(options.directory)
    const { open, undelivered, tornLines, damagedSegments } = recovered
    for (const segment of damagedSegments)
      options.logger.error('lines of the call journal are damaged: records may be missing; the segment was kept', {
        file: await keepDamagedSegment(options.directory, segment),
      })
    if (open.length > 0 || undelivered > 0)
      options.logger.warn('taking up the call journal of an earlier run', { abandonedCalls: open.length, undelivered, tornLines })
    return new CallJournal(options, recovered, lock.value)
  } catch (error) {
    lock.value.release()
    throw error
  }
}
