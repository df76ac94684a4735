import { ok, type Result } from '@dialtone/foundation'
import { SYSTEM_ACTOR, systemScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import { violatedUniqueIndex } from '../database/index.ts'
import { write } from '../events/index.ts'
import { alreadyInUse, type ApiFailure, entityNotFound } from '../failures/index.ts'
import { trunkChanged } from './change-trunk.ts'
import { lockTrunk, type SipTrunkRow, trunkOf, updateTrunkRow } from './sip-trunk-queries.ts'

/** Knows a PBX by its address from now on, or by its login again. @param row a trunk whose account the caller was proven to reach. */
export async function knowPbxByAddress(
  context: Context,
  row: SipTrunkRow,
  at: { readonly address: string; readonly port: number } | undefined,
): Promise<Result<undefined, ApiFailure>> {
  const scope = systemScope(row.partition_id, row.account_id ?? '')
  try {
    return await write(context, SYSTEM_ACTOR, async (change) => {
      const locked = await lockTrunk(change.sql, scope, row.id)
      if (locked === undefined) return { ok: false, error: entityNotFound('SIPTrunk', row.id) }
      const before = trunkOf(locked)
      const trunk = { ...before, ipBasedAuthEnabled: at !== undefined, ipAddress: at?.address ?? before.ipAddress, portNumber: at?.port ?? before.portNumber }
      const updated = await updateTrunkRow(change.sql, locked, trunk, change.now)
      change.emit(trunkChanged(scope, updated, before, trunk))
      return ok(undefined)
    })
  } catch (error) {
    if (violatedUniqueIndex(error) === 'sip_trunk_address')
      return { ok: false, error: alreadyInUse('IpAddressInUse', 'address', `${at?.address ?? ''}:${at?.port ?? ''}`, 'platform') }
    throw error
  }
}
