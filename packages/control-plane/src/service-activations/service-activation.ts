/** What a carrier is asked to do to a number (public-spec section 10). */
export const SERVICE_TYPES = [
  'PORT_REQUEST',
  'CSR_CHANGE_REQUEST',
  'ACTIVATION',
  'NINE_ONE_ONE_ADDRESS',
  'DISCONNECT',
  'DYNAMIC_RESERVATION',
  'BYOTN_REQUEST',
  'SERVICE_PROVIDER_TN',
] as const
export type ServiceType = (typeof SERVICE_TYPES)[number]

export const ACTIVATION_STATUSES = [
  'PENDING', 'IN_PROGRESS', 'REJECTED', 'FOC_RECEIVED', 'FOC_REMOVED', 'CANCELLED', 'CANCEL_PENDING', 'CARRIER_CANCELLED', 'DELETE_PENDING', 'DELETE_SCHEDULED', 'COMPLETED',
  'CORRECTED_COMPLETED', 'COOLDOWN', 'HOT_CUT_PORT', 'ON_HOLD', 'RESELLER_PENDING',
] as const // prettier-ignore
export type ActivationStatus = (typeof ACTIVATION_STATUSES)[number]

export const ACTIVATION_REFERENCE_TYPES = ['TELEPHONE', 'PORT', 'DYNAMIC_INVENTORY', 'BYOTN', 'BYOTN_PORT'] as const
export type ActivationReferenceType = (typeof ACTIVATION_REFERENCE_TYPES)[number]

/** What a customer can correct after a rejection. */
export const EDITABLE_FIELDS = ['crdDate', 'wirelessAccountNumber', 'wirelessPin', 'name'] as const
export type EditableField = (typeof EDITABLE_FIELDS)[number]

/** Statuses in which nobody will do anything any more. */
const FINISHED: ReadonlySet<ActivationStatus> = new Set(['CANCELLED', 'CARRIER_CANCELLED', 'COMPLETED', 'CORRECTED_COMPLETED', 'COOLDOWN'])

/** An account with an open event cannot be deleted, nor can the number it is about (public-spec section 7). */
export function isOpen(status: ActivationStatus): boolean {
  return !FINISHED.has(status)
}

export const FINISHED_STATUSES: readonly ActivationStatus[] = [...FINISHED]

/** What is known of an event besides its state. */
export interface ActivationDetails {
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
  readonly companyName?: string | undefined
  readonly city?: string | undefined
  readonly state?: string | undefined
  /** ISO 8601. */
  readonly crdDate?: string | undefined
  readonly losingCarrier?: string | undefined
  readonly parentOrderId?: string | undefined
  readonly editableFieldTypes?: readonly EditableField[] | undefined
}
