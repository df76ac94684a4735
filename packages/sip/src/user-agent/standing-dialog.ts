import type { Dialog } from '../dialog/index.ts'
import type { Header } from '../message/index.ts'
import { isWebSocket, type RemoteAddress } from '../transport/index.ts'
import type { Credentials } from './challenge-answer.ts'
import { exchangeInDialog } from './in-dialog-client.ts'
import type { UserAgent } from './user-agent.ts'

/** What has to be known of a dialog to hang it up when the stack that had it is no more. Plain data, to be written down. */
export interface StandingDialog {
  readonly dialog: Dialog
  readonly heardFrom: RemoteAddress
}

/**
 * What was asked in the dialog after it was written down is not known: a CSeq number this much higher is higher than any of it
 * (RFC 3261 12.2.2 takes gaps).
 */
const SEQUENCES_AHEAD = 1_000_000
/** RFC 3261 8.1.1.5: less than 2**31; the exchange adds one. */
const LAST_SEQUENCE = 2 ** 31 - 3

export function standingDialogOf(dialog: Dialog, heardFrom: RemoteAddress): StandingDialog | undefined {
  return isUnreachable(heardFrom) ? undefined : { dialog, heardFrom: withoutNames(heardFrom) }
}

/** A WebSocket that nobody knows: nobody can be called back there (RFC 7118 5). */
export function isUnreachable({ transport, connectionId }: RemoteAddress): boolean {
  return isWebSocket(transport) && connectionId === undefined
}

/** What a certificate says matters to who is called, not to who is hung up. */
export function withoutNames(remote: RemoteAddress): RemoteAddress {
  const { certificateNames: _names, ...place } = remote
  return place
}

/** Sends BYE (RFC 3261 15.1.1), and again when it is challenged (22.2). */
export function endStandingDialog(
  userAgent: UserAgent,
  { dialog, heardFrom }: StandingDialog,
  headers: readonly Header[],
  credentials: Credentials | undefined,
): void {
  const localSequence = Math.min(dialog.localSequence + SEQUENCES_AHEAD, LAST_SEQUENCE)
  const peer = { dialog: { ...dialog, localSequence }, heardFrom, contact: '', credentials }
  exchangeInDialog(userAgent, peer, { method: 'BYE', headers }, () => undefined)
}
