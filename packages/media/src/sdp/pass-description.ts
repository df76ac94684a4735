import { ok, type Result } from '@dialtone/foundation'
import { attributeOf } from './attribute.ts'
import { checkSessionDescription, parseSessionDescription } from './parse-session-description.ts'
import { isSecureProtocol } from './remote-stream.ts'
import { signDescription, signText, type LocalEndpoint, type SentDescription } from './sent-description.ts'
import type { MediaDescription, SdpFailure, SessionDescription } from './session-description.ts'

/**
 * Lets a description through to the other side as it is, for media that goes past us. Only `o=` becomes ours, so that its version counts for
 * that side (RFC 3264 section 8) and a user name of the author does not leave; addresses stay, and with them the author's network is seen.
 */
export function passDescription(input: {
  readonly text: string
  readonly local: Pick<LocalEndpoint, 'address' | 'sessionId'>
  readonly sent: SentDescription | undefined
}): Result<SentDescription, SdpFailure> {
  const { text, local, sent } = input
  if (hasProperLines(text)) {
    const sections = checkSessionDescription(text)
    return sections.ok ? ok(signText(text, sections.value, local, sent)) : sections
  }
  const parsed = parseSessionDescription(text)
  return parsed.ok ? ok(signDescription(parsed.value, local, sent)) : parsed
}

/** RFC 8866 5: CRLF after every line, and nothing behind the last one. Others are written anew. */
function hasProperLines(text: string): boolean {
  return text.endsWith('\r\n') && !text.endsWith('\r\n\r\n') && !STRAY_LINE_END.test(text)
}

const STRAY_LINE_END = /\r(?!\n)|(?<!\r)\n/

/** Whether there is audio keyed by a handshake in the media path, DTLS-SRTP (RFC 5763; WebRTC: RFC 8834): only its two ends can speak it. */
export function offersDtls(text: string): boolean {
  const parsed = parseSessionDescription(text)
  return parsed.ok && parsed.value.media.some((media) => isDtlsAudio(parsed.value, media))
}

function isDtlsAudio(description: SessionDescription, media: MediaDescription): boolean {
  if (media.media !== 'audio' || media.port === 0) return false
  if (/^UDP\/TLS\/RTP\/SAVPF?$/i.test(media.protocol)) return true
  const fingerprint = attributeOf(media.fields, 'fingerprint') ?? attributeOf(description.fields, 'fingerprint')
  return isSecureProtocol(media.protocol) && fingerprint !== undefined
}
