import type { Clock, Logger, Result, Timer, Timers } from '@dialtone/foundation'
import type { MediaEngine, MediaFailure, MediaSession } from '@dialtone/media'
import type { IncomingInvite, LegEvent, OutgoingInvite, SipStack } from '@dialtone/sip'
import type { Listeners } from '../guard-listeners.ts'
import type { CallRecord } from '../ports/call-record.ts'
import type { RouteNeeds } from './resolve-route.ts'
import type { CallEvent, CallSide, TimerName } from './state/call-event.ts'
import type { CallState } from './state/call-state.ts'

/** What every call uses. */
export interface CallNeeds extends RouteNeeds {
  readonly sip: Pick<SipStack, 'invite'>
  readonly media: Pick<MediaEngine, 'openSession'>
  readonly records: Listeners['records']
  readonly events: Listeners['events']
  readonly clock: Clock
  readonly timers: Timers
  readonly logger: Logger
}

type EventOf<Event> = Event extends CallEvent ? Omit<Event, 'atMs'> : never
/** An event before it is stamped with the time. */
export type NewCallEvent = EventOf<CallEvent>

export type PendingReinvite = Extract<LegEvent, { type: 'reinvite' }>

/** What one running call holds on to: everything in here is given back when the call ends. */
export interface CallContext {
  readonly needs: CallNeeds
  readonly invite: IncomingInvite
  readonly maxForwards: number
  readonly legs: Map<string, OutgoingInvite>
  readonly timers: Map<TimerName, Timer>
  readonly reinvites: Map<CallSide, PendingReinvite>
  /** Set while a session opens or is open. */
  opening: Promise<Result<MediaSession, MediaFailure>> | undefined
  session: MediaSession | undefined
  /** The caller's offer as it is sent to every phone. */
  offer: string | undefined
  readonly state: CallState
  /** Queues an event; it is stepped when the present one is done. */
  dispatch(event: NewCallEvent): void
  /** The call is over: the desk forgets it. */
  readonly onDisposed: () => void
  /** The records are closed. */
  readonly onFinished: (records: readonly CallRecord[]) => void
}
