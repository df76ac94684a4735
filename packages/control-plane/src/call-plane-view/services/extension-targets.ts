import type { ServiceReader } from './service-reader.ts'

/** Extensions of everything that is not a user: what stands in the account's directory of extensions. */
export const extensionTargets: ServiceReader = async (sql, accountId) => {
  const rows = await sql
    .selectFrom('account_object_key')
    .select(['type', 'id', 'value'])
    .where('account_id', '=', accountId)
    .where('key', '=', 'extension')
    .where('type', '<>', 'END_USER')
    .execute()
  return { targetByExtension: new Map(rows.map(({ type, id, value }) => [value, { referenceType: type, referenceId: id }])) }
}
