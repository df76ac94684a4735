import { areaCodeOf, isNanp } from '@dialtone/numbering'
import type { CallRecord } from '@dialtone/softswitch'
import type { AccountScope } from '../access/index.ts'
import type { Sql } from '../database/index.ts'
import { countryOfState, lazyPlaceTables, placeOfExchange, stateOfAreaCode } from '../reference-data/index.ts'
import type { CallRecordRow } from './search-call-records.ts'

const tables = lazyPlaceTables()

/** Where a number is: of the platform's own numbers as it is stored, of others as the tables of exchanges have it. */
export interface NumberPlace {
  /** undefined: only the area is known. */
  readonly rateCenter: string | undefined
  readonly state: string
  readonly country: string
}

/** What a page of call records is shown with: their account, the names they refer to, the places of their numbers. */
export interface CallSurroundings {
  readonly account: Readonly<Record<string, string | number>>
  readonly nameOf: (referenceId: string) => string | undefined
  readonly placeOf: (number: string) => NumberPlace | undefined
  /** The caller name of a number of the account. */
  readonly cnamOf: (number: string) => string | undefined
}

export async function surroundingsOf(sql: Sql, scope: AccountScope, rows: readonly CallRecordRow[]): Promise<CallSurroundings> {
  const referenced = [...new Set(rows.flatMap((row) => row.reference_id ?? []))]
  const numbers = [...new Set(rows.flatMap((row) => [row.calling_number, row.called_number, ...forwardingNumber(row)]))]
  const account = await sql
    .selectFrom('account')
    .innerJoin('partition', 'partition.id', 'account.partition_id')
    .select(['account_number', 'account_name', 'custom_field', 'billing_cycle_day', 'time_zone', 'partition.settings'])
    .where('account.id', '=', scope.accountId)
    .where('account.partition_id', '=', scope.partitionId)
    .executeTakeFirst()
  const named =
    referenced.length === 0
      ? []
      : await sql
          .selectFrom('account_object')
          .select(['id', 'name'])
          .where('account_id', '=', scope.accountId)
          .where('partition_id', '=', scope.partitionId)
          .where('id', 'in', referenced)
          .execute()
  const placed =
    numbers.length === 0
      ? []
      : await sql
          .selectFrom('telephone_number')
          .select(['phone_number', 'rate_center', 'state', 'country', 'account_id', 'customer_service_record'])
          // Where a number is, is public; whose it is stays out of here.
          .where('phone_number', 'in', numbers)
          .execute()
  const names = new Map(named.map((row) => [row.id, row.name]))
  const places = new Map(placed.map((row) => [row.phone_number, { rateCenter: row.rate_center, state: row.state, country: row.country }]))
  const callerNames = new Map(
    placed.flatMap((row): [string, string][] => {
      const name = row.account_id === scope.accountId ? row.customer_service_record?.['customerName'] : undefined
      return typeof name === 'string' ? [[row.phone_number, name]] : []
    }),
  )
  const billingCode = account?.settings['billingCode']
  return {
    account:
      account === undefined
        ? {}
        : {
            accountNumber: account.account_number,
            accountBillingCycleDay: account.billing_cycle_day,
            accountTimeZone: account.time_zone,
            ...(account.custom_field === null ? {} : { accountCustomField: account.custom_field }),
            ...(typeof billingCode === 'string' ? { partitionBillingCode: billingCode } : {}),
          },
    nameOf: (id) => names.get(id) ?? (id === scope.accountId ? account?.account_name : undefined),
    placeOf: (number) => places.get(number) ?? placeOfForeign(number),
    cnamOf: (number) => callerNames.get(number),
  }
}

function forwardingNumber(row: CallRecordRow): readonly string[] {
  const { forwarding } = row.record as unknown as CallRecord
  return forwarding === undefined ? [] : [forwarding.number]
}

/** The place that the exchange serves, or the state of the area code. Toll-free numbers are nowhere. */
function placeOfForeign(number: string): NumberPlace | undefined {
  const areaCode = isNanp(number) ? areaCodeOf(number) : undefined
  if (areaCode === undefined) return undefined
  const exchange = placeOfExchange(tables, areaCode, number.slice(4, 7))
  if (exchange !== undefined) return { rateCenter: exchange.name, state: exchange.state, country: exchange.country }
  const state = stateOfAreaCode(tables, areaCode)
  return state === undefined ? undefined : { rateCenter: undefined, state, country: countryOfState(state) ?? 'USA' }
}
