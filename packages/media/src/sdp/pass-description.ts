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
  const checked = checkSessionDescription(text)
  if (!checked.ok) return checked
  const { sections, hasProperLines } = checked.value
  if (hasProperLines) return ok(signText(text, sections, local, sent))
  // RFC 8866 5: other line ends are to be taken, not to be sent.
  const parsed = parseSessionDescription(text)
  return parsed.ok ? ok(signDescription(parsed.value, local, sent)) : parsed
}

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
