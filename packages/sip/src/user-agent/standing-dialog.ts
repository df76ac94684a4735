import type { Dialog } from '../dialog/index.ts'
import type { Header } from '../message/index.ts'
import { isWebSocket, type RemoteAddress } from '../transport/index.ts'
import { exchangeInDialog } from './in-dialog-client.ts'
import type { UserAgent } from './user-agent.ts'

/** What has to be known of a dialog to hang it up when the stack that had it is no more. Plain data, to be written down. */
export interface StandingDialog {
  readonly dialog: Dialog
  /** Without the connection, which ends with whoever had it. */
  readonly heardFrom: RemoteAddress
}

/**
 * What was asked in the dialog after it was written down is not known: a CSeq number this much higher is higher than any of it
 * (RFC 3261 12.2.2 takes gaps).
 */
const SEQUENCES_AHEAD = 1_000_000
/** RFC 3261 8.1.1.5: less than 2**31; the exchange adds one. */
const LAST_SEQUENCE = 2 ** 31 - 3

/** @returns undefined for who was reached by WebSocket: nobody can be called back there (RFC 7118 5) */
export function standingDialogOf(dialog: Dialog, heardFrom: RemoteAddress): StandingDialog | undefined {
  const { transport, address, port, serverName, acceptAnyCertificate, isFlow } = heardFrom
  if (isWebSocket(transport)) return undefined
  return {
    dialog,
    heardFrom: {
      ...{ transport, address, port },
      ...(serverName === undefined ? {} : { serverName }),
      ...(acceptAnyCertificate === undefined ? {} : { acceptAnyCertificate }),
      ...(isFlow === undefined ? {} : { isFlow }),
    },
  }
}

/** Sends BYE (RFC 3261 15.1.1). Whoever knows nothing of the dialog any more says 481, or nothing: it is over either way. */
export function hangUpStanding(userAgent: UserAgent, { dialog, heardFrom }: StandingDialog, headers: readonly Header[]): void {
  const localSequence = Math.min(dialog.localSequence + SEQUENCES_AHEAD, LAST_SEQUENCE)
  const peer = { dialog: { ...dialog, localSequence }, heardFrom, contact: '', credentials: undefined }
  exchangeInDialog(userAgent, peer, { method: 'BYE', headers }, () => undefined)
}
