import { err, ok, type Result } from '@dialtone/foundation'

import type { FieldProblem } from '../failures/index.ts'
import { isOnEarth, stateAbbreviation, type Coordinates } from '../reference-data/index.ts'

import { readNumberPattern, type NumberPattern } from './number-pattern.ts'

/** Free to the caller (S2-04, S2-13). */
export const TOLL_FREE_AREA_CODES = ['800', '833', '844', '855', '866', '877', '888'] as const

export const FUNCTION_TYPES = ['ELS', 'TollFree', 'TemporaryNumber', 'SPTN'] as const

export type FunctionType = (typeof FUNCTION_TYPES)[number]

/** What is looked for in the inventory, whichever surface asked (C-26). Everything given has to hold. */
export interface NumberSearchCriteria {
  readonly npa: string | undefined
  readonly nxx: string | undefined
  readonly pattern: NumberPattern | undefined
  /** Upper case; matched with the name and the reorder name. */
  readonly rateCenter: string | undefined
  /** Abbreviation of a state or province. */
  readonly state: string | undefined
  /** ZIP or Canadian postal code: ranks by distance to it and marks those in it (`matchesZip`). */
  readonly postalCode: string | undefined
  /** Ranks by distance to this point, nearest first. */
  readonly near: Coordinates | undefined
  readonly functionType: FunctionType
  readonly carrierId: string | undefined
  /** Only runs of consecutive numbers. */
  readonly sequential: boolean
  readonly limit: number
}

export interface SearchDialect {
  /** What the limit is called there, and how many rows come when it is not given. */
  readonly limitField: 'maxResults' | 'quantity'
  readonly defaultLimit: number
  /** Whether a search needs something to look for: 422 without (public-spec 3). */
  readonly needsTerm: boolean
  readonly functionType: FunctionType
}

/** `GET …/telephonenumber/search` (S1-69): `type`, `q`, `lat`, `long`, `maxResults`. */
export const TELEPHONENUMBER_SEARCH: SearchDialect = { limitField: 'maxResults', defaultLimit: 15, needsTerm: true, functionType: 'ELS' }

/** `GET …/telephone-number/search` (S2-06 … S2-11): `npa`, `nxx`, `rateCenter`, `state`, `pattern`, `quantity`. */
export const TELEPHONE_NUMBER_SEARCH: SearchDialect = { limitField: 'quantity', defaultLimit: 10, needsTerm: false, functionType: 'ELS' }

/** `GET …/telephone-number/search/tollfree` (S2-12). */
export const TOLL_FREE_SEARCH: SearchDialect = { ...TELEPHONE_NUMBER_SEARCH, functionType: 'TollFree' }

/** S2-07; surface A's guide shows at most 15 rows, and more may be asked for (C-26). */
export const MAXIMUM_RESULTS = 100

export type SearchQuery = Readonly<Record<string, unknown>>

type SearchType = 'POSTALCODE_OR_TN' | 'TN' | 'POSTALCODE' | 'LAT_LONG' | 'RATECENTER' | 'RATECENTER_CARRIER'
const SEARCH_TYPES: readonly SearchType[] = ['POSTALCODE_OR_TN', 'TN', 'POSTALCODE', 'LAT_LONG', 'RATECENTER', 'RATECENTER_CARRIER']

/** What a search adds to the criteria, or why it cannot be read. */
type Part = Partial<NumberSearchCriteria>
type Read = (problems: FieldProblem[]) => Part

/**
 * Reads a search of any dialect into criteria. Each dialect takes the other's words too: what is asked is clear either way.
 * @returns every parameter that cannot be read; `SearchTermRequired` is the one for a search without anything to look for.
 */
export function readSearchCriteria(query: SearchQuery, dialect: SearchDialect): Result<NumberSearchCriteria, readonly FieldProblem[]> {
  const problems: FieldProblem[] = []
  const parts = [readTerm(query, dialect), readExchange(query), readPattern(query), readPlace(query), readKind(query, dialect), readAmount(query, dialect)].map((read) => read(problems))
  const found: Part = Object.assign({}, ...parts.map(withoutUndefined))
  const { npa, nxx, pattern, rateCenter, state, postalCode, near, carrierId } = found
  const isTollFreeAreaCode = TOLL_FREE_AREA_CODES.some((areaCode) => areaCode === npa)
  const functionType = found.functionType ?? (isTollFreeAreaCode ? 'TollFree' : dialect.functionType)
  if (npa !== undefined && functionType === 'TollFree' && !isTollFreeAreaCode) {
    problems.push(problem('npa', 'InvalidNpa', `${npa} is not toll-free`, `one of ${TOLL_FREE_AREA_CODES.join(', ')}`))
  }
  if (problems.length > 0) return err(problems)
  const sequential = found.sequential ?? false
  return ok({ npa, nxx, pattern, rateCenter, state, postalCode, near, carrierId, functionType, sequential, limit: found.limit ?? dialect.defaultLimit })
}

/** `type` and `q` of surface A; without `type` the words of the other dialect may stand alone. */
function readTerm(query: SearchQuery, dialect: SearchDialect): Read {
  return (problems) => {
    const written = text(query, 'type').toUpperCase()
    const type = SEARCH_TYPES.find((known) => known === written)
    if (written !== '' && type === undefined) {
      problems.push(problem('type', 'InvalidType', `"${text(query, 'type')}" is unknown`, `one of ${SEARCH_TYPES.join(', ')}`))
      return {}
    }
    if (type === 'LAT_LONG') return readPoint(query, problems)
    const term = text(query, 'q')
    const isOtherwiseSaid = ['npa', 'nxx', 'pattern', 'rateCenter', 'state', 'lat'].some((field) => text(query, field) !== '')
    if (term !== '') return readTermOf(type ?? 'POSTALCODE_OR_TN', term, problems)
    if (type === undefined && text(query, 'lat') !== '') return readPoint(query, problems)
    const isTollFree = /^tollfree$/i.test(text(query, 'functiontype'))
    if (isOtherwiseSaid || !dialect.needsTerm || isTollFree) return {}
    problems.push(problem('q', 'SearchTermRequired', 'is missing', `what to look for, as ${type ?? 'POSTALCODE_OR_TN'}`))
    return {}
  }
}

function readTermOf(type: Exclude<SearchType, 'LAT_LONG'>, term: string, problems: FieldProblem[]): Part {
  switch (type) {
    case 'RATECENTER':
    case 'RATECENTER_CARRIER':
      return readRateCenter(term)
    case 'POSTALCODE': {
      const postalCode = readPostalCode(term)
      if (postalCode === undefined) problems.push(problem('q', 'InvalidPostalCode', `"${term}" is no postal code`, 'a ZIP or a Canadian postal code'))
      return { postalCode }
    }
    case 'TN':
      return readNumberTerm(term, problems)
    case 'POSTALCODE_OR_TN': {
      const postalCode = readPostalCode(term)
      return postalCode === undefined ? readNumberTerm(term, problems) : { postalCode }
    }
  }
}

/** The beginning of a number, or all of it: 607, 607-722, 6077224, +1 (607) 722-4567; also a pattern with `*`. */
function readNumberTerm(term: string, problems: FieldProblem[]): Part {
  if (term.includes('*')) return readPattern({ pattern: term })(problems)
  const digits = term.replace(/[\s().+-]/g, '')
  const national = digits.length > 1 && digits.startsWith('1') ? digits.slice(1) : digits
  if (!/^[2-9]\d{2,9}$/.test(national)) {
    problems.push(problem('q', 'InvalidTelephoneNumber', `"${term}" is no telephone number`, 'three to ten digits of a number, from its area code on'))
    return {}
  }
  const npa = national.slice(0, 3)
  if (national.length === 3) return { npa }
  if (national.length === 6) return { npa, nxx: national.slice(3) }
  return { npa, pattern: national.length === 10 ? national : `${national}*` }
}

/** "PLEASANT GROVE" or "Pleasant Grove, UT". */
function readRateCenter(term: string): Part {
  const [name = '', ...rest] = term.split(',')
  const state = stateAbbreviation(rest.join(' '))
  return state === undefined ? { rateCenter: normalized(term) } : { rateCenter: normalized(name), state }
}

function readPoint(query: SearchQuery, problems: FieldProblem[]): Part {
  const read = (field: 'lat' | 'long', other: 'latitude' | 'longitude'): number => {
    const written = text(query, field) === '' ? text(query, other) : text(query, field)
    const name = other.charAt(0).toUpperCase() + other.slice(1)
    if (written === '') problems.push(problem(field, `${name}Required`, 'is missing', 'decimal degrees'))
    const degrees = /^[+-]?\d{1,3}(?:\.\d{1,15})?$/.test(written) ? Number(written) : Number.NaN
    const point = other === 'latitude' ? { latitude: degrees, longitude: 0 } : { latitude: 0, longitude: degrees }
    if (written !== '' && !isOnEarth(point)) problems.push(problem(field, `Invalid${name}`, `"${written}" is not on the earth`, other === 'latitude' ? 'from -90 to 90' : 'from -180 to 180'))
    return degrees
  }
  return { near: { latitude: read('lat', 'latitude'), longitude: read('long', 'longitude') } }
}

function readExchange(query: SearchQuery): Read {
  return (problems) => {
    const npa = text(query, 'npa')
    const nxx = text(query, 'nxx')
    if (npa !== '' && !/^[2-9]\d\d$/.test(npa)) problems.push(problem('npa', 'InvalidNpa', `"${npa}" is no area code`, 'three digits, the first from 2 to 9'))
    if (nxx !== '' && !/^\d{3}$/.test(nxx)) problems.push(problem('nxx', 'InvalidNxx', `"${nxx}" is no exchange`, 'three digits'))
    if (nxx !== '' && npa === '') problems.push(problem('npa', 'NpaRequired', 'is missing', 'required with nxx'))
    return { npa: given(npa), nxx: given(nxx) }
  }
}

function readPattern(query: SearchQuery): Read {
  return (problems) => {
    const written = text(query, 'pattern')
    if (written === '') return {}
    const pattern = readNumberPattern(written)
    if (pattern === undefined) problems.push(problem('pattern', 'InvalidPattern', `"${written.slice(0, 40)}" is no pattern`, 'up to ten digits or letters, with * for any digits'))
    return { pattern }
  }
}

function readPlace(query: SearchQuery): Read {
  return (problems) => {
    const written = text(query, 'state')
    const state = written === '' ? undefined : stateAbbreviation(written)
    if (written !== '' && state === undefined) problems.push(problem('state', 'InvalidState', `"${written}" is no state`, 'name or abbreviation of a state or province'))
    const rateCenter = text(query, 'rateCenter')
    return { state, rateCenter: rateCenter === '' ? undefined : normalized(rateCenter) }
  }
}

function readKind(query: SearchQuery, dialect: SearchDialect): Read {
  return (problems) => {
    const written = text(query, 'functiontype') === '' ? text(query, 'functionType') : text(query, 'functiontype')
    const known = FUNCTION_TYPES.find((type) => type.toLowerCase() === written.toLowerCase())
    if (written !== '' && known === undefined) problems.push(problem('functiontype', 'InvalidFunctionType', `"${written}" is unknown`, `one of ${FUNCTION_TYPES.join(', ')}`))
    return { functionType: dialect.functionType === 'TollFree' ? 'TollFree' : known, carrierId: given(text(query, 'carrierId')) }
  }
}

function readAmount(query: SearchQuery, dialect: SearchDialect): Read {
  return (problems) => {
    const other = dialect.limitField === 'quantity' ? 'maxResults' : 'quantity'
    const field = text(query, dialect.limitField) === '' && text(query, other) !== '' ? other : dialect.limitField
    const written = text(query, field)
    const limit = /^\d{1,6}$/.test(written) ? Number(written) : Number.NaN
    const isLimit = limit >= 1 && limit <= MAXIMUM_RESULTS
    if (written !== '' && !isLimit) problems.push(problem(field, `Invalid${field.charAt(0).toUpperCase()}${field.slice(1)}`, `is "${written}"`, `from 1 to ${MAXIMUM_RESULTS}`))
    const sequential = text(query, 'sequential').toLowerCase()
    if (!['', 'true', 'false'].includes(sequential)) problems.push(problem('sequential', 'InvalidSequential', `is "${sequential}"`, 'true or false'))
    return { limit: isLimit ? limit : undefined, sequential: sequential === 'true' }
  }
}

/** A query parameter as trimmed text; '' when absent or not a single value. */
function text(query: SearchQuery, field: string): string {
  const value = query[field]
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return typeof value === 'string' ? value.trim().slice(0, 128) : ''
}

/** @returns five digits, or a Canadian postal code as it came. */
function readPostalCode(term: string): string | undefined {
  const plain = term.toUpperCase()
  const zip = /^(\d{5})(?:-\d{4})?$/.exec(plain)?.[1]
  return zip ?? /^[A-Z]\d[A-Z](?:[ -]?\d[A-Z]\d)?$/.exec(plain)?.[0]
}

function normalized(name: string): string {
  return name.trim().replace(/\s+/g, ' ').toUpperCase()
}

function given(value: string): string | undefined {
  return value === '' ? undefined : value
}

function problem(field: string, code: string, reason: string, rule: string): FieldProblem {
  return { field, code, reason, rule }
}

function withoutUndefined(part: Part): Part {
  return Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined))
}
