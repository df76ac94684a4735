import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type PartitionScope, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { TimeAhead } from '../due-work/index.ts'
import { type DomainEvent, write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, inConflict } from '../failures/index.ts'
import { isCoolingDown, isReserved, RESERVATION_MS } from './telephone-number.ts'
import { inventoryChanged, numberChanged } from './telephone-number-events.ts'
import { factsOf, lockOrderable, type TelephoneNumberRow, updateNumber } from './telephone-number-queries.ts'

/** Who a reservation holds a number for: an account, or the acting user of the partition-wide form (C-28). */
export type Reserver = { readonly accountId: string } | { readonly userId: string }

export const RESERVATION: TimeAhead = { table: 'telephone_number', column: 'reserved_until', mostMs: RESERVATION_MS }

/** Holds a number for 30 minutes (S1-72). Reserving it again starts the 30 minutes anew. */
export function reserveNumber(
  context: Context,
  principal: Principal,
  scope: PartitionScope | AccountScope,
  phoneNumber: string,
  reserver: Reserver,
): Promise<Result<TelephoneNumberRow, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const [row] = await lockOrderable(change.sql, scope, [phoneNumber])
    if (row === undefined || isCoolingDown(factsOf(row), change.now.getTime())) return err(entityNotFound('TelephoneNumber', phoneNumber))
    if (row.account_id !== null) return err(numberTaken(phoneNumber))
    if (isReserved(factsOf(row), change.now.getTime()) && !isHeldBy(row, reserver)) return err(numberReserved(phoneNumber))
    const held = {
      reserved_account_id: 'accountId' in reserver ? reserver.accountId : null,
      reserved_user_id: 'userId' in reserver ? reserver.userId : null,
      reserved_at: change.now,
      reserved_until: new Date(change.now.getTime() + RESERVATION_MS),
    }
    change.emit(reservationChanged(scope, phoneNumber, reserver, 'number.reserved'))
    return ok(await updateNumber(change.sql, row, held, change.now))
  })
}

/** Gives a reservation up; without one of the caller's own there is nothing to do, and that is no failure. */
export function releaseReservation(
  context: Context,
  principal: Principal,
  scope: PartitionScope | AccountScope,
  phoneNumber: string,
  reserver: Reserver,
): Promise<Result<undefined, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const [row] = await lockOrderable(change.sql, scope, [phoneNumber])
    if (row === undefined) return err(entityNotFound('TelephoneNumber', phoneNumber))
    if (isHeldBy(row, reserver)) {
      await updateNumber(change.sql, row, NOT_RESERVED, change.now)
      change.emit(reservationChanged(scope, phoneNumber, reserver, 'number.reservation-released'))
    } else if (isReserved(factsOf(row), change.now.getTime())) return err(numberReserved(phoneNumber))
    return ok(undefined)
  })
}

function reservationChanged(scope: PartitionScope, phoneNumber: string, reserver: Reserver, event: string): DomainEvent {
  if (!('accountId' in reserver)) return inventoryChanged(scope, phoneNumber, event)
  const account: AccountScope = { ...scope, accountId: reserver.accountId }
  return numberChanged(account, phoneNumber, { event, type: 'PHONE_NUMBER', action: 'UPDATE', after: { reserved: event === 'number.reserved' } })
}

export const NOT_RESERVED = { reserved_account_id: null, reserved_user_id: null, reserved_at: null, reserved_until: null }

export function isHeldBy(row: TelephoneNumberRow, reserver: Reserver): boolean {
  return 'accountId' in reserver ? row.reserved_account_id === reserver.accountId : row.reserved_user_id === reserver.userId
}

export function numberReserved(phoneNumber: string): ApiFailure {
  return inConflict('TelephoneNumberReserved', `${phoneNumber} is reserved by somebody else; a reservation ends after 30 minutes.`, { phoneNumber })
}

export function numberTaken(phoneNumber: string): ApiFailure {
  return inConflict('TelephoneNumberInUse', `${phoneNumber} is already on an account.`, { phoneNumber })
}
