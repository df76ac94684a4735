import { err, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import { lockAccount } from '../accounts/index.ts'
import type { Context } from '../context.ts'
import { write } from '../events/index.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'
import { addDevice } from './claim-device.ts'
import type { DeviceRow, NewDevice } from './device-queries.ts'

/** A device of its own, without lines yet: state CREATED (S0-27, S0-99). It stays until it is deleted. */
export async function createDevice(context: Context, principal: Principal, scope: AccountScope, device: NewDevice): Promise<Result<DeviceRow, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const account = await lockAccount(change.sql, scope)
    if (account === undefined || account.status === 'DELETED') return err(entityNotFound('Account', scope.accountId))
    return addDevice(change, scope, account, { ...device, staysWithoutLines: true })
  })
}
