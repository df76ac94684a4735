import { SANDBOX_RATE_CENTERS, type SandboxRateCenter } from './sandbox-rate-centers.ts'
import { TOLL_FREE_AREA_CODES } from '../number-search/index.ts'

/** A number the sandbox's carrier has for sale; a row of the inventory. */
export interface SandboxNumber {
  /** Eleven digits. */
  readonly phoneNumber: string
  readonly functionType: 'ELS' | 'TollFree'
  readonly rateCenter: string
  readonly rateCenterReorderName: string
  /** '' for toll-free numbers, which lie nowhere. */
  readonly state: string
  readonly country: string
  /** 1NPANXX */
  readonly prefix: string
  readonly lata: string | undefined
  readonly latitude: number | undefined
  readonly longitude: number | undefined
}

/** One exchange of each toll-free area code. */
const TOLL_FREE_EXCHANGE = '275'

/** Lines of each exchange in a row, so that a search for consecutive numbers finds some. */
const CONSECUTIVE_LINES = 20

/** Lines of each exchange spread over the rest. */
const SCATTERED_LINES = 28

/** Lines people ask for (S2-05, S2-11, S2-12). */
const MEMORABLE_LINES = [1234, 2000, 4000, 5000, 7000, 7777, 8888]

/** Ordinary numbers stay out of 0000-0099 and 9900-9999, where carriers keep test lines. */
const FIRST_LINE = 100
const LAST_LINE = 9899

/** Numbers that documentation shows: S1-71, S2-08, and one for the pattern `*0000` of S2-11 in the exchange that cannot exist. */
const DOCUMENTED_LINES: Readonly<Record<string, readonly number[]>> = { 801769: [817], 607123: [4567, 4568, 0] }

/**
 * Every number of the sandbox: the same ones on every start, so that examples and tests may name them. Above 2 500, in 40 rate centres of the US and Canada and the seven
 * toll-free area codes; none is in 555, whose 01XX lines mean something to the sandbox PSTN.
 */
export function sandboxInventory(): readonly SandboxNumber[] {
  const local = SANDBOX_RATE_CENTERS.flatMap((center) =>
    center.exchanges.flatMap((exchange) => linesOf(exchange).map((line) => localNumber(center, exchange, line))),
  )
  const tollFree = TOLL_FREE_AREA_CODES.flatMap((areaCode) =>
    linesOf(areaCode + TOLL_FREE_EXCHANGE).map((line) => tollFreeNumber(areaCode + TOLL_FREE_EXCHANGE, line)),
  )
  return [...local, ...tollFree]
}

function localNumber(center: SandboxRateCenter, exchange: string, line: string): SandboxNumber {
  const { name, state, country, lata, latitude, longitude } = center
  return {
    phoneNumber: `1${exchange}${line}`,
    functionType: 'ELS',
    rateCenter: name,
    rateCenterReorderName: name,
    state,
    country,
    prefix: `1${exchange}`,
    lata,
    latitude,
    longitude,
  }
}

function tollFreeNumber(exchange: string, line: string): SandboxNumber {
  return {
    phoneNumber: `1${exchange}${line}`,
    functionType: 'TollFree',
    rateCenter: 'TOLLFREE',
    rateCenterReorderName: 'TOLLFREE',
    state: '',
    country: 'USA',
    prefix: `1${exchange}`,
    lata: undefined,
    latitude: undefined,
    longitude: undefined,
  }
}

/** The lines of an exchange, four digits each, ascending; which ones follows from the exchange alone. */
function linesOf(exchange: string): readonly string[] {
  let state = Number(exchange)
  const next = (): number => {
    // Numerical Recipes' linear congruential generator: the same sequence everywhere, and only the spread matters.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return FIRST_LINE + (state % (LAST_LINE - FIRST_LINE + 1))
  }
  const start = Math.min(next(), LAST_LINE - CONSECUTIVE_LINES)
  const lines = new Set([...MEMORABLE_LINES, ...(DOCUMENTED_LINES[exchange] ?? [])])
  for (let offset = 0; offset < CONSECUTIVE_LINES; offset++) lines.add(start + offset)
  const wanted = lines.size + SCATTERED_LINES
  while (lines.size < wanted) lines.add(next())
  return [...lines].toSorted((left, right) => left - right).map((line) => String(line).padStart(4, '0'))
}
