import type { Selectable } from 'kysely'
import type { EndUserTable } from '../database/index.ts'
import { ofAccounts } from './of-accounts.ts'

/** What calls go by: an account of thousands of users is read as a whole with every change of it. */
const COLUMNS = [
  ...(['id', 'account_id', 'first_name', 'last_name', 'extension', 'time_zone', 'language_tag', 'voicemail_box_id'] as const),
  ...(['caller_id_config', 'call_handling_settings', 'call_screening_settings', 'call_handling_schedules'] as const),
] as const

export type UserOfAccount = Pick<Selectable<EndUserTable>, (typeof COLUMNS)[number]>

export const usersOfAccount = ofAccounts(
  (sql, accountIds): Promise<readonly UserOfAccount[]> => sql.selectFrom('end_user').select(COLUMNS).where('account_id', 'in', accountIds).execute(),
  (row) => row.account_id,
)
