import { err, ok, type Result } from '@dialtone/foundation'
import { actorOf, type PartitionScope, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { csvLine, type CsvProblem, type CsvRow, readCsv } from '../csv/index.ts'
import type { Sql, Transaction } from '../database/index.ts'
import { normalizeMacAddress, stateOfDevices } from '../devices/index.ts'
import { type Write, write } from '../events/index.ts'
import { partitionLine } from '../partitions/index.ts'
import { deviceType } from '../reference-data/index.ts'

/** The columns of the published file; the last two are only written. */
const COLUMNS = ['MAC_ADDRESS', 'DEVICE_TYPE_ID', 'STATE', 'ACCOUNT_ID'] as const
const MAX_ROWS = 200_000
const BATCH_ROWS = 500

export type InventoryWork = 'import' | 'delete'

export interface InventoryRun {
  readonly problems: readonly CsvProblem[]
  readonly done: number
}

/** What of a file can be worked on: one row a MAC address. */
export async function readInventoryFile(text: string): Promise<{ readonly rows: readonly CsvRow[]; readonly problem: CsvProblem | undefined }> {
  const read = await readCsv(text, ['MAC_ADDRESS'], MAX_ROWS, 'kept')
  return read.ok ? { rows: read.value, problem: undefined } : { rows: [], problem: read.error }
}

/**
 * Takes MAC addresses into the inventory of a partition, or out of it, in batches that are safe to repeat (S0-98).
 * @param from rows already worked on by an earlier run.
 * @param saved runs inside each batch's transaction, which may begin again; `committed` after it.
 */
export async function workOnInventory(
  context: Context,
  principal: Principal,
  scope: PartitionScope,
  work: InventoryWork,
  rows: readonly CsvRow[],
  o: {
    readonly from: number
    readonly saved?: (change: Write, done: number, problems: readonly CsvProblem[]) => Promise<void>
    readonly committed?: (problems: readonly CsvProblem[]) => void
  },
): Promise<InventoryRun> {
  const problems: CsvProblem[] = []
  const repeated = work === 'import' ? repeatedLines(rows) : new Set<number>()
  for (let done = o.from; done < rows.length; done += BATCH_ROWS) {
    const batch = rows.slice(done, done + BATCH_ROWS)
    let found: CsvProblem[] = []
    await write(context, actorOf(principal), async (change) => {
      found = []
      let changed = 0
      for (const row of batch) {
        const error = repeated.has(row.lineNumber)
          ? { column: 'MAC_ADDRESS', code: 'DuplicateMACAddress' }
          : work === 'import'
            ? await addOne(change, scope, row)
            : await removeOne(change, scope, row)
        if (error === undefined) changed++
        else found.push({ lineNumber: row.lineNumber, column: error.column, error: error.code, input: row.input })
      }
      if (changed > 0) change.emit(inventoryChanged(scope, work, changed))
      await o.saved?.(change, done + batch.length, found)
      return ok(undefined)
    })
    problems.push(...found)
    o.committed?.(found)
  }
  return { problems, done: rows.length - problems.length }
}

/** Every MAC of the partition's inventory with where its device is in its life, in pieces. */
export async function* exportInventory(context: Context, scope: PartitionScope): AsyncIterable<string> {
  yield csvLine(COLUMNS)
  let after = ''
  for (;;) {
    const rows = await readPage(context.database.sql, scope, after)
    if (rows.length === 0) return
    const states = await stateOfDevices(context, scope, rows.map((row) => row.mac_address)) // prettier-ignore
    for (const row of rows) {
      const device = states.get(row.mac_address)
      yield csvLine([row.mac_address, row.device_type_id, device?.state ?? 'UNASSIGNED', device?.accountId])
    }
    after = rows.at(-1)?.mac_address ?? ''
  }
}

function readPage(sql: Sql, scope: PartitionScope, after: string) {
  return sql
    .selectFrom('device_inventory')
    .selectAll()
    .where('partition_id', '=', scope.partitionId)
    .where('mac_address', '>', after)
    .orderBy('mac_address')
    .limit(BATCH_ROWS)
    .execute()
}

interface RowError {
  readonly column: string
  readonly code: string
}

interface Entry {
  readonly macAddress: string
  readonly typeId: string | null
}

function entryOf(row: CsvRow): Result<Entry, RowError> {
  const macAddress = macAddressOf(row)
  if (!macAddress.ok) return macAddress
  const typeName = row.cells['DEVICE_TYPE_ID'] ?? ''
  const type = typeName === '' ? undefined : deviceType(typeName)
  if (typeName !== '' && type === undefined) return err({ column: 'DEVICE_TYPE_ID', code: 'InvalidDeviceTypeId' })
  return ok({ macAddress: macAddress.value, typeId: type?.id ?? null })
}

function macAddressOf(row: CsvRow): Result<string, RowError> {
  if (row.hasTooManyCells) return err({ column: '', code: 'TooManyCells' })
  const macAddress = normalizeMacAddress(row.cells['MAC_ADDRESS'] ?? '')
  return macAddress === undefined ? err({ column: 'MAC_ADDRESS', code: 'InvalidMacAddress' }) : ok(macAddress)
}

/** Lines with a MAC that stands further up already: the first one counts, in whatever batch the other one is. */
function repeatedLines(rows: readonly CsvRow[]): ReadonlySet<number> {
  const [seen, repeated] = [new Set<string>(), new Set<number>()]
  for (const row of rows) {
    const entry = entryOf(row)
    if (!entry.ok) continue
    if (seen.has(entry.value.macAddress)) repeated.add(row.lineNumber)
    seen.add(entry.value.macAddress)
  }
  return repeated
}

async function addOne(change: Write, scope: PartitionScope, row: CsvRow): Promise<RowError | undefined> {
  const entry = entryOf(row)
  if (!entry.ok) return entry.error
  const { macAddress, typeId } = entry.value
  // A MAC exists once: what is on an account of somebody else cannot lie in this store room.
  const device = await change.sql.selectFrom('device').select('partition_id').where('mac_address', '=', macAddress).executeTakeFirst()
  if (device !== undefined && !(await isBelow(change.sql, device.partition_id, scope))) return { column: 'MAC_ADDRESS', code: 'DuplicateMACAddress' }
  const stored = await change.sql
    .insertInto('device_inventory')
    .values({ mac_address: macAddress, partition_id: scope.partitionId, device_type_id: typeId, created_at: change.now })
    .onConflict((conflict) =>
      conflict
        .column('mac_address')
        .doUpdateSet((row_) => ({ device_type_id: row_.ref('excluded.device_type_id') }))
        .where('device_inventory.partition_id', '=', scope.partitionId),
    )
    .returning('mac_address')
    .executeTakeFirst()
  return stored === undefined ? { column: 'MAC_ADDRESS', code: 'DuplicateMACAddress' } : undefined
}

/** The partition itself, or one it holds: those use its inventory too. */
async function isBelow(sql: Transaction, partitionId: string, scope: PartitionScope): Promise<boolean> {
  return partitionId === scope.partitionId || (await partitionLine(sql, partitionId)).some((partition) => partition.id === scope.partitionId)
}

async function removeOne(change: Write, scope: PartitionScope, row: CsvRow): Promise<RowError | undefined> {
  const found = macAddressOf(row)
  if (!found.ok) return found.error
  const macAddress = found.value
  const held = await change.sql
    .selectFrom('device_inventory')
    .select('mac_address')
    .where('mac_address', '=', macAddress)
    .where('partition_id', '=', scope.partitionId)
    .forUpdate()
    .executeTakeFirst()
  if (held === undefined) return { column: 'MAC_ADDRESS', code: 'EntityNotFound' }
  const device = await change.sql.selectFrom('device').select('id').where('mac_address', '=', macAddress).executeTakeFirst()
  if (device !== undefined) return { column: 'MAC_ADDRESS', code: 'DeviceInUse' }
  await change.sql.deleteFrom('device_inventory').where('mac_address', '=', macAddress).where('partition_id', '=', scope.partitionId).execute()
  return undefined
}

function inventoryChanged(scope: PartitionScope, work: InventoryWork, count: number) {
  const type = work === 'import' ? 'deviceinventory.imported' : 'deviceinventory.deleted'
  return { type, partitionId: scope.partitionId, accountId: undefined, data: { count } }
}
