import { err, newUuid, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import { addObject, pointTo } from '../account-objects/index.ts'
import { lockAccount } from '../accounts/index.ts'
import { attachCallingPlans } from '../calling-plans/index.ts'
import type { Context } from '../context.ts'
import { type AccountOfDevice, replacePort } from '../devices/index.ts'
import { type Write, write } from '../events/index.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'
import { addSipCredentials, type GivenCredentials, newSipUsername } from '../sip-credentials/index.ts'
import { referencesOf, type SpecialtyLineAttributes } from './specialty-line.ts'
import { specialtyLineChanged } from './specialty-line-events.ts'
import { insertSpecialtyLine, type SpecialtyLineRow } from './specialty-line-queries.ts'
import { specialtyLineFailure } from './specialty-line-rules.ts'

/** `name@host` is a username here (S4-29). */
export const CREDENTIAL_FORMS = { addressForm: true } as const

/** The line, its login, its plans and the port it is on come into being together (S4-13, S4-14). */
export function createSpecialtyLine(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  line: SpecialtyLineAttributes,
  given: GivenCredentials,
): Promise<Result<SpecialtyLineRow, ApiFailure>> {
  const id = newUuid()
  const object = { type: 'SPECIALTY_LINE', id } as const
  return write(context, actorOf(principal), async (change) => {
    const account = await lockAccount(change.sql, scope)
    if (account === undefined || account.status === 'DELETED') return err(entityNotFound('Account', scope.accountId))
    const failure = await specialtyLineFailure(change.sql, scope, line)
    if (failure !== undefined) return err(failure)
    const login = await addSipCredentials(context, change, scope, object, { ...given, username: newSipUsername(), forms: CREDENTIAL_FORMS })
    if (!login.ok) return login
    const device = await placeOf(change, scope, account, id, line)
    if (!device.ok) return device
    const row = await insertSpecialtyLine(change.sql, scope, id, line, change.now)
    const refused =
      (await addObject(change, scope, { ...object, name: line.name })) ??
      (await pointTo(change, scope, object, referencesOf(line, device.value))) ??
      (await attachCallingPlans(change.sql, scope, { referenceType: 'SPECIALTY_LINE', referenceId: id }, line.callingPlanIds, change.now))
    if (refused !== undefined) return err(refused)
    change.emit(specialtyLineChanged(scope, id, undefined, line))
    return ok(row)
  })
}

/** Puts the line on its port, or another, or none. @returns the id of the device, if there is one. */
export async function placeOf(
  change: Write,
  scope: AccountScope,
  account: AccountOfDevice,
  lineId: string,
  line: SpecialtyLineAttributes,
): Promise<Result<string | undefined, ApiFailure>> {
  const onPort = { id: lineId, kind: 'SPECIALTY', name: line.name, emergencyNumber: line.e911CallbackNumber } as const
  const device = await replacePort(change, scope, account, onPort, line.port)
  if (device.ok) return ok(device.value?.id)
  // S4-24 with the interface: a MAC and port that are taken are a conflict here, elsewhere a bad value.
  const isTaken = device.error.code === 'DuplicateMACAddressLineNumber' || device.error.code === 'DuplicateMACAddress'
  return err(isTaken ? { ...device.error, status: 409 } : device.error)
}
