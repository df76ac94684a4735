import type { SupervisionMode } from '@dialtone/call-routing'
import type { CallExplanation, ExplainQuestion } from './call-explanation.ts'
import type { CallRecord } from './call-record.ts'
import type { DescribedCall, RecentCall } from './described-call.ts'
import type { LineInCall, NotifyOrder, NotifyOutcome } from './notify-order.ts'

/** What came of an order about a call: done, or the code of why not. */
export type CallCommandResult =
  | 'done'
  | 'NoSuchCall'
  | 'EmergencyCall'
  | 'EmergencyDialed'
  | 'CallBusy'
  | 'NotTransferable'
  | 'CallRefused'
  | 'NoSuchLine'
  | 'NoPhoneRegistered'
  | 'TooManyCalls'
  | 'SupervisionNotAllowed'
  | 'OwnCall'
  | 'RecordingNotAvailable'
  | 'RecordingNotAllowed'
  | 'NotRecorded'

/** Send one party of a call on, as its other party could with REFER. */
export interface TransferOrder {
  readonly sessionId: string
  /** Whose line sends it on, and dials for it. */
  readonly accountId: string
  readonly dialed: string
  /** Who goes on; left out: the one the account's line talks to, and the caller where both are of the account. */
  readonly transferee?: 'caller' | 'callee' | undefined
}

export interface TransferResult {
  readonly result: CallCommandResult
  /** The call to the target; whoever talks to the platform alone goes on in his own. */
  readonly sessionId?: string
  /** With `CallRefused`: how it would end. */
  readonly refusal?: { readonly code: string; readonly statusCode: number; readonly reasonPhrase: string }
}

/** Call somebody for a line: its user's own phones ring first. */
export interface OriginateOrder {
  readonly accountId: string
  readonly lineId: string
  readonly dialed: string
}

/** Call somebody to send a fax; what it has is asked for when somebody answers. */
export interface SendFaxOrder {
  readonly accountId: string
  readonly faxId: string
  /** A number of the account, which is shown. */
  readonly callerNumber: string
  readonly dialed: string
}

/** Let a supervisor listen to a call of the account. */
export interface SuperviseOrder {
  readonly accountId: string
  /** Of the supervisor, whose phones ring. */
  readonly lineId: string
  readonly sessionId: string
  readonly mode: SupervisionMode
  /** Whose ear is whispered into; left out: the one on a line of the account, and who was called where both are. */
  readonly party?: 'caller' | 'callee' | undefined
}

export type RecordAction = 'START' | 'PAUSE' | 'RESUME' | 'STOP'

/** An account's recording of a call that goes on. */
export interface RecordOrder {
  readonly accountId: string
  readonly sessionId: string
  readonly action: RecordAction
}

/** What a queue and its agents' lines do now. */
export interface QueueNow {
  readonly waiting: number
  /** Since when the first caller waits, in ms since 1970. */
  readonly oldestSinceMs: number | undefined
  /** Those who have hung up, to be called back. */
  readonly callbacks: number
  /** Lines that talk, and those that have not talked for a while, since when. */
  readonly talking: Readonly<Record<string, number>>
  readonly idle: Readonly<Record<string, number>>
}

/** What others ask the switch about calls, and tell it to do with them. Arguments and answers are plain data, fit for another thread. */
export interface CallDoor {
  /** What would happen to a call now; nothing is called. */
  explain(question: ExplainQuestion): CallExplanation
  /** The records of the account's calls that go on, as they look now. */
  callsOf(accountId: string): readonly CallRecord[]
  /** The last calls that began in the account and are over, the latest first. */
  recentOf(accountId: string): readonly RecentCall[]
  /** Decisions, messages, events and media of a call that goes on or is kept, without secrets. */
  describe(sessionId: string): DescribedCall | undefined
  /** Of which calls, that go on or are kept, this is the Call-ID of a dialog. */
  sessionsWith(sipCallId: string): readonly string[]
  /** @param lineIds of its agents */
  queueNow(queueId: string, lineIds: readonly string[]): QueueNow
  hangUp(sessionId: string): CallCommandResult
  /** Calls that go on at a line, trunk or carrier. */
  callsAt(id: string): number
  /** The two talk on until the target has answered; then the transferor is hung up. Who waits, or talks to a menu, goes on doing so until then. */
  transfer(order: TransferOrder): TransferResult
  /** @returns the call to the own phones; the one to the target follows it, and is told in its trace as 'toSessionId' */
  originate(order: OriginateOrder): TransferResult
  /** What becomes of it is told to the service desk. */
  sendFax(order: SendFaxOrder): TransferResult
  /** The supervisor's phones ring; those who talk are told before anybody listens. @returns his call to his own phone, as `originate` does */
  supervise(order: SuperviseOrder): TransferResult
  /** Those who talk are told before it begins. */
  record(order: RecordOrder): CallCommandResult
  /** Which of these lines are in a call, in either direction. */
  linesInCall(lineIds: readonly string[]): readonly LineInCall[]
  /** Sends a NOTIFY to the phone of a line, outside of every subscription, and tells what the phone answered. */
  notify(order: NotifyOrder): Promise<NotifyOutcome>
}
