import { createRequest, type Header, type SipRequest } from '../message/index.ts'
import { serverTransactionKey } from '../transaction/index.ts'
import type { RemoteAddress } from '../transport/index.ts'
import type { Credentials } from './challenge-answer.ts'
import { LeftInvite, NOBODY } from './left-invite.ts'
import { placeOfMark } from './shared-port.ts'
import { endStandingDialog, isUnreachable, type StandingDialog, withoutNames } from './standing-dialog.ts'
import type { UserAgent } from './user-agent.ts'

/** What has to be known of an INVITE under way to end it when the stack that had it is no more. Plain data, to be written down. */
export interface StandingInvite {
  readonly invite: 'sent' | 'received'
  readonly uri: string
  /** What names its transaction: its CANCEL, its answers and their ACK carry nothing else of it (RFC 3261 9.1, 8.2.6.2, 17.1.1.3). */
  readonly headers: readonly Header[]
  /** Where it went, or came from. */
  readonly peer: RemoteAddress
  readonly localTag: string
}

/** A leg as it is written down: before its answer, and after it. */
export type StandingLeg = StandingDialog | StandingInvite

/** RFC 3261 21.5.1: what happened to the stack is nothing the caller can mend. */
const SERVER_INTERNAL_ERROR = 500

export function standingInviteOf(invite: StandingInvite['invite'], request: SipRequest, peer: RemoteAddress, localTag: string): StandingInvite | undefined {
  if (isUnreachable(peer)) return undefined
  const headers: Header[] = []
  for (const name of ['Via', 'Route']) for (const value of request.headers(name.toLowerCase())) headers.push([name, value])
  for (const name of ['From', 'To', 'Call-ID', 'CSeq']) headers.push([name, request.header(name.toLowerCase()) ?? ''])
  return { invite, uri: request.uriText, headers, peer: withoutNames(peer), localTag }
}

/** Whoever knows nothing of it any more says 481, or nothing: it is over either way. */
export function hangUpStanding(userAgent: UserAgent, standing: StandingLeg, headers: readonly Header[], credentials?: Credentials): void {
  if ('dialog' in standing) endStandingDialog(userAgent, standing, headers, credentials)
  else endStandingInvite(userAgent, standing, headers)
}

/** Cancels an INVITE that was sent, with all that may follow (9.1); refuses one that was received. */
function endStandingInvite(userAgent: UserAgent, standing: StandingInvite, reason: readonly Header[]): void {
  const { invite, uri, headers, peer, localTag } = standing
  const { transactions } = userAgent
  const request = createRequest({ method: 'INVITE', uri, headers })
  if (invite === 'sent') {
    const resumed = transactions.resumeInvite(request, peer, NOBODY)
    const left = new LeftInvite(userAgent, resumed, { to: peer, contact: '', credentials: undefined, highestSequence: request.cseq.sequence })
    resumed.user = left
    left.cancel(reason)
    return
  }
  const key = serverTransactionKey(request)
  if (transactions.findServer(key) !== undefined) return
  const transaction = transactions.receive(request, peer, key)
  transaction.toTag = localTag
  transaction.respond(SERVER_INTERNAL_ERROR, { headers: reason })
}

/**
 * Which of the stacks on a port is to hang it up: what comes of an INVITE that was under way names the one that had it; a dialog anybody may end.
 * @returns undefined: any of them
 */
export function placeOfStanding(standing: StandingLeg): number | undefined {
  if ('dialog' in standing) return undefined
  const place = placeOfMark(standing.localTag, 0)
  return place < 0 ? undefined : place
}
