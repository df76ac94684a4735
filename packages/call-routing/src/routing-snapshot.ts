import type { DialingBehavior, E164, TollFreeOrigin } from '@dialtone/numbering'
import type { AccountServices } from './account-services.ts'
import type { CallHandling } from './call-handling.ts'
import type { RoutingTrunk } from './routing-trunk.ts'
import type { HandlingSchedule } from './schedule/handling-schedule.ts'
import type { CallScreening } from './screening/call-screening.ts'

/** An account as routing sees it: immutable, complete, with the version it was built from. */
export interface RoutingSnapshot {
  readonly version: number
  readonly partitionId: string
  readonly accountId: string
  readonly accountStatus: AccountStatus
  readonly dialingBehavior: DialingBehavior
  readonly extensionLength: number
  readonly homeAreaCode: string | undefined
  /** A name of the IANA database, such as `US/Mountain`. */
  readonly timeZone?: string | undefined
  /** What is said to its callers; `fr-CA`. Undefined: as for every account. */
  readonly language?: string | undefined
  readonly users: ReadonlyMap<string, RoutingUser>
  readonly lines: ReadonlyMap<string, RoutingLine>
  /** In the order they came into service: "the first number" means this order. */
  readonly numbers: ReadonlyMap<E164, RoutingNumber>
  readonly userIdByExtension: ReadonlyMap<string, string>
  readonly services: AccountServices
  /** Of calls to every user. Undefined: everybody may call. */
  readonly screening?: CallScreening | undefined
  /** From where nobody may call its toll-free numbers, for it would pay. */
  readonly tollFreeRefused?: readonly TollFreeOrigin[] | undefined
  /** Every carrier the account may use, of its own, its partition and the platform. */
  readonly carriers: readonly RoutingCarrier[]
  /** Preferred order for 911 and 933. */
  readonly emergencyCarrierIds: readonly string[]
}

export type AccountStatus = 'ACTIVE' | 'DISABLED' | 'SUSPENDED' | 'PENDING' | 'DELETE_PENDING' | 'DELETED'

export interface RoutingUser {
  readonly id: string
  readonly firstName: string
  readonly lastName: string
  readonly extension: string | undefined
  readonly callerIdNumber: E164 | undefined
  readonly externalCallerIdVisible: boolean
  readonly extensionCallerIdVisible: boolean
  readonly lineIds: readonly string[]
  readonly callHandling: CallHandling
  /** When other call handlings hold, in `timeZone`. */
  readonly schedules?: readonly HandlingSchedule[] | undefined
  readonly timeZone?: string | undefined
  /** What the user is spoken to in. */
  readonly language?: string | undefined
  /** Undefined: everybody may call. */
  readonly screening?: CallScreening | undefined
  readonly voicemailBoxId: string | undefined
}

export interface RoutingLine {
  readonly id: string
  readonly userId: string | undefined
  readonly sipUsername: string
  /** The 911 callback number whose registered address is used (S1-95). */
  readonly emergencyNumber: E164 | undefined
  readonly adminState: 'ACTIVE' | 'INACTIVE'
  /** What the line itself shows when it calls: lines that belong to no user (business, specialty). */
  readonly callerId?: LineCallerId | undefined
  /** It is the trunk of a customer's PBX. */
  readonly trunk?: RoutingTrunk | undefined
}

export interface LineCallerId {
  readonly number: E164 | undefined
  /** When the number has no caller name of its own. */
  readonly name: string
  readonly visible: boolean
}

export interface RoutingNumber {
  readonly number: E164
  /** END_USER, LINE_APPEARANCE … (C-39); undefined together with referenceId: nobody answers, callers hear busy. */
  readonly referenceType: string | undefined
  readonly referenceId: string | undefined
  readonly operationalStatus: 'ACTIVE' | 'STAGED'
  readonly callerName: string | undefined
  readonly emergencyAddress: EmergencyLocation | undefined
}

/** A civic address by its NENA elements (C-35); elements that do not apply are ''. Coordinates are decimal degrees. */
export interface EmergencyLocation {
  readonly streetNumber: string
  readonly preDirectional: string
  readonly streetName: string
  readonly streetSuffix: string
  readonly postDirectional: string
  readonly unit: string
  readonly city: string
  readonly state: string
  readonly postalCode: string
  readonly country: string
  readonly latitude: string | undefined
  readonly longitude: string | undefined
}

export interface RoutingCarrier {
  readonly id: string
  readonly name: string
  /** Lower is tried first, as in RFC 2782. */
  readonly priority: number
  readonly healthy: boolean
  readonly emergencyCapable: boolean
  readonly cost?: CarrierCost | undefined
  /** In both directions together, and new ones to it a second; undefined: as many as there are. Emergency calls are not limited by it. */
  readonly maxConcurrentCalls?: number | undefined
  readonly maxCallsPerSecond?: number | undefined
}

/** What a minute costs at a carrier, in whatever unit all carriers have: by prefix of E.164 digits, and elsewhere. */
export interface CarrierCost {
  readonly weight: number
  readonly byPrefix: ReadonlyMap<string, number>
}
