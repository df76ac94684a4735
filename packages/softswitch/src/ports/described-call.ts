import type { RejectVerdict } from '@dialtone/call-routing'
import type { ExplainedDecision } from './call-explanation.ts'
import type { CallRecord } from './call-record.ts'

/** A session description without its secrets: what was agreed, stream by stream. */
export interface DescribedMedia {
  readonly kind: string
  readonly protocol: string
  /** Where the stream is wanted; port 0: refused. */
  readonly address: string
  readonly port: number
  readonly direction: 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive'
  /** By name where the description says it: `PCMU/8000`. */
  readonly formats: readonly string[]
}

/** One message of a leg, as the call saw or sent it. Retransmissions are the stack's affair and are not here. */
export interface DescribedMessage {
  readonly atMs: number
  /** `caller`, or the id of a called leg. */
  readonly leg: string
  /** Seen from the switch. */
  readonly direction: 'in' | 'out'
  /** A request; of a response, the method it answers. */
  readonly method: string
  /** Of a response. */
  readonly statusCode?: number
  readonly reason?: string
  readonly media?: readonly DescribedMedia[]
}

export interface DescribedLeg {
  readonly id: string
  readonly kind: 'caller' | 'line' | 'carrier' | 'psap'
  /** Whose phones or carrier it is. */
  readonly accountId: string
  readonly lineId?: string | undefined
  readonly carrierId?: string | undefined
  /** The Request-URI, without parameters. */
  readonly uri?: string | undefined
  readonly sipCallId?: string | undefined
}

/** Something that happened in a call: what is in it depends on the type, and is never a secret. */
export interface DescribedEvent {
  readonly atMs: number
  readonly type: string
  readonly detail: Readonly<Record<string, string | number | boolean>>
}

/** That of the edge: nobody was asked where the call would go. */
export interface RefusedDecision extends Omit<ExplainedDecision, 'verdict'> {
  readonly verdict: Omit<RejectVerdict, 'code'> & { readonly code: string }
}

/** What is known of a call, running or ended, for whoever asks why it went as it did. */
export interface DescribedCall {
  readonly sessionId: string
  /** Those that take part, the one it began in first. */
  readonly accountIds: readonly string[]
  readonly startedAtMs: number
  readonly answeredAtMs: number | undefined
  readonly endedAtMs: number | undefined
  readonly from: { readonly number: string; readonly name: string; readonly lineId?: string; readonly carrierId?: string }
  readonly dialed: string
  /** undefined: it goes on. */
  readonly outcome: { readonly code: string; readonly disposition: string; readonly statusCode: number; readonly hangupBy: string } | undefined
  readonly decisions: readonly ((ExplainedDecision | RefusedDecision) & { readonly atMs: number })[]
  readonly legs: readonly DescribedLeg[]
  readonly messages: readonly DescribedMessage[]
  readonly events: readonly DescribedEvent[]
  readonly media: CallRecord['mediaReport']
  /** Why there are no figures. */
  readonly mediaMissing: string | undefined
  /** More happened than is kept. */
  readonly isCut: boolean
}

/** One line about a call that is kept. */
export interface RecentCall {
  readonly sessionId: string
  readonly startedAtMs: number
  readonly endedAtMs: number
  readonly from: string
  readonly dialed: string
  readonly outcome: string
  readonly statusCode: number
}

/** An INVITE that made no call: the line was known, the call was not begun. */
export interface RefusedInvite {
  readonly sessionId: string
  readonly atMs: number
  readonly accountId: string
  readonly lineId: string
  readonly dialed: string
  readonly sipCallId: string
  /** A row of call-failure.ts. */
  readonly code: string
  /** In words. */
  readonly reason: string
}
