import type { CountryCode } from '../reference-data/index.ts'
import type { CustomerServiceRecord, DirectoryListing } from '../telephone-numbers/index.ts'
import type { CancelType, PortFacts, PortRejection, PortStatus, WireType } from './port.ts'

/** What a port was asked for with: kept as it is shown and sent to the carrier. The PIN is kept apart, sealed. */
export interface PortDetails {
  readonly customerServiceRecord: CustomerServiceRecord
  readonly directoryListing: DirectoryListing
  readonly billingTelephoneNumber: string
  /** Who may sign for the account at the losing carrier. */
  readonly portingAuthorizedName: string
  readonly accountNumber: string
  readonly currentProvider?: string | undefined
  readonly telecomSettings?: Readonly<Record<string, unknown>> | undefined
  readonly sendLoa: boolean
  readonly portNow: boolean
  readonly canAcceptSMS: boolean
  readonly smsCallbackUrl?: string | undefined
}

/** A port with its numbers, read from its rows. */
export interface PortRecord {
  readonly id: string
  readonly partitionId: string
  readonly accountId: string
  readonly status: PortStatus
  readonly carrierId: string
  readonly losingCarrier: string
  readonly wireType: WireType
  readonly requestedDate: string | undefined
  readonly crdDate: string
  readonly timeZone: string
  readonly country: CountryCode
  readonly focAt: Date | undefined
  readonly triggeredAt: Date | undefined
  readonly hotCutPortId: string | undefined
  readonly details: PortDetails
  readonly pinSealed: string | undefined
  readonly cancelType: CancelType | undefined
  readonly rejection: PortRejection | undefined
  readonly submittedAt: Date
  readonly completedAt: Date | undefined
  readonly createdAt: Date
  readonly numbers: readonly { readonly phoneNumber: string; readonly fromInventory: boolean }[]
  readonly hasLoa: boolean
}

/** @param pin opened; what the carrier compares. */
export function factsOfPort(port: PortRecord, pin: string | undefined): PortFacts {
  return {
    status: port.status,
    submittedAtMs: port.submittedAt.getTime(),
    crdDate: port.crdDate,
    timeZone: port.timeZone,
    focAtMs: port.focAt?.getTime(),
    triggeredAtMs: port.triggeredAt?.getTime(),
    isHotCut: port.hotCutPortId !== undefined,
    accountNumber: port.details.accountNumber,
    pin,
    country: port.country,
  }
}

export function phoneNumbersOf(port: PortRecord): readonly string[] {
  return port.numbers.map((number) => number.phoneNumber)
}
