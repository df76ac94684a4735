import { err, ok, type Result } from '@dialtone/foundation'
import { isNanp } from '@dialtone/numbering'
import { actorOf, type PartitionScope, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type CsvProblem, csvLine, readCsv, writeCsv } from '../csv/index.ts'
import type { Sql, Transaction } from '../database/index.ts'
import { write } from '../events/index.ts'
import type { ApiFailure } from '../failures/index.ts'

const HEADERS = ['FromPrefix', 'ToPrefix'] as const
const MAX_PREFIXES = 500_000
const ROWS_A_STATEMENT = 5000

/** Whether a call stays in the local calling area: the same exchange, or one the partition's table says is local from there. */
export async function isLocalCall(sql: Transaction, scope: PartitionScope, callingNumber: string, calledNumber: string): Promise<boolean> {
  if (!isNanp(callingNumber) || !isNanp(calledNumber)) return false
  const [from, to] = [callingNumber.slice(1, 7), calledNumber.slice(1, 7)]
  const row = await sql
    .selectFrom('local_prefix')
    .select('from_prefix')
    .where('partition_id', '=', scope.partitionId)
    .where('from_prefix', 'in', [from, from.slice(0, 3)])
    .where('to_prefix', 'in', [to, to.slice(0, 3)])
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

export async function exportLocalPrefixes(sql: Sql, scope: PartitionScope): Promise<string> {
  const rows = await sql
    .selectFrom('local_prefix')
    .select(['from_prefix', 'to_prefix'])
    .where('partition_id', '=', scope.partitionId)
    .orderBy('from_prefix')
    .orderBy('to_prefix')
    .limit(MAX_PREFIXES)
    .execute()
  return writeCsv(
    HEADERS,
    rows.map((row) => [row.from_prefix, row.to_prefix]),
  )
}

/** Replaces the table by a file: NPA or NPA-NXX on both sides. @returns the lines that are wrong; with any, nothing has changed. */
export async function importLocalPrefixes(
  context: Context,
  principal: Principal,
  scope: PartitionScope,
  file: string,
): Promise<Result<readonly CsvProblem[], ApiFailure>> {
  const read = await readPrefixes(file)
  if (!read.ok) return ok(read.error)
  return write(context, actorOf(principal), async (change) => {
    await change.sql.deleteFrom('local_prefix').where('partition_id', '=', scope.partitionId).execute()
    const rows = read.value.map(([from_prefix, to_prefix]) => ({ partition_id: scope.partitionId, from_prefix, to_prefix }))
    for (let first = 0; first < rows.length; first += ROWS_A_STATEMENT)
      await change.sql
        .insertInto('local_prefix')
        .values(rows.slice(first, first + ROWS_A_STATEMENT))
        .execute()
    change.emit({
      type: 'localprefixes.changed',
      partitionId: scope.partitionId,
      accountId: undefined,
      data: { prefixes: rows.length },
      history: {
        type: 'LOCAL_CALLING_PLANS',
        action: 'UPDATE',
        newValue: { prefixes: rows.length },
        referenceType: 'LocalCallingAreas',
        referenceId: scope.partitionId,
        referenceName: 'Local calling areas',
      },
    })
    return ok([])
  })
}

async function readPrefixes(file: string): Promise<Result<readonly (readonly [string, string])[], readonly CsvProblem[]>> {
  const read = await readCsv(file, HEADERS, MAX_PREFIXES)
  if (!read.ok) return err([read.error])
  const problems: CsvProblem[] = []
  const pairs = new Map<string, readonly [string, string]>()
  for (const { cells, lineNumber, input } of read.value) {
    const pair = [prefixOf(cells['FromPrefix'] ?? ''), prefixOf(cells['ToPrefix'] ?? '')] as const
    const [from, to] = pair
    if (from === undefined) problems.push({ lineNumber, column: 'FromPrefix', error: 'InvalidFromPrefix', input })
    else if (to === undefined) problems.push({ lineNumber, column: 'ToPrefix', error: 'InvalidToPrefix', input })
    else pairs.set(csvLine([from, to]), [from, to])
  }
  return problems.length > 0 ? err(problems) : ok([...pairs.values()])
}

/** NPA or NPA-NXX, with or without the leading 1 and dashes. */
function prefixOf(text: string): string | undefined {
  const digits = text.replaceAll(/[^0-9]/g, '').replace(/^1(?=\d{3}(\d{3})?$)/, '')
  return /^[2-9]\d\d([2-9]\d\d)?$/.test(digits) ? digits : undefined
}
