import { err, ok, type Result } from '@dialtone/foundation'
import { actorOf, type PartitionScope, type Principal, systemScope } from '../access/index.ts'
import { removeObject } from '../account-objects/index.ts'
import type { Context } from '../context.ts'
import { withdrawCallerId } from '../end-users/index.ts'
import { write } from '../events/index.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'
import { noteDisconnect } from './number-service-events.ts'
import { stillOpen } from './release-number.ts'
import { numberReleased } from './telephone-number-events.ts'
import { deleteNumber, findVisible, lockOnAccount } from './telephone-number-queries.ts'

/**
 * Another carrier has the number now (47 CFR 52.23): whoever runs the partition writes down what the gaining carrier did. It rings
 * nothing here any more, whatever it rang, and is nobody's to rest or to order: it is called like any number outside. As a 911
 * callback it has to be replaced before, for nobody may be left without one (S0-46).
 */
export function portOutNumber(context: Context, principal: Principal, scope: PartitionScope, phoneNumber: string): Promise<Result<undefined, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const seen = await findVisible(change.sql, scope, phoneNumber)
    if (seen === undefined || seen.account_id === null) return err(entityNotFound('TelephoneNumber', phoneNumber))
    const account = systemScope(scope.partitionId, seen.account_id)
    const row = await lockOnAccount(change.sql, account, phoneNumber)
    if (row === undefined) return err(entityNotFound('TelephoneNumber', phoneNumber))
    if (row.carrier_status !== 'ACTIVE') return err(stillOpen(row, 'ported out'))
    const refused = await removeObject(change, account, { type: 'TELEPHONE_NUMBER', id: phoneNumber })
    if (refused !== undefined) return err(refused)
    await withdrawCallerId(change, account, phoneNumber)
    await deleteNumber(change.sql, row)
    await noteDisconnect(change, account, phoneNumber, 'ported out')
    change.emit(numberReleased(account, row, { carrierStatus: 'DELETED', portOutDate: change.now }))
    return ok(undefined)
  })
}
