import type { RoutingVoicemailBox } from '@dialtone/call-routing'
import { defaultsOf } from '../account-rows.ts'
import { ofAccounts } from '../of-accounts.ts'
import type { ServiceReader } from './service-reader.ts'

const DEFAULT_LOCALE = 'en-US'

/** The boxes of the account, of users and of business lines. */
export const voicemailBoxes: ServiceReader = async (sql, accountId) => {
  const [rows, owners] = await Promise.all([boxesOf(sql, accountId), linesWithBoxes(sql, accountId)])
  const partitionId = rows[0]?.partition_id
  if (partitionId === undefined) return {}
  const { bypassVoicemailPINValidationFromDevice: opensToOwnPhones } = await defaultsOf(sql, partitionId)
  const boxes = rows.map(({ id, name, settings }): [string, RoutingVoicemailBox] => {
    const businessLineIds = owners.filter((owner) => owner.to_id === id).map((owner) => owner.from_id)
    return [id, { id, name, language: localeOf(settings['locale']), businessLineIds, opensToOwnPhones }]
  })
  return { voicemailBoxes: new Map(boxes) }
}

function localeOf(locale: unknown): string {
  return typeof locale === 'string' ? locale : DEFAULT_LOCALE
}

const boxesOf = ofAccounts(
  (sql, accountIds) =>
    sql.selectFrom('voicemail_box').select(['account_id', 'id', 'name', 'settings', 'partition_id']).where('account_id', 'in', accountIds).execute(),
  (row) => row.account_id,
)

const linesWithBoxes = ofAccounts(
  (sql, accountIds) =>
    sql
      .selectFrom('account_object_reference')
      .select(['account_id', 'from_id', 'to_id'])
      .where('account_id', 'in', accountIds)
      .where('from_type', '=', 'BUSINESS_LINE')
      .where('to_type', '=', 'VOICEMAIL_BOX')
      .execute(),
  (row) => row.account_id,
)
