import { withoutSeparators } from '@dialtone/numbering'
import { type Selectable, sql as sqlText } from 'kysely'
import type { AccountScope } from '../access/index.ts'
import type { CallRecordTable, Sql } from '../database/index.ts'

export type CallRecordRow = Selectable<CallRecordTable>

export interface CallRecordSearch {
  /** Both ends inclusive. */
  readonly from: Date
  readonly to: Date
  readonly direction: 'INBOUND' | 'OUTBOUND' | undefined
  readonly flags: readonly string[] | undefined
  readonly categories: readonly string[] | undefined
  readonly dialedNumber: string | undefined
  readonly origNumber: string | undefined
  readonly termNumber: string | undefined
  readonly minCost: number | undefined
  readonly sort: 'COST' | 'CALL_LENGTH' | 'DATE'
  readonly descending: boolean
  readonly firstResultIndex: number
  readonly maxResult: number
}

const SORT_COLUMNS = { COST: 'cost', CALL_LENGTH: 'answered_seconds', DATE: 'started_at' } as const

/** The dispositions that a call flag of the interface stands for. */
export const DISPOSITIONS_OF_FLAG: Readonly<Record<string, readonly string[]>> = {
  ANSWERED: ['ANSWERED'],
  BUSY: ['BUSY'],
  MISSED: ['NO_ANSWER', 'CANCELLED', 'DECLINED', 'UNREGISTERED'],
  OTHER: ['UNKNOWN_NUMBER', 'FAILED', 'REJECTED'],
}

export async function searchCallRecords(sql: Sql, scope: AccountScope, search: CallRecordSearch): Promise<{ totalRecords: number; rows: CallRecordRow[] }> {
  const matching = matchingRecords(sql, scope, search)
  const { total } = await matching.select((row) => row.fn.countAll<string>().as('total')).executeTakeFirstOrThrow()
  const rows = await matching
    .selectAll()
    .orderBy(SORT_COLUMNS[search.sort], search.descending ? 'desc' : 'asc')
    .orderBy('id')
    .offset(search.firstResultIndex)
    .limit(search.maxResult)
    .execute()
  return { totalRecords: Number(total), rows }
}

/** What comes after a record of the same search: calls that end meanwhile neither repeat nor hide any. @param after undefined: from the first one */
export function callRecordsAfter(
  sql: Sql,
  scope: AccountScope,
  search: CallRecordSearch,
  { after, limit }: { readonly after: CallRecordRow | undefined; readonly limit: number },
): Promise<CallRecordRow[]> {
  const name = SORT_COLUMNS[search.sort]
  const column = sqlText.ref(name)
  const further = search.descending ? sqlText`<` : sqlText`>`
  let rows = matchingRecords(sql, scope, search).selectAll()
  if (after !== undefined) rows = rows.where(sqlText<boolean>`(${column} ${further} ${after[name]} OR (${column} = ${after[name]} AND id > ${after.id}))`)
  return rows
    .orderBy(name, search.descending ? 'desc' : 'asc')
    .orderBy('id')
    .limit(limit)
    .execute()
}

function matchingRecords(sql: Sql, scope: AccountScope, search: CallRecordSearch) {
  let matching = sql
    .selectFrom('call_record')
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .where('started_at', '>=', search.from)
    .where('started_at', '<=', search.to)
  // A call inside the account is an outgoing one of who called.
  if (search.direction !== undefined) matching = matching.where('direction', 'in', search.direction === 'INBOUND' ? ['INBOUND'] : ['OUTBOUND', 'INTERNAL'])
  const { flags } = search
  if (flags !== undefined) {
    const dispositions = flags.flatMap((flag) => DISPOSITIONS_OF_FLAG[flag] ?? []).concat('none')
    const wasForwarded = sqlText<boolean>`record ? 'forwardedTo'`
    matching = matching.where((row) => {
      const others = row.and([row('disposition', 'in', dispositions), row.not(wasForwarded)])
      return flags.includes('FORWARDED') ? row.or([others, wasForwarded]) : others
    })
  }
  const { categories } = search
  if (categories !== undefined)
    matching = matching.where((row) => row.or([row('orig_category', 'in', [...categories]), row('term_category', 'in', [...categories])]))
  const numbers = { dialed_number: search.dialedNumber, calling_number: search.origNumber, called_number: search.termNumber }
  for (const column of ['dialed_number', 'calling_number', 'called_number'] as const) {
    const wanted = numbers[column]
    if (wanted !== undefined) matching = matching.where((row) => row.or(formsOf(wanted).map((form) => row(column, 'like', containing(form)))))
  }
  if (search.minCost !== undefined) matching = matching.where('cost', '>=', String(search.minCost))
  return matching
}

/** As it was written, and as numbers are stored: without plus, brackets, dashes and the space an unescaped plus becomes (C-25). */
function formsOf(text: string): readonly string[] {
  const digits = withoutSeparators(text).replace(/^\+/, '')
  return digits === '' || digits === text ? [text] : [text, digits]
}

function containing(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, (character) => `\\${character}`)}%`
}
