import { type Kysely, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import * as firstTables from './migrations/0001-first-tables.ts'
import * as accountObjects from './migrations/0002-account-objects.ts'
import * as voicemail from './migrations/0004-voicemail.ts'
import * as sipTrunks from './migrations/0005-sip-trunks.ts'
import * as idempotencyKeys from './migrations/0003-idempotency-keys.ts'
import * as access from './migrations/0010-access.ts'
import * as numberSearch from './migrations/0020-number-search.ts'
import * as numberOrders from './migrations/0021-number-orders.ts'
import * as portsAndActivations from './migrations/0030-ports-and-activations.ts'
import * as callingPlans from './migrations/0040-calling-plans.ts'
import * as jobs from './migrations/0050-jobs.ts'
import * as bulkOperations from './migrations/0051-bulk-operations.ts'
import * as webhooks from './migrations/0052-webhooks.ts'
import * as messageDelivery from './migrations/0053-message-delivery.ts'
import * as audit from './migrations/0054-audit.ts'
import * as sipCredentials from './migrations/0060-sip-credentials.ts'
import * as devices from './migrations/0061-devices.ts'
import * as accounts from './migrations/0042-accounts.ts'
import * as endUsers from './migrations/0041-end-users.ts'
import * as specialtyLines from './migrations/0062-specialty-lines.ts'
import * as callRecordReference from './migrations/0063-call-record-reference.ts'
import * as emergencyNotifications from './migrations/0031-emergency-notifications.ts'
import * as fraudGuard from './migrations/0090-fraud-guard.ts'
import * as voicemailMail from './migrations/0091-voicemail-mail.ts'
import * as callRecordings from './migrations/0092-call-recordings.ts'
import * as media from './migrations/0080-media.ts'
import * as passwordHistory from './migrations/0011-password-history.ts'
import * as deviceConfiguration from './migrations/0110-device-configuration.ts'
import * as businessLines from './migrations/0070-business-lines.ts'
import * as accessRuleUses from './migrations/0111-access-rule-uses.ts'
import * as trunkAddresses from './migrations/0112-trunk-addresses.ts'
import * as switchMemory from './migrations/0113-switch-memory.ts'
import * as routingHistory from './migrations/0118-routing-history.ts'
import * as sipDomains from './migrations/0114-sip-domains.ts'
import * as virtualFax from './migrations/0125-virtual-fax.ts'
import * as trunkLanguage from './migrations/0126-trunk-language.ts'
import * as userSoftphones from './migrations/0127-user-softphones.ts'
import * as softphonesToApply from './migrations/0128-softphones-to-apply.ts'
import * as outboundFaxes from './migrations/0129-outbound-faxes.ts'
import * as callIdsOfRecords from './migrations/0131-call-ids-of-records.ts'
import * as deletedDeposits from './migrations/0132-deleted-deposits.ts'
import * as reservationsByEnd from './migrations/0133-reservations-by-end.ts'
import * as urgentMessages from './migrations/0134-urgent-messages.ts'
import * as administratorsLeftOver from './migrations/0135-administrators-left-over.ts'
import * as cooldownsThatEnd from './migrations/0136-cooldowns-that-end.ts'
import * as unchangedRows from './migrations/0137-unchanged-rows.ts'
import * as statesNotKept from './migrations/0138-states-not-kept.ts'
import type { Schema } from './schema.ts'

/** In order; a landed migration is never edited, a new one is added. */
const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-first-tables': firstTables,
  '0002-account-objects': accountObjects,
  '0003-idempotency-keys': idempotencyKeys,
  '0004-voicemail': voicemail,
  '0005-sip-trunks': sipTrunks,
  '0010-access': access,
  '0020-number-search': numberSearch,
  '0021-number-orders': numberOrders,
  '0030-ports-and-activations': portsAndActivations,
  '0040-calling-plans': callingPlans,
  '0050-jobs': jobs,
  '0051-bulk-operations': bulkOperations,
  '0052-webhooks': webhooks,
  '0053-message-delivery': messageDelivery,
  '0054-audit': audit,
  '0060-sip-credentials': sipCredentials,
  '0061-devices': devices,
  '0062-specialty-lines': specialtyLines,
  '0063-call-record-reference': callRecordReference,
  '0031-emergency-notifications': emergencyNotifications,
  '0011-password-history': passwordHistory,
  '0041-end-users': endUsers,
  '0080-media': media,
  '0090-fraud-guard': fraudGuard,
  '0091-voicemail-mail': voicemailMail,
  '0092-call-recordings': callRecordings,
  '0042-accounts': accounts,
  '0070-business-lines': businessLines,
  '0110-device-configuration': deviceConfiguration,
  '0111-access-rule-uses': accessRuleUses,
  '0112-trunk-addresses': trunkAddresses,
  '0113-switch-memory': switchMemory,
  '0118-routing-history': routingHistory,
  '0114-sip-domains': sipDomains,
  '0125-virtual-fax': virtualFax,
  '0126-trunk-language': trunkLanguage,
  '0127-user-softphones': userSoftphones,
  '0128-softphones-to-apply': softphonesToApply,
  '0129-outbound-faxes': outboundFaxes,
  '0131-call-ids-of-records': callIdsOfRecords,
  '0132-deleted-deposits': deletedDeposits,
  '0133-reservations-by-end': reservationsByEnd,
  '0134-urgent-messages': urgentMessages,
  '0135-administrators-left-over': administratorsLeftOver,
  '0136-cooldowns-that-end': cooldownsThatEnd,
  '0137-unchanged-rows': unchangedRows,
  '0138-states-not-kept': statesNotKept,
}

/** The tables of this database are none this version can use: the message says what to do. */
export class UnusableDatabase extends Error {}

/**
 * Applies what is missing. Several nodes may start at once: the migrator takes a lock.
 * @throws {UnusableDatabase} when a newer version has been here
 */
export async function migrateToLatest(database: Kysely<Schema>): Promise<void> {
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: () => Promise.resolve({ ...MIGRATIONS }) },
    // Numbers were given out before their migrations landed: a database may have a later one already.
    allowUnorderedMigrations: true,
  })
  await refuseNewer(database)
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw error
}

/** Forward only: what a newer version has changed, this one would misread. */
async function refuseNewer(database: Kysely<Schema>): Promise<void> {
  const { rows: tables } = await sql<{ readonly found: string | null }>`select to_regclass('kysely_migration')::text as found`.execute(database)
  if (typeof tables[0]?.found !== 'string') return
  const { rows } = await sql<{ readonly name: string }>`select name from kysely_migration order by name`.execute(database)
  const unknown = rows.map(({ name }) => name).filter((name) => !(name in MIGRATIONS))
  if (unknown.length > 0)
    throw new UnusableDatabase(
      `A newer version of Dialtone has used this database (${unknown.join(', ')}): start that version, or restore the backup from before the upgrade.`,
    )
}
