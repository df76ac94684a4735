import type { ServiceReader } from './service-reader.ts'

const DEFAULT_LOCALE = 'en-US'

/** The boxes of the account, of users and of business lines. */
export const voicemailBoxes: ServiceReader = async (sql, accountId) => {
  const rows = await sql.selectFrom('voicemail_box').select(['id', 'name', 'settings']).where('account_id', '=', accountId).execute()
  return { voicemailBoxes: new Map(rows.map(({ id, name, settings }) => [id, { id, name, language: localeOf(settings['locale']) }])) }
}

function localeOf(locale: unknown): string {
  return typeof locale === 'string' ? locale : DEFAULT_LOCALE
}
