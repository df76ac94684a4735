import type { MediaDescription, Origin, SdpField, SessionDescription } from './session-description.ts'

/** Writes a session description as RFC 8866 text, every line ended by CRLF. */
export function formatSessionDescription(description: SessionDescription): string {
  return [
    'v=0',
    formatOrigin(description.origin),
    `s=${description.sessionName}`,
    ...description.fields.map(formatField),
    ...description.media.flatMap(formatMedia),
    '',
  ].join('\r\n')
}

/** The `o=` field without its line end. */
export function formatOrigin({ username, sessionId, sessionVersion, addressType, address }: Origin): string {
  return `o=${username} ${sessionId} ${sessionVersion} IN ${addressType} ${address}`
}

function formatMedia(media: MediaDescription): string[] {
  const count = media.portCount === undefined ? '' : `/${media.portCount}`
  const line = [media.media, `${media.port}${count}`, media.protocol, ...media.formats].join(' ')
  return [`m=${line}`, ...media.fields.map(formatField)]
}

function formatField(field: SdpField): string {
  return `${field.type}=${field.value}`
}
