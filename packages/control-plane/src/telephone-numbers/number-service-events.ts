import type { AccountScope } from '../access/index.ts'
import type { Write } from '../events/index.ts'
import {
  type ActivationDetails,
  type ActivationStatus,
  advanceActivation,
  advanceFound,
  findActivation,
  lockResting,
  openActivation,
} from '../service-activations/index.ts'
import type { CarrierStatus } from './telephone-number.ts'

/** What carriers and the emergency service are asked for about a number, as events of their own (public-spec section 10). */

interface Customer {
  readonly firstName: string
  readonly lastName: string
  readonly businessName: string
  readonly city: string
  readonly state: string
}

const STATUS_OF: Partial<Record<CarrierStatus, ActivationStatus>> = { ACTIVE: 'COMPLETED', ACTIVATION_ON_HOLD: 'ON_HOLD', ACTIVATION_PENDING: 'IN_PROGRESS' }

export function noteActivation(
  change: Write,
  scope: AccountScope,
  phoneNumber: string,
  o: { readonly status: CarrierStatus; readonly isOwn: boolean; readonly customer: Customer; readonly orderId: string | undefined },
): Promise<void> {
  return openActivation(change, scope, {
    serviceType: o.isOwn ? 'BYOTN_REQUEST' : 'ACTIVATION',
    referenceType: o.isOwn ? 'BYOTN' : 'TELEPHONE',
    referenceId: phoneNumber,
    status: STATUS_OF[o.status] ?? 'PENDING',
    telephoneNumbers: [phoneNumber],
    details: { ...detailsOf(o.customer), parentOrderId: o.orderId },
  })
}

/** The activation of a number went on, or was given up. */
export async function noteProgress(change: Write, scope: AccountScope, phoneNumber: string, status: ActivationStatus): Promise<void> {
  for (const serviceType of ['ACTIVATION', 'BYOTN_REQUEST'] as const)
    await advanceActivation(change, scope, { serviceType, referenceId: phoneNumber }, { status })
}

/** Where help is sent was registered, or the address service would write it otherwise and waits for somebody to choose. */
export async function noteEmergencyAddress(
  change: Write,
  scope: AccountScope,
  phoneNumber: string,
  o: { readonly isRegistered: boolean; readonly isInDoubt: boolean; readonly customer: Customer },
): Promise<void> {
  const log = o.isInDoubt
    ? { code: 'AddressCorrectionProposed', message: 'The address service would write the address otherwise: accept its form, or the original.' }
    : {}
  if (!o.isRegistered && !o.isInDoubt) return
  await openActivation(change, scope, {
    serviceType: 'NINE_ONE_ONE_ADDRESS',
    referenceType: 'TELEPHONE',
    referenceId: phoneNumber,
    status: o.isInDoubt ? 'REJECTED' : 'COMPLETED',
    telephoneNumbers: [phoneNumber],
    details: detailsOf(o.customer),
    log,
  })
}

export function noteCorrectedAddress(change: Write, scope: AccountScope, phoneNumber: string): Promise<void> {
  return advanceActivation(change, scope, { serviceType: 'NINE_ONE_ONE_ADDRESS', referenceId: phoneNumber }, { status: 'CORRECTED_COMPLETED' })
}

/**
 * The number left the account: what is open about it is over. It rests, and then the carrier has it back (`cooldownsDueTask`); what went
 * to another carrier is gone at once.
 */
export async function noteDisconnect(change: Write, scope: AccountScope, phoneNumber: string, o: { readonly restsUntil: Date } | 'ported out'): Promise<void> {
  const address = { serviceType: 'NINE_ONE_ONE_ADDRESS', referenceId: phoneNumber } as const
  const found = await findActivation(change.sql, scope, address)
  if (found?.row.status === 'REJECTED') await advanceActivation(change, scope, address, { status: 'CANCELLED' })
  await openActivation(change, scope, {
    serviceType: 'DISCONNECT',
    referenceType: 'TELEPHONE',
    referenceId: phoneNumber,
    telephoneNumbers: [phoneNumber],
    ...(o === 'ported out'
      ? { status: 'COMPLETED', log: { code: 'PortedOut', message: 'The number went to another carrier.' } }
      : { status: 'COOLDOWN', cooldownUntil: o.restsUntil }),
  })
}

/** The cooldown was ended by hand: the carrier does not get the number back. */
export async function noteRecovery(change: Write, phoneNumber: string): Promise<void> {
  const resting = await lockResting(change.sql, phoneNumber)
  if (resting !== undefined) await advanceFound(change, resting, { status: 'CANCELLED', ...RECOVERED })
}
const RECOVERED = { code: 'Recovered', message: 'The number was taken back into the inventory before its cooldown ended.' }

function detailsOf({ firstName, lastName, businessName, city, state }: Customer): ActivationDetails {
  const given = { firstName, lastName, companyName: businessName, city, state }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== '' && value !== undefined))
}
