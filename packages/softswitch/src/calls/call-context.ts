import type { Clock, Logger, Result, Timer, Timers } from '@dialtone/foundation'
import type { AddressType, MediaEncryption, MediaEngine, MediaFailure, MediaReport, MediaSession, MediaStream, MediaTerms, PartyKeys } from '@dialtone/media'
import type { IncomingInvite, LegEvent, OutgoingInvite, ReferSubscription, SipLeg, SipStack } from '@dialtone/sip'
import type { Listeners } from '../guard-listeners.ts'
import type { PageBoard } from '../paging/page-board.ts'
import type { TransferOrder, TransferResult } from '../ports/call-door.ts'
import type { CallAuthorizer } from '../ports/call-authorizer.ts'
import type { CallRecorder } from '../ports/call-recorder.ts'
import type { ServiceDesk } from '../ports/service-desk.ts'
import type { QueueBoard } from '../services/queue-board.ts'
import type { RoomBoard } from '../services/room-board.ts'
import type { FaxSending } from '../services/fax-sending.ts'
import type { ServiceRun } from '../services/service-run.ts'
import type { ConfirmedLeg } from './confirmed-leg.ts'
import type { CallRecording } from './record-call.ts'
import type { OccupancyBoard } from '../ports/occupancy-board.ts'
import type { RouteNeeds } from './resolve-route.ts'
import type { SessionOrigin } from './session-origin.ts'
import type { CallEvent, CallMessage, CallSide, TimerName } from './state/call-event.ts'
import type { CallState } from './state/call-state.ts'

/** Told when the records of a call are closed; with the figures of its media, if there are any. */
export type OnFinished = (answered: boolean, mediaReport: MediaReport | undefined) => void

/** What every call uses. */
export interface CallNeeds extends RouteNeeds {
  readonly sip: Pick<SipStack, 'invite' | 'findLeg'>
  readonly media: Pick<MediaEngine, 'openSession'>
  readonly authorizer: CallAuthorizer
  /** What the platform's own services work with; undefined: there are none here. */
  readonly services?: ServiceDesk | undefined
  /** Keeps the sound of calls; undefined: none are recorded here. */
  readonly recorder?: CallRecorder | undefined
  /** Who waits in which queue. */
  readonly queues: QueueBoard
  /** Who is in which conference. */
  readonly rooms: RoomBoard
  /** Which phones hear a page. */
  readonly pages: PageBoard
  readonly records: Listeners['records']
  readonly events: Listeners['events']
  readonly clock: Clock
  readonly timers: Timers
  readonly logger: Logger
  /** Of the switches that decide on calls beside this one. */
  readonly turns: Pick<OccupancyBoard, 'takeTurn' | 'endTurn'>
  /** Told of every change of a call, for those who watch extensions (RFC 4235). Costs next to nothing while nobody does. */
  readonly observe: (state: CallState, before: CallState | undefined) => void
  /** A proxy on the way to a phone says that the flow to it is gone (RFC 5626 11.5). */
  readonly flowFailed: (lineId: string, contactUri: string) => void
}

/** A leg on its way from one call to another. */
export interface Arrival {
  readonly leg: SipLeg
  /** The last session description it got from us. */
  readonly lastSent: string | undefined
  /** What it knows of our SRTP keys. */
  readonly keys: PartyKeys | undefined
  /** Where the RTP stream is that it got from us; undefined: it got none. */
  readonly stream: Promise<MediaStream | undefined> | undefined
}

/** What a call may ask of the others: transfers are made of two calls. */
export interface OtherCalls {
  /** @returns false when there is no such call */
  tell(sessionId: string, message: CallMessage): boolean
  handOver(toSessionId: string, arrival: Arrival, joined: Extract<NewCallEvent, { type: 'partyJoined' }>): boolean
  /** The call a leg belongs to, and where it stands there. */
  locate(leg: SipLeg): { readonly sessionId: string; readonly side: CallSide } | undefined
  /** An INVITE for one of the legs, or in place of our own end, and the event that tells of it. @returns false when there is no such call */
  receive(toSessionId: string, newcomer: CallerPort, eventFor: (state: CallState) => NewCallEvent): boolean
  /** The other party of a call goes on, as an operator would send it. */
  sendOn(order: TransferOrder): TransferResult
  begin(event: Extract<CallEvent, { type: 'started' }>): void
}

type EventOf<Event> = Event extends CallEvent ? Omit<Event, 'atMs'> : never
/** An event before it is stamped with the time. */
export type NewCallEvent = EventOf<CallEvent>

/** What waits for a session description of ours: a re-INVITE, or an INVITE that takes the place of a side. */
export type PendingReinvite = Pick<Extract<LegEvent, { type: 'reinvite' }>, 'method' | 'answer' | 'reject'>

export type PendingRefer = Extract<LegEvent, { type: 'refer' }>

/** The caller's INVITE; of a call that somebody was transferred to, his leg alone. */
export type CallerPort = Pick<IncomingInvite, 'leg' | 'progress' | 'answer' | 'reject'> & Partial<Pick<IncomingInvite, 'request' | 'source'>>

/** What one running call holds on to: everything in here is given back when the call ends. */
export interface CallContext {
  readonly needs: CallNeeds
  readonly others: OtherCalls
  readonly maxForwards: number
  /** What the caller allows to fork to (RFC 5393 5.3.3). */
  readonly maxBreadth: number | undefined
  /** undefined: a transferee that is still in another call. */
  caller: CallerPort | undefined
  readonly legs: Map<string, Pick<OutgoingInvite, 'leg' | 'cancel'>>
  /** How many of them there were when the call was written down last. */
  legsWritten: number
  readonly timers: Partial<Record<TimerName, Timer | undefined>>
  readonly reinvites: Record<CallSide, PendingReinvite | undefined>
  /** Set while a session opens or is open. */
  opening: Promise<Result<MediaSession, MediaFailure>> | undefined
  session: MediaSession | undefined
  /** The caller's offer as it was sent last: to every phone, to those without SRTP, to those of IPv6, or to a trunk with terms of its own. */
  offer:
    | { readonly text: string; readonly encryption: MediaEncryption; readonly recipient: MediaTerms | undefined; readonly addressType: AddressType }
    | undefined
  /** A REFER that is not answered yet, and the one being carried out. */
  refer: PendingRefer | undefined
  referSubscription: ReferSubscription | undefined
  arrival: Arrival | undefined
  /** The answer to the caller of a call that is being picked up. */
  pickedUp: string | undefined
  /** The program that talks to the caller. */
  service: ServiceRun | undefined
  /** Our fax machine and whoever we have called. */
  sending: FaxSending | undefined
  /** Legs whose party has to press a key before it is connected. */
  readonly confirmations: Map<string, ConfirmedLeg>
  /** undefined: nobody has talked yet, so nobody was asked whether the call is recorded. */
  recording: CallRecording | undefined
  /** An INVITE with Replaces that is not answered yet. */
  newcomer: CallerPort | undefined
  /** The last session description each side got from us. */
  readonly lastSent: { caller: string | undefined; callee: string | undefined }
  /** What legs that came from another call know of our SRTP keys. */
  readonly keys: Partial<Record<CallSide, PartyKeys | undefined>>
  /** For legs that came from another call. */
  readonly origins: { caller: SessionOrigin | undefined; callee: SessionOrigin | undefined }
  readonly state: CallState
  /** Queues an event; it is stepped when the present one is done. */
  dispatch(event: NewCallEvent): void
  /** The call is over: the desk forgets it. */
  readonly onDisposed: () => void
  /** The records are closed. */
  readonly onFinished: OnFinished
}
