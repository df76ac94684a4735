import { type Coordinates, lazyPlaceTables, placesNear } from '../reference-data/index.ts'
import type { Sql, Transaction } from '../database/index.ts'

/** What the sandbox's carrier is asked for live, besides the inventory: any exchange the public tables know. */
export interface LiveQuestion {
  readonly npa: string | undefined
  readonly nxx: string | undefined
  /** Where numbers are wanted when no area code is given. */
  readonly near: Coordinates | undefined
  readonly quantity: number
  /** Consecutive numbers of one exchange. */
  readonly sequential: boolean
}

export const LIVE_CARRIER_ID = 'sandbox'
const FIRST_LINE = 2000
const LAST_LINE = 9899
const MAX_EXCHANGES = 50

/** Numbers the carrier would give now: none of them is on the platform. Fewer than asked for when there are no more. */
export async function askLiveCarrier(sql: Sql | Transaction, question: LiveQuestion): Promise<readonly string[]> {
  const found: string[] = []
  for (const exchange of exchangesFor(question)) {
    const lines = await freeLines(sql, exchange)
    const wanted = question.quantity - found.length
    if (question.sequential) {
      const block = runOf(lines, question.quantity)
      if (block !== undefined) return block.map((line) => `${exchange}${line}`)
    } else found.push(...lines.slice(0, wanted).map((line) => `${exchange}${line}`))
    if (found.length >= question.quantity) return found
  }
  return found
}

/** 1NPANXX, nearest or lowest first. */
function exchangesFor({ npa, nxx, near }: LiveQuestion): readonly string[] {
  const tables = lazyPlaceTables()
  if (npa === undefined)
    return near === undefined ? [] : placesNear(tables, near, 5).flatMap((place) => place.exchanges.map((exchange) => `1${exchange}`)).slice(0, MAX_EXCHANGES) // prettier-ignore
  const start = `${npa}${nxx ?? ''}`
  const found: string[] = []
  for (const code of tables.exchanges().codes) {
    if (!String(code).startsWith(start)) continue
    found.push(`1${code}`)
    if (found.length >= MAX_EXCHANGES) break
  }
  return found
}

async function freeLines(sql: Sql | Transaction, exchange: string): Promise<readonly number[]> {
  const rows = await sql
    .selectFrom('telephone_number')
    .select('phone_number')
    .where('phone_number', '>=', `${exchange}0000`)
    .where('phone_number', '<=', `${exchange}9999`)
    .execute()
  const taken = new Set(rows.map((row) => Number(row.phone_number.slice(7))))
  return Array.from({ length: LAST_LINE - FIRST_LINE + 1 }, (_, offset) => FIRST_LINE + offset).filter((line) => !taken.has(line))
}

function runOf(lines: readonly number[], length: number): readonly number[] | undefined {
  const first = lines.findIndex((line, index) => lines[index + length - 1] === line + length - 1)
  return first < 0 ? undefined : lines.slice(first, first + length)
}
