import { err, ok, type Result } from '@dialtone/foundation'

import type { FieldProblem } from '../failures/index.ts'
import { stateAbbreviation, type Coordinates } from '../reference-data/index.ts'

import type { NumberPattern } from './number-pattern.ts'
import { given, problem, rateCenterName, type SearchPart, type SearchQuery, textOf } from './search-query.ts'
import { readPattern, readTerm } from './search-term.ts'

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

/**
 * Reads a search of any dialect into criteria. Each dialect takes the other's words too: what is asked is clear either way.
 * @returns every parameter that cannot be read; `SearchTermRequired` is the one for a search without anything to look for.
 */
export function readSearchCriteria(query: SearchQuery, dialect: SearchDialect): Result<NumberSearchCriteria, readonly FieldProblem[]> {
  const problems: FieldProblem[] = []
  const pattern = textOf(query, 'pattern')
  const found: SearchPart = {
    ...readTerm(query, dialect, problems),
    ...withoutUndefined(readExchange(query, problems)),
    ...(pattern === '' ? {} : readPattern(pattern, 'pattern', problems)),
    ...withoutUndefined(readPlace(query, problems)),
    ...readKind(query, dialect, problems),
    ...readAmount(query, dialect, problems),
  }
  const { npa, nxx, rateCenter, state, postalCode, near, carrierId } = found
  const isTollFreeAreaCode = TOLL_FREE_AREA_CODES.some((areaCode) => areaCode === npa)
  const functionType = found.functionType ?? (isTollFreeAreaCode ? 'TollFree' : dialect.functionType)
  if (npa !== undefined && functionType === 'TollFree' && !isTollFreeAreaCode) {
    problems.push(problem('npa', 'InvalidNpa', `${npa} is not toll-free`, `one of ${TOLL_FREE_AREA_CODES.join(', ')}`))
  }
  if (problems.length > 0) return err(problems)
  const sequential = found.sequential ?? false
  return ok({
    npa,
    nxx,
    pattern: found.pattern,
    rateCenter,
    state,
    postalCode,
    near,
    carrierId,
    functionType,
    sequential,
    limit: found.limit ?? dialect.defaultLimit,
  })
}

function readExchange(query: SearchQuery, problems: FieldProblem[]): SearchPart {
  const npa = textOf(query, 'npa')
  const nxx = textOf(query, 'nxx')
  if (npa !== '' && !/^[2-9]\d\d$/.test(npa)) problems.push(problem('npa', 'InvalidNpa', `"${npa}" is no area code`, 'three digits, the first from 2 to 9'))
  if (nxx !== '' && !/^\d{3}$/.test(nxx)) problems.push(problem('nxx', 'InvalidNxx', `"${nxx}" is no exchange`, 'three digits'))
  return { npa: given(npa), nxx: given(nxx) }
}

function readPlace(query: SearchQuery, problems: FieldProblem[]): SearchPart {
  const written = textOf(query, 'state')
  const state = written === '' ? undefined : stateAbbreviation(written)
  if (written !== '' && state === undefined)
    problems.push(problem('state', 'InvalidState', `"${written}" is no state`, 'name or abbreviation of a state or province'))
  const rateCenter = textOf(query, 'rateCenter')
  return { state, rateCenter: rateCenter === '' ? undefined : rateCenterName(rateCenter) }
}

function readKind(query: SearchQuery, dialect: SearchDialect, problems: FieldProblem[]): SearchPart {
  const written = textOf(query, 'functiontype') === '' ? textOf(query, 'functionType') : textOf(query, 'functiontype')
  const known = FUNCTION_TYPES.find((type) => type.toLowerCase() === written.toLowerCase())
  if (written !== '' && known === undefined)
    problems.push(problem('functiontype', 'InvalidFunctionType', `"${written}" is unknown`, `one of ${FUNCTION_TYPES.join(', ')}`))
  return { functionType: dialect.functionType === 'TollFree' ? 'TollFree' : known, carrierId: given(textOf(query, 'carrierId')) }
}

function readAmount(query: SearchQuery, dialect: SearchDialect, problems: FieldProblem[]): SearchPart {
  const other = dialect.limitField === 'quantity' ? 'maxResults' : 'quantity'
  const field = textOf(query, dialect.limitField) === '' && textOf(query, other) !== '' ? other : dialect.limitField
  const written = textOf(query, field)
  const limit = /^\d{1,6}$/.test(written) ? Number(written) : Number.NaN
  const isLimit = limit >= 1 && limit <= MAXIMUM_RESULTS
  if (written !== '' && !isLimit)
    problems.push(problem(field, `Invalid${field.charAt(0).toUpperCase()}${field.slice(1)}`, `is "${written}"`, `from 1 to ${MAXIMUM_RESULTS}`))
  const sequential = textOf(query, 'sequential').toLowerCase()
  if (!['', 'true', 'false'].includes(sequential)) problems.push(problem('sequential', 'InvalidSequential', `is "${sequential}"`, 'true or false'))
  return { limit: isLimit ? limit : undefined, sequential: sequential === 'true' }
}

function withoutUndefined(part: SearchPart): SearchPart {
  return Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined))
}
