import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

import { readExchangeTable, type ExchangeTable } from './exchange-table.ts'
import { readPostalCodeTable, type PostalCodeTable } from './postal-code-table.ts'

/** The two tables of places; each is read from its file the first time it is asked for, and kept. */
export interface PlaceTables {
  exchanges(): ExchangeTable
  postalCodes(): PostalCodeTable
}

const FOLDER = new URL('./tables/', import.meta.url)

let shared: PlaceTables | undefined

/**
 * Nothing is read here: a server that never looks up a place never pays for the tables (about 100 ms and 9 MB together).
 * @param folder for tests; without it every caller shares the program's own tables.
 */
export function lazyPlaceTables(folder?: URL): PlaceTables {
  return folder === undefined ? (shared ??= tablesIn(FOLDER)) : tablesIn(folder)
}

function tablesIn(folder: URL): PlaceTables {
  let exchanges: ExchangeTable | undefined
  let postalCodes: PostalCodeTable | undefined
  return {
    exchanges: () => (exchanges ??= readExchangeTable(readTable(folder, 'exchanges'))),
    postalCodes: () => (postalCodes ??= readPostalCodeTable(readTable(folder, 'postal-codes'))),
  }
}

/** @throws when the file is missing or damaged: it is part of the program. */
export function readTable(folder: URL, name: 'exchanges' | 'postal-codes'): string {
  return gunzipSync(readFileSync(new URL(`${name}.txt.gz`, folder))).toString('utf8')
}
