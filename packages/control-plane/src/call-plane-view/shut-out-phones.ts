import { admissionOf } from '@dialtone/foundation'
import type { RegistrationStatus } from '../context.ts'
import type { AccountPicture } from './account-picture.ts'

/**
 * Ends the registrations that the account's picture, as it is now, would not accept any more: of lines out of service (S0-103), and of
 * phones at addresses its access rules shut out (S3-85). Else such a phone would still be rung until its time is over.
 */
export async function shutOutPhones(registrations: Pick<RegistrationStatus, 'bindingsOf' | 'dropBindings'>, picture: AccountPicture): Promise<void> {
  const dropped: Promise<void>[] = []
  for (const { lineId, adminState } of picture.credentials.values()) {
    const bindings = registrations.bindingsOf(lineId)
    if (bindings.length === 0) continue
    if (adminState === 'INACTIVE') {
      dropped.push(registrations.dropBindings(lineId))
      continue
    }
    const addresses = new Set(bindings.map((binding) => binding.receivedFrom.address))
    const from = [...addresses].filter((address) => !admissionOf(picture.accessLevels ?? [], address).isAdmitted)
    if (from.length > 0) dropped.push(registrations.dropBindings(lineId, from))
  }
  await Promise.all(dropped)
}
