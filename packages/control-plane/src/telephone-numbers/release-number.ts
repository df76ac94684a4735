import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type PartitionScope, type Principal } from '../access/index.ts'
import { removeObject } from '../account-objects/index.ts'
import type { Context } from '../context.ts'
import { write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, inConflict } from '../failures/index.ts'
import { partitionDefaults } from '../partitions/index.ts'
import { NOT_RESERVED } from './reserve-number.ts'
import { isCoolingDown } from './telephone-number.ts'
import { numberChanged } from './telephone-number-events.ts'
import { dropCallerId, factsOf, lockOnAccount, lockOrderable, type TelephoneNumberRow, updateNumber } from './telephone-number-queries.ts'

const DAY_MS = 86_400_000

/**
 * Takes a number off its account. It has to ring nothing and be nobody's 911 callback any more; then it rests for the
 * partition's cooldown before anybody else can get it (C-32), so that the old owner's callers do not reach a stranger.
 */
export function releaseNumber(context: Context, principal: Principal, scope: AccountScope, phoneNumber: string): Promise<Result<undefined, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const row = await lockOnAccount(change.sql, scope, phoneNumber)
    if (row === undefined) return err(entityNotFound('TelephoneNumber', phoneNumber))
    if (row.reference_id !== null) return err(inUse(phoneNumber, `rings a ${row.reference_type ?? ''}`))
    const refused = await removeObject(change, scope, { type: 'TELEPHONE_NUMBER', id: phoneNumber })
    if (refused !== undefined) return err(refused)
    const { tnDeleteCooldownDays } = await partitionDefaults(change.sql, scope)
    await dropCallerId(change.sql, scope, phoneNumber, change.now)
    const released = {
      ...NOT_RESERVED,
      partition_id: row.inventory_partition_id,
      account_id: null,
      carrier_status: 'COOLDOWN',
      ever_referenced: false,
      customer_service_record: null,
      directory_listing: null,
      e911_address: null,
      e911_registered: false,
      activated_at: null,
      cooldown_until: new Date(change.now.getTime() + tnDeleteCooldownDays * DAY_MS),
    }
    await updateNumber(change.sql, row, released, change.now)
    change.emit(numberChanged(scope, phoneNumber, { event: 'number.released', type: 'PHONE_NUMBER', action: 'DELETE' }))
    return ok(undefined)
  })
}

/** Ends the cooldown early: the number is in the inventory of its partition again (RECOVERED). */
export function recoverNumber(
  context: Context,
  principal: Principal,
  scope: PartitionScope,
  phoneNumber: string,
): Promise<Result<TelephoneNumberRow, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const [row] = await lockOrderable(change.sql, scope, [phoneNumber])
    if (row === undefined || row.partition_id !== scope.partitionId || !isCoolingDown(factsOf(row), change.now.getTime()))
      return err(entityNotFound('TelephoneNumber', phoneNumber))
    return ok(await updateNumber(change.sql, row, { carrier_status: 'RECOVERED', cooldown_until: null }, change.now))
  })
}

function inUse(phoneNumber: string, why: string): ApiFailure {
  return inConflict('TelephoneNumberInUse', `${phoneNumber} cannot be released: it ${why}.`, { phoneNumber })
}
