import type { LocalStream } from '../../sdp/local-negotiation.ts'
import type { PayloadFormat } from '../../sdp/payload-format.ts'
import type { RemoteStream } from '../../sdp/remote-stream.ts'
import type { SideAgreement } from './worker-protocol.ts'

/** What holds for a side when its description and that of the other side are in force. */
export function relayAgreement(own: RemoteStream, other: RemoteStream): SideAgreement {
  return {
    rtp: own.rtp,
    rtcp: own.rtcp,
    rtcpMux: own.rtcpMux && other.rtcpMux,
    receives: own.receives,
    shouldSend: own.sends && other.receives,
    // Keys in the offer alone are an attempt (RFC 8643): packets are encrypted when the answer has some too.
    secure: own.secure && other.secure,
    formats: formatsOfPackets(own.formats, other.formats),
    local: undefined,
  }
}

/** What holds for a side that our own end talks to. */
export function localAgreement(stream: LocalStream): SideAgreement {
  const { remote, encoding, payloadType, telephoneEventPayloadType } = stream
  const audio: PayloadFormat = { payloadType, encoding, clockRateHz: 8000 }
  const events: PayloadFormat[] =
    telephoneEventPayloadType === undefined ? [] : [{ payloadType: telephoneEventPayloadType, encoding: 'TELEPHONE-EVENT', clockRateHz: 8000 }]
  return {
    rtp: remote.rtp,
    rtcp: remote.rtcp,
    rtcpMux: false,
    receives: remote.receives,
    shouldSend: remote.sends,
    secure: false,
    formats: [audio, ...events],
    local: { encoding, payloadType },
  }
}

/**
 * A sender uses the payload types of the description it was given, that of the other side (RFC 3264 6.1). Some use their
 * own all the same: those count where the other side gives the number no meaning.
 */
function formatsOfPackets(own: readonly PayloadFormat[], other: readonly PayloadFormat[]): readonly PayloadFormat[] {
  const given = new Set(other.map(({ payloadType }) => payloadType))
  return [...other, ...own.filter(({ payloadType }) => !given.has(payloadType))]
}
