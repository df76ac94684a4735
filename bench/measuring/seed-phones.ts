import { createSealer } from '@dialtone/control-plane'
import type { DarkPhone } from './power-cut.ts'
import type { Seeder } from './seeder.ts'

export interface SeedPlan {
  readonly accounts: number
  readonly phonesEach: number
  /** A phone with one line that was made over the API; all others are its like. */
  readonly template: { readonly accountId: string; readonly userId: string; readonly deviceId: string }
  /** Of `secret.key` in the data directory. */
  readonly key: Buffer
}

const FIRST_MAC = 0x00_15_65_00_00_00

/** Rows of a table as one that is there, with other values by column. */
const copies = (table: string, column: string, values: string): string =>
  `INSERT INTO ${table} SELECT made.* FROM (SELECT to_jsonb(${table}) AS row FROM ${table} WHERE ${column} = $1) AS template, ${values} LATERAL jsonb_populate_record(NULL::${table}, template.row`

/** Accounts with a user each, and so many phones with a line and a SIP password of their own. */
export async function seedPhones(seeder: Seeder, { accounts, phonesEach, template, key }: SeedPlan): Promise<readonly DarkPhone[]> {
  const sealer = createSealer(key)
  const places = Array.from({ length: accounts * phonesEach }, (_none, index) => index)
  const accountNumbers = 'generate_series(0, $2::int - 1) AS i,'
  await seeder.query(`${copies('account', 'id', accountNumbers)} || jsonb_build_object('id', 'storm-' || i, 'account_number', 'STORM-' || i, 'account_name', 'Storm ' || i)) AS made`, [template.accountId, accounts]) // prettier-ignore
  await seeder.query(`${copies('end_user', 'id', accountNumbers)} || jsonb_build_object('id', 'storm-user-' || i, 'account_id', 'storm-' || i, 'voicemail_box_id', NULL, 'own_voicemail_box_id', NULL)) AS made`, [template.userId, accounts]) // prettier-ignore
  const phoneNumbers = '(SELECT i, i / $3::int AS a FROM generate_series(0, $2::int - 1) AS i) AS numbered,'
  const values = [template.deviceId, places.length, phonesEach]
  await seeder.query(`${copies('device', 'id', phoneNumbers)} || jsonb_build_object('id', 'storm-phone-' || i, 'account_id', 'storm-' || a, 'mac_address', lpad(to_hex(${FIRST_MAC} + i), 12, '0'))) AS made`, values) // prettier-ignore
  await seeder.query(`${copies('device_line', 'device_id', phoneNumbers)} || jsonb_build_object('id', 'storm-line-' || i, 'account_id', 'storm-' || a, 'device_id', 'storm-phone-' || i, 'user_id', 'storm-user-' || a)) AS made`, values) // prettier-ignore
  const sealed = places.map((index) => sealer.seal(`Secret-of-phone-${index}`, `storm-line-${index}`))
  await seeder.query(
    `INSERT INTO sip_credential (sip_username, owner_id, owner_type, partition_id, account_id, sip_password_sealed, created_at, updated_at)
      SELECT 'storm' || (i - 1), 'storm-line-' || (i - 1), 'LINE_APPEARANCE', partition_id, 'storm-' || ((i - 1) / $2::int), sealed, now(), now()
      FROM unnest($1::text[]) WITH ORDINALITY AS given (sealed, i), (SELECT partition_id FROM account WHERE id = 'storm-0') AS one`,
    [sealed, phonesEach],
  )
  await seeder.query('ANALYZE')
  return places.map((index) => {
    // As configuration-token.ts writes it.
    const claim = `storm-phone-${index}.1`
    return {
      macAddress: (FIRST_MAC + index).toString(16).padStart(12, '0'),
      path: `/provision/${claim}.${sealer.sign(claim, 'device-configuration').slice(0, 32)}/`,
    }
  })
}
