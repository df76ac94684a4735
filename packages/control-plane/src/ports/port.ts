import type { IsoDate } from '../business-days/index.ts'
import type { CountryCode } from '../reference-data/index.ts'
import type { ActivationStatus, EditableField } from '../service-activations/index.ts'

/** A request to bring numbers here from another carrier (S2-19 … S2-28). One model for both interfaces (C-33). */
export type PortStatus = 'ON_HOLD' | 'PENDING' | 'APPROVED' | 'IN_PROGRESS' | 'COMPLETED' | 'REJECTED' | 'CANCELLED'

/** As the number carries it (`carrierStatus`), and as the port of the first interface does. */
export type PortCarrierStatus = 'ACTIVATION_ON_HOLD' | 'PORT_PENDING' | 'ACTIVE' | 'PORT_REJECTED' | 'CANCEL_PORT_COMPLETE'

export const CANCEL_TYPES = ['NORMAL', 'EXPIDITED', 'BY_CARRIER'] as const
export type CancelType = (typeof CANCEL_TYPES)[number]

export const WIRE_TYPES = ['Wireless', 'Wireline'] as const
export type WireType = (typeof WIRE_TYPES)[number]

/** Why the losing carrier said no, and what can be corrected. */
export interface PortRejection {
  readonly code: string
  readonly message: string
  readonly editableFields: readonly EditableField[]
}

/** What the carriers need to know of a port to take it further. */
export interface PortFacts {
  readonly status: PortStatus
  readonly submittedAtMs: number
  readonly crdDate: IsoDate
  readonly timeZone: string
  /** Firm order commitment: when the losing carrier lets go. */
  readonly focAtMs: number | undefined
  /** When the customer asked for the cut; needed for a hot cut. */
  readonly triggeredAtMs: number | undefined
  readonly isHotCut: boolean
  readonly accountNumber: string
  readonly pin: string | undefined
  readonly country: CountryCode
}

/** C-33: the words of each interface for one state. */
export function carrierStatusOf(status: PortStatus): PortCarrierStatus {
  switch (status) {
    case 'ON_HOLD':
      return 'ACTIVATION_ON_HOLD'
    case 'PENDING':
    case 'APPROVED':
    case 'IN_PROGRESS':
      return 'PORT_PENDING'
    case 'COMPLETED':
      return 'ACTIVE'
    case 'REJECTED':
      return 'PORT_REJECTED'
    case 'CANCELLED':
      return 'CANCEL_PORT_COMPLETE'
  }
}

export function activationStatusOf(status: PortStatus, isHotCut: boolean): ActivationStatus {
  if (status === 'APPROVED') return 'FOC_RECEIVED'
  if (status === 'IN_PROGRESS') return isHotCut ? 'HOT_CUT_PORT' : 'IN_PROGRESS'
  return status
}

/** Nothing happens to it any more. */
export function isFinished(status: PortStatus): boolean {
  return status === 'COMPLETED' || status === 'CANCELLED'
}

/**
 * What may be changed in a state. Before the losing carrier agreed and after it refused: everything but the numbers. Once it
 * agreed only the date, which takes its agreement back. Nothing while the numbers move, and nothing afterwards.
 */
export function editableFields(status: PortStatus): 'everything' | 'date' | 'nothing' {
  if (status === 'ON_HOLD' || status === 'PENDING' || status === 'REJECTED') return 'everything'
  return status === 'APPROVED' ? 'date' : 'nothing'
}

/** After the agreement a cancellation interrupts work that is planned. */
export function cancelTypeOf(status: PortStatus): CancelType {
  return status === 'APPROVED' || status === 'IN_PROGRESS' ? 'EXPIDITED' : 'NORMAL'
}
