import type { AccountScope } from '../access/index.ts'
import type { Sql } from '../database/index.ts'
import type { CallRecordRow } from './search-call-records.ts'

/** Where the platform's own numbers are; of others nothing is known without a carrier's look-up. */
export interface NumberPlace {
  readonly rateCenter: string
  readonly state: string
  readonly country: string
}

/** What a page of call records is shown with: their account, the names they refer to, the places of their numbers. */
export interface CallSurroundings {
  readonly account: Readonly<Record<string, string | number>>
  readonly nameOf: (referenceId: string) => string | undefined
  readonly placeOf: (number: string) => NumberPlace | undefined
}

export async function surroundingsOf(sql: Sql, scope: AccountScope, rows: readonly CallRecordRow[]): Promise<CallSurroundings> {
  const referenced = [...new Set(rows.flatMap((row) => row.reference_id ?? []))]
  const numbers = [...new Set(rows.flatMap((row) => [row.calling_number, row.called_number]))]
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
          .select(['phone_number', 'rate_center', 'state', 'country'])
          // Where a number is, is public; whose it is stays out of here.
          .where('phone_number', 'in', numbers)
          .execute()
  const names = new Map(named.map((row) => [row.id, row.name]))
  const places = new Map(placed.map((row) => [row.phone_number, { rateCenter: row.rate_center, state: row.state, country: row.country }]))
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
    placeOf: (number) => places.get(number),
  }
}
