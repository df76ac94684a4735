import { err, ok } from '@dialtone/foundation'
import { formatNational, formatPlus } from '@dialtone/numbering'
import Type from 'typebox'
import { invalidFields } from '../failures/index.ts'
import { named, type Operation, partitionOperation } from '../http/index.ts'
import { readSearchCriteria, searchNumbers, TELEPHONE_NUMBER_SEARCH, TOLL_FREE_SEARCH } from '../number-search/index.ts'
import { lazyPlaceTables } from '../reference-data/index.ts'
import { readInOrder, TELEPHONE_NUMBER_TAG, type TelephoneNumberRow } from '../telephone-numbers/index.ts'

const PATH = '/v2/partition/:partitionId/telephone-number/search'
const text = Type.Optional(Type.String({ maxLength: 64 }))
const query = Type.Object({
  ...{ npa: text, nxx: text, rateCenter: text, state: text, pattern: text, quantity: text, sequential: text },
  ...{ type: text, q: text, lat: text, long: text, functiontype: text, carrierId: text, maxResults: text },
})

const FoundNumbers = named(
  'FoundTelephoneNumbers',
  Type.Object({
    telephoneNumbers: Type.Array(
      named(
        'FoundTelephoneNumber',
        Type.Object({
          telephoneNumber: Type.String(),
          formatted: Type.String(),
          npa: Type.String(),
          nxx: Type.String(),
          line: Type.String(),
          rateCenter: Type.String(),
          state: Type.String(),
          lata: Type.String(),
          available: Type.Boolean(),
          distance: Type.Optional(Type.Number()),
        }),
      ),
    ),
  }),
)

/** Searches in the words of the number guide (S2-06 … S2-13, C-26). */
export const hyphenatedSearchOperations: readonly Operation[] = [
  { path: PATH, dialect: TELEPHONE_NUMBER_SEARCH, summary: 'Find numbers by area code, exchange, rate center or pattern' },
  { path: `${PATH}/tollfree`, dialect: TOLL_FREE_SEARCH, summary: 'Find toll-free numbers' },
].map(({ path, dialect, summary }) =>
  partitionOperation({
    method: 'GET',
    path,
    tag: TELEPHONE_NUMBER_TAG,
    summary,
    requires: { permission: 'PhoneNumber', level: 'READ' },
    query,
    responses: { 200: FoundNumbers },
    handle: async (context, { principal, scope, query: asked }) => {
      const criteria = readSearchCriteria(asked, dialect)
      if (!criteria.ok) return err(invalidFields(criteria.error))
      const found = await searchNumbers(context, scope, criteria.value, { tables: lazyPlaceTables(), userId: principal.userId })
      const rows = await readInOrder(context.database.sql, found.map((number) => number.phoneNumber)) // prettier-ignore
      const distances = new Map(found.map((number) => [number.phoneNumber, number.distance]))
      return ok({ status: 200, body: { telephoneNumbers: rows.map((row) => foundNumber(row, distances.get(row.phone_number))) } })
    },
  }),
)

function foundNumber(row: TelephoneNumberRow, distance: number | undefined) {
  const { phone_number: number } = row
  return {
    telephoneNumber: formatPlus(number),
    formatted: formatNational(number),
    npa: number.slice(1, 4),
    nxx: number.slice(4, 7),
    line: number.slice(7),
    rateCenter: row.rate_center,
    state: row.state,
    lata: row.lata ?? '',
    available: true,
    ...(distance === undefined ? {} : { distance }),
  }
}
