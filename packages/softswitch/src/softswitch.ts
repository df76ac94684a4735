import type { Clock, Logger, Timers } from '@dialtone/foundation'
import type { MediaEngine } from '@dialtone/media'
import type { DigestAlgorithm, SipStack } from '@dialtone/sip'
import type { CallEvent } from './calls/state/call-event.ts'
import type { EdgeProtection } from './edge/edge-gate.ts'
import type { OccupancyBoard } from './ports/occupancy-board.ts'
import type { CallAuthorizer } from './ports/call-authorizer.ts'
import type { CallDoor } from './ports/call-door.ts'
import type { CallRecorder } from './ports/call-recorder.ts'
import type { CallRecord, CallRecordSink, LeftLeg } from './ports/call-record.ts'
import type { BindingChange, RegistrationStore, StoredBinding } from './ports/registration-store.ts'
import type { MessageCounts } from './presence/message-waiting.ts'
import type { ServiceDesk } from './ports/service-desk.ts'
import type { RememberedFact, SwitchMemory } from './ports/switch-memory.ts'
import type { SwitchDirectory } from './ports/switch-directory.ts'
import type { CarrierNews, SwitchEvents } from './ports/switch-events.ts'

export interface RegistrarLimits {
  /** Shorter registrations are refused with 423 and Min-Expires. */
  readonly minExpiresSeconds: number
  /** Longer ones are shortened. */
  readonly maxExpiresSeconds: number
  /** When the phone names no time. */
  readonly defaultExpiresSeconds: number
  readonly maxContactsPerLine: number
}

export interface CallLimits {
  /** New calls beyond this are answered 503 with Retry-After; emergency calls are not. */
  readonly maxCalls: number
  /** How long an unanswered call may ring when nothing else ends it. */
  readonly maxRingMs: number
  /** How long any call may last. */
  readonly maxCallMs: number
  /** How long a carrier may stay silent before the next one is tried; not used on the last one. */
  readonly carrierSetupTimeoutMs: number
}

export interface SoftswitchOptions {
  readonly sip: SipStack
  readonly media: MediaEngine
  readonly directory: SwitchDirectory
  readonly registrations: RegistrationStore
  /** What it remembers of calls that are over; left out: a restart forgets it. */
  readonly memory?: SwitchMemory
  readonly records: CallRecordSink
  /** Voicemail, menus, announcements: without it the switch only connects. */
  readonly services?: ServiceDesk
  /** Where the sound of recorded calls goes; without it none are. */
  readonly recorder?: CallRecorder
  readonly events: SwitchEvents
  /** Who is asked before calls that cost something; left out: everything is allowed. */
  readonly authorizer?: CallAuthorizer
  readonly clock: Clock
  readonly timers: Timers
  readonly logger: Logger
  /** The digest realm; the `ha1` of the directory must be computed with it. */
  readonly realm: string
  /** Algorithms of the challenges; default MD5 alone, the one every phone knows. Each is accepted, offered or not. */
  readonly digestAlgorithms?: readonly DigestAlgorithm[]
  /** The address other parties reach the SIP port at. */
  readonly publicAddress: string
  readonly sipPort: () => number
  readonly registrar?: Partial<RegistrarLimits>
  readonly limits?: Partial<CallLimits>
  /** Whether it registers at carriers and asks their gateways; false: another switch does, until `keepCarriers`. Default true. */
  readonly keepsCarriers?: boolean
  /** Where the calls of other switches are seen; left out: there is no other. */
  readonly occupancyBoard?: OccupancyBoard
  /** Against guessing and scanning; defaults in edge/protect-edge.ts. */
  readonly protection?: Partial<EdgeProtection>
}

export interface SoftswitchStatistics {
  /** Calls whose last leg is not over yet. */
  readonly calls: number
  readonly legs: number
  readonly mediaSessions: number
  readonly timers: number
  readonly bindings: number
  readonly registeredLines: number
  /** Of phones, to message-summary and dialog events. */
  readonly subscriptions: number
  /** Counted since the start. */
  readonly callsStarted: number
  readonly callsAnswered: number
  readonly callsRefused: number
}

/** The call plane: registrar, calls, records. The SIP stack and the media engine are started and stopped by their owner. */
export interface Softswitch {
  /** Restores the bindings and takes the stack's requests. Call it before the SIP stack starts listening. */
  start(): Promise<void>
  /** Refuses new calls, waits for the running ones up to `drainMs` (default 0), hangs up the rest. */
  stop(options?: { readonly drainMs?: number }): Promise<void>
  isRegistered(lineId: string): boolean
  bindingsOf(lineId: string): readonly StoredBinding[]
  /** Lines with a phone registered at the tenant's domain. Costs one look at each binding. */
  linesAt(domain: string): readonly string[]
  /**
   * The line was deleted or its credentials changed: its bindings and subscriptions go at once.
   * @param from only those made from these addresses, which are shut out now; left out: all
   */
  dropBindings(lineId: string, from?: readonly string[]): void
  /** What another switch of the same lines decided on a REGISTER. Neither stored nor told of here. */
  mirrorBindings(changes: readonly BindingChange[]): void
  /** Another switch of the same port ended, and its connections with it. */
  connectionsLost(isLost: (connectionId: string) => boolean): void
  /** Hangs up who was in a call of a switch that died, or rang or waited for one, by what it wrote down (`CheckpointedRecord`). The stack has to listen. */
  hangUpLeft(legs: readonly LeftLeg[]): void
  /** Registers at carriers and asks their gateways from now on: the switch that did is gone. */
  keepCarriers(): void
  /** What another switch found out of a carrier: calls are routed by it. Not told of here. */
  mirrorCarrier(news: CarrierNews): void
  /** What another switch remembers of lines and groups of ours. Not stored from here. */
  recall(facts: readonly RememberedFact[]): void
  /** Messages came or went: every phone that subscribed to the line's message-summary is told at once (RFC 3842). Others are not. */
  setMessageWaiting(lineId: string, counts: MessageCounts): void
  /** For whoever asks about calls, or does something with them. */
  readonly calls: CallDoor
  activeCalls(): readonly CallRecord[]
  /**
   * What happened to a call, running or one of the last ended ones: its events in order, as `stepCall` saw them. They carry
   * session descriptions with their keys: not for logs.
   */
  traceOf(sessionId: string): readonly CallEvent[] | undefined
  readonly statistics: SoftswitchStatistics
}
