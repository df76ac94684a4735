import { err, ok, type Result } from '@dialtone/foundation'
import type { Database } from '../database/index.ts'
import type { Sealer } from './sealer.ts'

const PROOF = 'sealing-key'

/**
 * Whether a sealer has the key that the database was used with. With another one every registration would be refused and every
 * account unreadable to the switch, while all looks well: a backup that was put back without its key.
 */
export async function proveSealer({ sql }: Database, sealer: Sealer): Promise<Result<void, 'OtherKey'>> {
  const proof = await sql.selectFrom('platform_secret').select('value').where('name', '=', PROOF).executeTakeFirst()
  if (proof !== undefined) return opens(sealer, proof.value, PROOF) ? ok(undefined) : err('OtherKey')
  // A database of a version that wrote no proof, or a new one.
  const known = await sql.selectFrom('sip_credential').select(['owner_id', 'sip_password_sealed']).limit(1).executeTakeFirst()
  if (known !== undefined && !opens(sealer, known.sip_password_sealed, known.owner_id)) return err('OtherKey')
  await sql
    .insertInto('platform_secret')
    .values({ name: PROOF, value: sealer.seal(PROOF, PROOF) })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  return ok(undefined)
}

function opens(sealer: Sealer, sealed: string, owner: string): boolean {
  try {
    sealer.open(sealed, owner)
    return true
  } catch {
    return false
  }
}
