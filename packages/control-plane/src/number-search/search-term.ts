import type { FieldProblem } from '../failures/index.ts'
import { isOnEarth, stateAbbreviation } from '../reference-data/index.ts'

import { readNumberPattern } from './number-pattern.ts'
import type { SearchDialect } from './search-criteria.ts'
import { problem, rateCenterName, type SearchPart, type SearchQuery, textOf } from './search-query.ts'

type SearchType = 'POSTALCODE_OR_TN' | 'TN' | 'POSTALCODE' | 'LAT_LONG' | 'RATECENTER' | 'RATECENTER_CARRIER'
const SEARCH_TYPES: readonly SearchType[] = ['POSTALCODE_OR_TN', 'TN', 'POSTALCODE', 'LAT_LONG', 'RATECENTER', 'RATECENTER_CARRIER']

/** `type` and `q` of surface A; without `type` the words of the other dialect may stand alone. */
export function readTerm(query: SearchQuery, dialect: SearchDialect, problems: FieldProblem[]): SearchPart {
  const written = textOf(query, 'type').toUpperCase()
  const type = SEARCH_TYPES.find((known) => known === written)
  if (written !== '' && type === undefined) {
    problems.push(problem('type', 'InvalidType', `"${textOf(query, 'type')}" is unknown`, `one of ${SEARCH_TYPES.join(', ')}`))
    return {}
  }
  if (type === 'LAT_LONG') return readPoint(query, problems)
  const term = textOf(query, 'q')
  const isOtherwiseSaid = ['npa', 'nxx', 'pattern', 'rateCenter', 'state', 'lat'].some((field) => textOf(query, field) !== '')
  if (term !== '') return readTermOf(type ?? 'POSTALCODE_OR_TN', term, problems)
  if (type === undefined && textOf(query, 'lat') !== '') return readPoint(query, problems)
  const isTollFree = /^tollfree$/i.test(textOf(query, 'functiontype'))
  if (isOtherwiseSaid || !dialect.needsTerm || isTollFree) return {}
  problems.push(problem('q', 'SearchTermRequired', 'is missing', `what to look for, as ${type ?? 'POSTALCODE_OR_TN'}`))
  return {}
}

function readTermOf(type: Exclude<SearchType, 'LAT_LONG'>, term: string, problems: FieldProblem[]): SearchPart {
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
function readNumberTerm(term: string, problems: FieldProblem[]): SearchPart {
  if (term.includes('*')) return readPattern(term, 'q', problems)
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
function readRateCenter(term: string): SearchPart {
  const [name = '', ...rest] = term.split(',')
  const state = stateAbbreviation(rest.join(' '))
  return state === undefined ? { rateCenter: rateCenterName(term) } : { rateCenter: rateCenterName(name), state }
}

function readPoint(query: SearchQuery, problems: FieldProblem[]): SearchPart {
  const read = (field: 'lat' | 'long', other: 'latitude' | 'longitude'): number => {
    const written = textOf(query, field) === '' ? textOf(query, other) : textOf(query, field)
    const name = other.charAt(0).toUpperCase() + other.slice(1)
    if (written === '') problems.push(problem(field, `${name}Required`, 'is missing', 'decimal degrees'))
    const degrees = /^[+-]?\d{1,3}(?:\.\d{1,15})?$/.test(written) ? Number(written) : Number.NaN
    const point = other === 'latitude' ? { latitude: degrees, longitude: 0 } : { latitude: 0, longitude: degrees }
    if (written !== '' && !isOnEarth(point))
      problems.push(problem(field, `Invalid${name}`, `"${written}" is not on the earth`, other === 'latitude' ? 'from -90 to 90' : 'from -180 to 180'))
    return degrees
  }
  return { near: { latitude: read('lat', 'latitude'), longitude: read('long', 'longitude') } }
}

/** @returns five digits, or a Canadian postal code as it came. */
function readPostalCode(term: string): string | undefined {
  const plain = term.toUpperCase()
  const zip = /^(\d{5})(?:-\d{4})?$/.exec(plain)?.[1]
  return zip ?? /^[A-Z]\d[A-Z](?:[ -]?\d[A-Z]\d)?$/.exec(plain)?.[0]
}

export function readPattern(written: string, field: string, problems: FieldProblem[]): SearchPart {
  const pattern = readNumberPattern(written)
  if (pattern === undefined)
    problems.push(problem(field, 'InvalidPattern', `"${written.slice(0, 40)}" is no pattern`, 'up to ten digits or letters, with * for any digits'))
  return { pattern }
}
