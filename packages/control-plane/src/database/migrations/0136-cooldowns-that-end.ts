import { type Kysely, sql } from 'kysely'

/**
 * A DISCONNECT event ends with the cooldown of its number, or when somebody takes the number back. Those from before know no end: one
 * whose number still rests ends with it, every other one at the next look.
 */
const STATEMENTS = [
  `ALTER TABLE service_activation ADD COLUMN cooldown_until timestamptz`,
  `UPDATE service_activation event SET cooldown_until = coalesce(
      (SELECT n.cooldown_until FROM telephone_number n WHERE n.phone_number = event.main_telephone_number AND n.account_id IS NULL AND n.carrier_status = 'COOLDOWN'
        AND NOT EXISTS (SELECT FROM service_activation later WHERE later.main_telephone_number = event.main_telephone_number AND later.partition_id = event.partition_id
          AND later.service_type = 'DISCONNECT' AND later.sequence > event.sequence)),
      event.updated_at)
    WHERE event.service_type = 'DISCONNECT' AND event.status = 'COOLDOWN'`,
  `CREATE INDEX service_activation_cooldown ON service_activation (cooldown_until) WHERE status = 'COOLDOWN'`,
  `CREATE INDEX service_activation_resting ON service_activation (main_telephone_number) WHERE status = 'COOLDOWN'`,
]

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database)
}
