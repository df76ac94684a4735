/** One dialog of a watched extension, as its watchers may see it. */
export interface WatchedDialog {
  /** Unique among the dialogs of the extension (RFC 4235 4.1.1). */
  readonly id: string
  readonly direction: 'initiator' | 'recipient'
  readonly state: 'trying' | 'early' | 'confirmed' | 'terminated'
  /** Of the dialog with a phone that rings: who names it in Replaces picks the call up (RFC 3891 3). `localTag` is the phone's. */
  readonly named?: { readonly callId: string; readonly localTag: string; readonly remoteTag: string } | undefined
  /** Who is at the other end; undefined when nobody knows or may know. */
  readonly remote: { readonly uri: string; readonly name: string } | undefined
}

export interface DialogInfo {
  /** One more than in the document before (RFC 4235 4.1). */
  readonly version: number
  readonly state: 'full' | 'partial'
  /** The URI that was subscribed to. */
  readonly entity: string
  readonly dialogs: readonly WatchedDialog[]
}

export const DIALOG_INFO_TYPE = 'application/dialog-info+xml'

/** Writes a dialog-info document (RFC 4235 4.1). */
export function formatDialogInfo({ version, state, entity, dialogs }: DialogInfo): string {
  const namespace = 'urn:ietf:params:xml:ns:dialog-info'
  const head = `<?xml version="1.0"?>\r\n<dialog-info xmlns="${namespace}" version="${version}" state="${state}" entity="${escapeXml(entity)}">\r\n`
  return `${head}${dialogs.map(formatDialog).join('')}</dialog-info>\r\n`
}

function formatDialog({ id, direction, state, remote, named }: WatchedDialog): string {
  const { callId = '', localTag = '', remoteTag = '' } = named ?? {}
  const names = named === undefined ? '' : ` call-id="${escapeXml(callId)}" local-tag="${escapeXml(localTag)}" remote-tag="${escapeXml(remoteTag)}"`
  const head = `<dialog id="${escapeXml(id)}"${names} direction="${direction}"><state>${state}</state>`
  if (remote === undefined) return `${head}</dialog>\r\n`
  const uri = escapeXml(remote.uri)
  const display = remote.name === '' ? '' : ` display="${escapeXml(remote.name)}"`
  return `${head}<remote><identity${display}>${uri}</identity><target uri="${uri}"/></remote></dialog>\r\n`
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }

/** XML 1.0 2.2, 2.4: what has a meaning is escaped, what no document may contain becomes a space. */
function escapeXml(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.toWellFormed().replaceAll(/[&<>"']|[\u0000-\u001f\u007f\ufffe\uffff]/g, (character) => ENTITIES[character] ?? ' ')
}
