import { err, ok, type Result } from '@dialtone/foundation'
import { type Actor, actorOf, type PartitionScope, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type CsvProblem, readCsv, writeCsv } from '../csv/index.ts'
import type { Sql } from '../database/index.ts'
import { write } from '../events/index.ts'
import type { ApiFailure } from '../failures/index.ts'
import { stateAbbreviation } from '../reference-data/index.ts'

const HEADERS = ['RateCenter', 'State', 'MinimumStock', 'ReorderQuantity'] as const
const MAX_ROWS = 20_000
const MAX_COUNT = 1_000_000
const ROWS_A_STATEMENT = 1000

interface PlannedRateCenter {
  readonly rateCenter: string
  readonly state: string
  readonly minimumStock: number
  readonly reorderQuantity: number
}

/** How many numbers of which rate centers the partition wants to have in stock. */
export async function exportPlan(sql: Sql, scope: PartitionScope): Promise<string> {
  const rows = await sql
    .selectFrom('rate_center_plan')
    .selectAll()
    .where('partition_id', '=', scope.partitionId)
    .orderBy('state')
    .orderBy('rate_center')
    .limit(MAX_ROWS)
    .execute()
  return writeCsv(
    HEADERS,
    rows.map((row) => [row.rate_center, row.state, row.minimum_stock, row.reorder_quantity]),
  )
}

/** Replaces the plan by a file. @returns the lines that are wrong; with any, nothing has changed. */
export async function importPlan(context: Context, actor: Actor, scope: PartitionScope, file: string): Promise<Result<readonly CsvProblem[], ApiFailure>> {
  const read = await readPlan(file)
  if (!read.ok) return ok(read.error)
  return write(context, actor, async (change) => {
    const before = await change.sql.deleteFrom('rate_center_plan').where('partition_id', '=', scope.partitionId).returning('rate_center').execute()
    const rows = read.value.map((planned) => ({
      partition_id: scope.partitionId,
      rate_center: planned.rateCenter,
      state: planned.state,
      minimum_stock: planned.minimumStock,
      reorder_quantity: planned.reorderQuantity,
      updated_at: change.now,
    }))
    for (let first = 0; first < rows.length; first += ROWS_A_STATEMENT)
      await change.sql
        .insertInto('rate_center_plan')
        .values(rows.slice(first, first + ROWS_A_STATEMENT))
        .execute()
    change.emit({
      type: 'inventoryplan.changed',
      partitionId: scope.partitionId,
      accountId: undefined,
      data: { rateCenters: rows.length },
      history: {
        type: 'TN_INVENTORY',
        action: 'UPDATE',
        oldValue: { rateCenters: before.length },
        newValue: { rateCenters: rows.length },
        referenceType: 'INVENTORY_PLAN',
        referenceId: scope.partitionId,
        referenceName: 'Inventory plan',
      },
    })
    return ok([])
  })
}

export function importPlanFor(context: Context, principal: Principal, scope: PartitionScope, file: string) {
  return importPlan(context, actorOf(principal), scope, file)
}

async function readPlan(file: string): Promise<Result<readonly PlannedRateCenter[], readonly CsvProblem[]>> {
  const read = await readCsv(file, HEADERS, MAX_ROWS)
  if (!read.ok) return err([read.error])
  const problems: CsvProblem[] = []
  const planned = new Map<string, PlannedRateCenter>()
  for (const { cells, lineNumber, input } of read.value) {
    const rateCenter = (cells['RateCenter'] ?? '').trim().toUpperCase()
    const state = stateAbbreviation(cells['State'] ?? '')
    const [minimumStock, reorderQuantity] = [countOf(cells['MinimumStock']), countOf(cells['ReorderQuantity'])]
    const refuse = (column: string): void => void problems.push({ lineNumber, column, error: `Invalid${column}`, input })
    if (rateCenter === '' || rateCenter.length > 64) refuse('RateCenter')
    else if (state === undefined) refuse('State')
    else if (minimumStock === undefined) refuse('MinimumStock')
    else if (reorderQuantity === undefined) refuse('ReorderQuantity')
    else planned.set(`${state} ${rateCenter}`, { rateCenter, state, minimumStock, reorderQuantity })
  }
  return problems.length > 0 ? err(problems) : ok([...planned.values()])
}

function countOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,7}$/.test(text) && Number(text) <= MAX_COUNT ? Number(text) : undefined
}
