import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type PartitionScope, type Principal } from '../access/index.ts'
import { removeObject } from '../account-objects/index.ts'
import type { Context } from '../context.ts'
import { withdrawCallerId } from '../end-users/index.ts'
import { write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, inConflict } from '../failures/index.ts'
import { partitionDefaults } from '../partitions/index.ts'
import { NO_E911_RECORD } from './e911-record.ts'
import { noteDisconnect, noteRecovery } from './number-service-events.ts'
import { NOT_RESERVED } from './reserve-number.ts'
import { DEFAULT_SERVICE_PACKAGE, isCoolingDown } from './telephone-number.ts'
import { inventoryChanged, numberReleased } from './telephone-number-events.ts'
import { factsOf, lockOnAccount, lockOrderable, type TelephoneNumberRow, updateNumber } from './telephone-number-queries.ts'

const DAY_MS = 86_400_000
/** While the carrier is at work on it a number does not leave (public-spec section 10): the work is to be given up first. */
const OPEN_STATUSES: ReadonlySet<string> = new Set(['ACTIVATION_ON_HOLD', 'ACTIVATION_PENDING', 'PORT_PENDING', 'CANCEL_PORT', 'CANCEL_PORT_EXPIDITED'])

/** What a number loses when it leaves an account: everything the account put there. */
export const NOT_ON_ACCOUNT = {
  ...NOT_RESERVED,
  ...NO_E911_RECORD,
  account_id: null,
  operational_status: 'ACTIVE',
  reference_type: null,
  reference_id: null,
  ever_referenced: false,
  ring_type: null,
  can_accept_sms: false,
  service_package_type: DEFAULT_SERVICE_PACKAGE,
  byotn_carrier_id: null,
  is_external: false,
  order_id: null,
  port_id: null,
  customer_service_record: null,
  directory_listing: null,
  activated_at: null,
  activation_due_at: null,
}

/**
 * Takes a number off its account. It has to ring nothing and be nobody's 911 callback any more; then it rests for the
 * partition's cooldown before anybody else can get it (C-32), so that the old owner's callers do not reach a stranger.
 */
export function releaseNumber(context: Context, principal: Principal, scope: AccountScope, phoneNumber: string): Promise<Result<undefined, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const row = await lockOnAccount(change.sql, scope, phoneNumber)
    if (row === undefined) return err(entityNotFound('TelephoneNumber', phoneNumber))
    if (OPEN_STATUSES.has(row.carrier_status)) return err(stillOpen(row, 'released'))
    if (row.reference_id !== null) return err(inUse(phoneNumber, `rings a ${row.reference_type ?? ''}`))
    const refused = await removeObject(change, scope, { type: 'TELEPHONE_NUMBER', id: phoneNumber })
    if (refused !== undefined) return err(refused)
    const { tnDeleteCooldownDays } = await partitionDefaults(change.sql, scope)
    await withdrawCallerId(change, scope, phoneNumber)
    const cooldownExpireDate = new Date(change.now.getTime() + tnDeleteCooldownDays * DAY_MS)
    const released = { ...NOT_ON_ACCOUNT, partition_id: row.inventory_partition_id, carrier_status: 'COOLDOWN', cooldown_until: cooldownExpireDate }
    await updateNumber(change.sql, row, released, change.now)
    await noteDisconnect(change, scope, phoneNumber, { restsUntil: cooldownExpireDate })
    change.emit(numberReleased(scope, row, { carrierStatus: 'COOLDOWN', cooldownExpireDate }))
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
    const [before, after] = [{ carrierStatus: row.carrier_status }, { carrierStatus: 'RECOVERED' }]
    change.emit(inventoryChanged(scope, phoneNumber, 'number.recovered', { before, after }))
    await noteRecovery(change, phoneNumber)
    return ok(await updateNumber(change.sql, row, { carrier_status: 'RECOVERED', cooldown_until: null, cooldown_recovered_at: change.now }, change.now))
  })
}

function inUse(phoneNumber: string, why: string): ApiFailure {
  return inConflict('TelephoneNumberInUse', `${phoneNumber} cannot be released: it ${why}.`, { phoneNumber })
}

export function stillOpen(row: TelephoneNumberRow, what: 'released' | 'ported out'): ApiFailure {
  const { phone_number: phoneNumber, carrier_status: carrierStatus } = row
  return inConflict('OpenServiceActivation', `${phoneNumber} cannot be ${what}: the carrier is at work on it (${carrierStatus}).`, {
    phoneNumber,
    carrierStatus,
  })
}
