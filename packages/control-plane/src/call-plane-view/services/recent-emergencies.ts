import { sql as statement } from 'kysely'
import { ofAccounts } from '../of-accounts.ts'
import type { ServiceReader } from './service-reader.ts'

/** Who of the account has dialed 911 within the last half hour: what the switch remembers itself until it is started again. */
export const recentEmergencies: ServiceReader = async (sql, accountId) => {
  const rows = (await emergenciesOf(sql, accountId)).slice(0, 100)
  const callers = rows.flatMap(({ phone_number: number, called_at: at, details: { lineId } }) =>
    number === null || typeof lineId !== 'string' ? [] : [{ number, lineId, atMs: at.getTime() }],
  )
  const byNumber = Map.groupBy(callers, ({ number }) => number)
  return { emergenciesByNumber: new Map([...byNumber].map(([number, called]) => [number, called.map(({ lineId, atMs }) => ({ lineId, atMs }))])) }
}

/** The newest first. */
const emergenciesOf = ofAccounts(
  (sql, accountIds) =>
    sql
      .selectFrom('emergency_event')
      .select(['account_id', 'phone_number', 'called_at', 'details'])
      .where('account_id', 'in', accountIds)
      .where('trigger_type', '=', 'EMERGENCY_CALL')
      .where('called_at', '>', statement<Date>`now() - interval '30 minutes'`)
      .orderBy('sequence', 'desc')
      .limit(10_000)
      .execute(),
  (row) => row.account_id,
)
