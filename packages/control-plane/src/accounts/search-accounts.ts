import { sql as fragment } from 'kysely'
import type { PartitionScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type AccountSummary, summariesOf } from './account-summary.ts'

export interface AccountMatch extends AccountSummary {
  /** Which fields matched, and with what (public-spec section 7). */
  readonly matches: Readonly<Record<string, string>>
}

const MAX_MATCHES = 50
/** An account with a thousand numbers of one exchange must not hide the others. */
const MAX_ROWS = 400
/** Shorter text has no triples: it is found at the beginning of a value only. */
const GRAM_LENGTH = 3

/**
 * Finds accounts by any part of their number, name, a telephone number, an e-mail or a MAC address, along an index of triples:
 * what equals the text comes first, then what begins with it, then what contains it.
 */
export async function searchAccounts(context: Context, scope: PartitionScope, text: string): Promise<readonly AccountMatch[]> {
  const wanted = text.trim().toLowerCase()
  if (wanted === '') return []
  const hits = [...(await hitsOf(context, scope, wanted, false)), ...(await hitsOf(context, scope, digitsOf(wanted), true))]
  const matches = new Map<string, Record<string, string>>()
  for (const { account_id: id, field, shown } of hits) {
    const fields = matches.get(id) ?? {}
    fields[field] ??= shown
    if (matches.size < MAX_MATCHES || matches.has(id)) matches.set(id, fields)
  }
  const summaries = await summariesOf(context.database.sql, scope, [...matches.keys()])
  return summaries.map((summary) => ({ ...summary, matches: matches.get(summary.id) ?? {} }))
}

interface Hit {
  readonly account_id: string
  readonly field: string
  readonly shown: string
}

async function hitsOf(context: Context, scope: PartitionScope, wanted: string, isDigits: boolean): Promise<readonly Hit[]> {
  if (wanted === '') return []
  const literal = wanted.replaceAll(/[\\%_]/g, (character) => `\\${character}`)
  const kinds = isDigits ? fragment`AND field IN ('phonenumbers', 'devices')` : fragment``
  const begins = await fragment<Hit>`
    SELECT account_id, field, shown FROM account_search
    WHERE partition_id = ${scope.partitionId} AND value LIKE ${`${literal}%`} ${kinds} ORDER BY value USING ~<~ LIMIT ${MAX_ROWS}`.execute(context.database.sql)
  if (wanted.length < GRAM_LENGTH || new Set(begins.rows.map((hit) => hit.account_id)).size >= MAX_MATCHES) return begins.rows
  // The partition is no index condition here: going through all of its texts would take the place of the triples.
  const contains = await fragment<Hit>`
    SELECT account_id, field, shown FROM account_search
    WHERE partition_id || '' = ${scope.partitionId} AND grams @> search_grams(${wanted}) AND value LIKE ${`%${literal}%`} ${kinds} LIMIT ${MAX_ROWS}`.execute(
    context.database.sql,
  )
  return [...begins.rows, ...contains.rows]
}

/** A telephone number or MAC as people write it, when that is more than the text itself. */
function digitsOf(wanted: string): string {
  if (!/^[0-9a-f+() .:-]+$/.test(wanted)) return ''
  const digits = wanted.replaceAll(/[^0-9a-f]/g, '')
  return digits.length >= GRAM_LENGTH && digits !== wanted ? digits : ''
}
