import type { EmergencyLocation } from '@dialtone/call-routing'
import type { CallRecord } from './call-record.ts'
import type { GatewayStatus } from './switch-directory.ts'

/** What the call plane tells the rest of the platform. Called synchronously: an implementation queues and returns. */
export interface SwitchEvents {
  /** The first binding of a line came, or its last one went (S0-101, S0-102). */
  registrationChanged(event: RegistrationChange): void
  /** Told when the call is already on its way: a notification never delays it (S0-73, 47 CFR 9.16). */
  emergencyCall(event: EmergencyCall): void
  callEnded?(record: CallRecord): void
  /** A carrier went down, is held down after failures, or is back. */
  carrierChanged?(event: CarrierChange): void
  /** A gateway was asked by OPTIONS: what came of it, and how it is (S3-62). */
  gatewayProbed?(event: GatewayProbe): void
  /** Our registration at a carrier went through, was refused, or ended. */
  carrierRegistration?(event: CarrierRegistration): void
}

export interface GatewayProbe {
  readonly gatewayId: string
  readonly carrierId: string
  readonly atMs: number
  /** Undefined: no answer. */
  readonly responseMs: number | undefined
  readonly status: GatewayStatus
  /** Of the last probes. */
  readonly lossPercent: number
  /** What it said, or why it said nothing. */
  readonly reason: string
}

export interface CarrierRegistration {
  readonly carrierId: string
  readonly gatewayId: string
  readonly state: 'registered' | 'failed' | 'stopped'
  /** Of a failure. */
  readonly statusCode: number | undefined
  /** Why the registrar could not be asked at all, such as a certificate that has expired, or where it sends us. */
  readonly reason?: string | undefined
  /** Until when it lasts unless refreshed. */
  readonly expiresAtMs: number | undefined
  readonly atMs: number
}

export interface CarrierChange {
  readonly carrierId: string
  readonly name: string
  /** Whose carrier it is; undefined: the platform's, or the whole partition's. */
  readonly partitionId: string | undefined
  readonly accountId: string | undefined
  readonly health: 'up' | 'held-down' | 'down'
  readonly reason: string
  readonly atMs: number
}

/** What one of several switches found out of a carrier, for the others. */
export type CarrierNews = { readonly kind: 'probed'; readonly probe: GatewayProbe } | { readonly kind: 'changed'; readonly change: CarrierChange }

export interface RegistrationChange {
  readonly lineId: string
  readonly accountId: string
  readonly partitionId: string
  readonly registered: boolean
  readonly atMs: number
}

export interface EmergencyCall {
  /** The id of the call record. */
  readonly recordId: string
  readonly sessionId: string
  readonly partitionId: string
  readonly accountId: string
  readonly service: '911' | '933'
  readonly dialedNumber: string
  readonly callingLineId: string | undefined
  readonly callingUserId: string | undefined
  readonly callingNumber: string
  readonly callingName: string
  readonly callbackNumber: string | undefined
  readonly location: EmergencyLocation | undefined
  readonly carrierIds: readonly string[]
  readonly atMs: number
}
