import { newId, type Logger } from '@dialtone/foundation'
import type { Insertable } from 'kysely'
import type { Database, DeviceConfigurationTable, Transaction } from '../database/index.ts'
import type { DeviceRow } from '../devices/index.ts'
import type { Verdict } from './verdict.ts'

/** One request for a file, with what came of it. */
export interface FileRequestRecord {
  readonly atMs: number
  readonly method: string
  readonly fileName: string
  readonly macAddress: string | undefined
  readonly httpStatus: number
  readonly verdict: Verdict
  readonly authentication: string | undefined
  readonly ipAddress: string
  readonly userAgent: string
}

/** What a device has from now on. */
export interface Fetched {
  readonly digest: string | undefined
  readonly firmwareVersion: string | undefined
}

interface Entry {
  readonly device: DeviceRow
  readonly record: FileRequestRecord
  readonly fetched: Fetched | undefined
  readonly isWritten: () => void
}

/** More are not kept while the database is slow: it is said how many were lost. */
const MAX_WAITING = 20_000
const BATCH_ROWS = 500
const KEPT_A_DEVICE = 100
/** Looked for what is too old only after so many of a device: after a power cut each comes with a handful. */
const PRUNED_EVERY = 25
const MAX_COUNTED = 50_000
const MAX_STRAYS = 1_000

/**
 * Writes requests behind the answers, many at a time, so that ten thousand phones after a power cut cost few writes. Requests of addresses
 * nobody has entered are kept in memory, the last ones only.
 */
export class RequestLog {
  readonly #o: { readonly database: Database; readonly logger: Logger }
  readonly #strays: FileRequestRecord[] = []
  /** Of each device, how many were written since it was pruned. */
  readonly #unpruned = new Map<string, number>()
  #waiting: Entry[] = []
  #writing: Promise<void> | undefined
  #lost = 0

  constructor(o: { readonly database: Database; readonly logger: Logger }) {
    this.#o = o
  }

  /** @returns when this entry is written, or given up: others go on adding theirs meanwhile. Never rejects. */
  add(device: DeviceRow, record: FileRequestRecord, fetched?: Fetched): Promise<void> {
    if (this.#waiting.length >= MAX_WAITING) {
      this.#lost++
      return Promise.resolve()
    }
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting.push({ device, record, fetched, isWritten: resolve })
    this.#writing ??= this.#write()
    return promise
  }

  addStray(record: FileRequestRecord): void {
    this.#strays.push(record)
    if (this.#strays.length > MAX_STRAYS) this.#strays.shift()
  }

  straysOf(macAddress: string): readonly FileRequestRecord[] {
    return this.#strays.filter((record) => record.macAddress === macAddress).toReversed()
  }

  /** Resolves when everything that was added is written, or given up. Never rejects. */
  async settled(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing
  }

  async #write(): Promise<void> {
    // What else is added in this turn goes with it.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH_ROWS)
      try {
        await this.#store(batch)
      } catch (error) {
        this.#o.logger.warn('requests of phones for their configuration were not written down', { requests: batch.length, error: String(error) })
      }
      for (const { isWritten } of batch) isWritten()
    }
    if (this.#lost > 0) this.#o.logger.warn('requests of phones came faster than they could be written down', { lost: this.#lost })
    this.#lost = 0
    this.#writing = undefined
  }

  async #store(batch: readonly Entry[]): Promise<void> {
    await this.#o.database.sql.transaction().execute(async (sql) => {
      const ids = [...new Set(batch.map(({ device }) => device.id))]
      const living = new Set((await sql.selectFrom('device').select('id').where('id', 'in', ids).orderBy('id').forKeyShare().execute()).map((row) => row.id))
      const entries = batch.filter(({ device }) => living.has(device.id))
      if (entries.length === 0) return
      await sql.insertInto('provisioning_request').values(entries.map(rowOf)).execute()
      await noteFetched(sql, entries)
      const due = this.#dueToPrune(entries)
      if (due.length > 0) await this.#prune(sql, due)
    })
  }

  #dueToPrune(entries: readonly Entry[]): readonly string[] {
    const due: string[] = []
    for (const [deviceId, own] of Map.groupBy(entries, ({ device }) => device.id)) {
      const written = (this.#unpruned.get(deviceId) ?? 0) + own.length
      this.#unpruned.delete(deviceId)
      if (written >= PRUNED_EVERY) due.push(deviceId)
      else this.#unpruned.set(deviceId, written)
    }
    // The one that was not seen for longest is counted anew when it comes again.
    while (this.#unpruned.size > MAX_COUNTED) this.#unpruned.delete(this.#unpruned.keys().next().value ?? '')
    return due
  }

  /** A phone that asks every minute for a file it cannot have fills nothing. */
  async #prune(sql: Transaction, deviceIds: readonly string[]): Promise<void> {
    await sql
      .deleteFrom('provisioning_request')
      .where('device_id', 'in', deviceIds)
      .where('id', 'in', (query) =>
        query
          .selectFrom((inner) =>
            inner
              .selectFrom('provisioning_request')
              .select([
                'id',
                (expression) =>
                  expression.fn
                    .agg<string>('row_number')
                    .over((over) => over.partitionBy('device_id').orderBy('requested_at', 'desc'))
                    .as('place'),
              ])
              .where('device_id', 'in', deviceIds)
              .as('ranked'),
          )
          .select('ranked.id')
          .where('ranked.place', '>', String(KEPT_A_DEVICE)),
      )
      .execute()
  }
}

/** What devices have from now on, of all in one statement; what a request said nothing of stays. */
async function noteFetched(sql: Transaction, entries: readonly Entry[]): Promise<void> {
  const rows = new Map<string, Insertable<DeviceConfigurationTable>>()
  for (const { device, record, fetched } of entries) {
    if (fetched === undefined) continue
    const digest = fetched.digest === undefined ? {} : { fetched_digest: fetched.digest, fetched_at: new Date(record.atMs) }
    const firmware = fetched.firmwareVersion === undefined ? {} : { firmware_version: fetched.firmwareVersion }
    const nothing = { fetched_digest: null, fetched_at: null, firmware_version: null }
    const place = { device_id: device.id, partition_id: device.partition_id, account_id: device.account_id, settings: '{}' }
    rows.set(device.id, { ...nothing, ...place, ...rows.get(device.id), ...digest, ...firmware, last_address: record.ipAddress })
  }
  if (rows.size === 0) return
  await sql
    .insertInto('device_configuration')
    .values([...rows.values()])
    .onConflict((conflict) =>
      conflict.column('device_id').doUpdateSet((row) => ({
        fetched_digest: row.fn.coalesce('excluded.fetched_digest', 'device_configuration.fetched_digest'),
        fetched_at: row.fn.coalesce('excluded.fetched_at', 'device_configuration.fetched_at'),
        firmware_version: row.fn.coalesce('excluded.firmware_version', 'device_configuration.firmware_version'),
        last_address: row.ref('excluded.last_address'),
      })),
    )
    .execute()
}

function rowOf({ device, record }: Entry) {
  return {
    id: newId(),
    partition_id: device.partition_id,
    account_id: device.account_id,
    device_id: device.id,
    requested_at: new Date(record.atMs),
    http_status: record.httpStatus,
    ip_address: record.ipAddress,
    user_agent: record.userAgent.slice(0, 256),
    method: record.method,
    file_name: record.fileName.slice(0, 128),
    verdict: record.verdict,
    authentication: record.authentication ?? null,
  }
}
