import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger, Timers } from '@dialtone/foundation'
import type { CallRecord } from '@dialtone/softswitch'
import { readClosedRecords } from './closed-records.ts'
import { isBefore, type JournalPosition } from './journal-line.ts'
import { backOffMs, wait } from './wait.ts'

export interface RecordDeliveryOptions {
  readonly directory: string
  readonly from: JournalPosition
  /** How far the journal is durable. */
  readonly end: () => JournalPosition
  readonly deliver: (records: readonly CallRecord[]) => Promise<void>
  /** Every record before this place was delivered. */
  readonly onProgress: (before: JournalPosition, count: number) => Promise<void>
  readonly timers: Timers
  readonly logger: Logger
}

const BATCH = 200
const ATTEMPTS_AS_BATCH = 2
/** So many records refused one after the other look like a database that is away, not like records that are bad. */
const CONSECUTIVE_FAILURES = 20

/**
 * Carries closed records from the journal to the database, in order, at least once, for as long as it takes. It reads them
 * from the journal, not from memory: an outage of hours costs disk, nothing else.
 */
export class RecordDelivery {
  readonly #options: RecordDeliveryOptions
  readonly #stopping = new AbortController()
  /** Records after `#before` that are done with: stored on their own, or set aside. */
  readonly #settled = new Set<string>()
  #before: JournalPosition
  #running: Promise<void> | undefined

  constructor(options: RecordDeliveryOptions) {
    this.#options = options
    this.#before = options.from
  }

  /** There may be something to deliver. */
  wake(): void {
    this.#running ??= this.#drain().finally(() => {
      this.#running = undefined
      if (!this.#stopping.signal.aborted && isBefore(this.#before, this.#options.end())) this.wake()
    })
  }

  /** Resolves when nothing is left to deliver, or delivery was stopped. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.idle()
  }

  async #drain(): Promise<void> {
    let attempt = 0
    while (!this.#stopping.signal.aborted && isBefore(this.#before, this.#options.end())) {
      try {
        await this.#deliverNext(attempt)
        attempt = 0
      } catch (error) {
        attempt++
        this.#options.logger.warn('call records wait for the database', { attempt, error })
        await wait(this.#options.timers, backOffMs(attempt), this.#stopping.signal)
      }
    }
  }

  async #deliverNext(attempt: number): Promise<void> {
    const { directory, end, deliver, onProgress } = this.#options
    const { records, next } = await readClosedRecords(directory, this.#before, end(), BATCH)
    const waiting = records.filter((record) => !this.#settled.has(record.id))
    if (attempt >= ATTEMPTS_AS_BATCH && waiting.length > 1) await this.#deliverSingly(waiting)
    else if (waiting.length > 0) await deliver(waiting)
    this.#settled.clear()
    this.#before = next
    await onProgress(next, records.length)
  }

  /**
   * One record the database will never take must not hold up all that come after it: it is set aside in a file when it was
   * refused, a record after it was taken, and it was refused once more.
   */
  async #deliverSingly(records: readonly CallRecord[]): Promise<void> {
    let refused: CallRecord[] = []
    let lastError: unknown
    for (const record of records) {
      try {
        await this.#options.deliver([record])
        this.#settled.add(record.id)
      } catch (error) {
        lastError = error
        refused.push(record)
        if (refused.length >= CONSECUTIVE_FAILURES) break
        continue
      }
      for (const earlier of refused) await this.#deliverOrSetAside(earlier)
      refused = []
    }
    if (records.some((record) => !this.#settled.has(record.id))) throw lastError
  }

  async #deliverOrSetAside(record: CallRecord): Promise<void> {
    try {
      await this.#options.deliver([record])
    } catch (error) {
      await appendDurably(join(this.#options.directory, 'set-aside.jsonl'), `${JSON.stringify(record)}\n`)
      this.#options.logger.error('the database refuses a call record; it was set aside in set-aside.jsonl', { callRecordId: record.id, error })
    }
    this.#settled.add(record.id)
  }
}

async function appendDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'a', 0o600)
  try {
    await file.write(text)
    await file.datasync()
  } finally {
    await file.close()
  }
}
