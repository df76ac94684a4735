import type { TelephoneEncoding } from '../../codecs/telephone-codec.ts'
import type { LegEncryption } from '../../sdp/encryption-negotiation.ts'
import type { SourceRule } from '../../rtp/source-lock.ts'
import type { MediaAddress } from '../../sdp/remote-stream.ts'
import type { PayloadFormat } from '../../sdp/payload-format.ts'
import type { FaxPage } from '../../fax/page-reader.ts'
import type { AudioClip, FaxOrder, FaxToSend, MediaEvent, MediaReport, MediaSide, MediaSource, RecordingOrder } from '../media-engine.ts'
import type { MixSeat } from './mix.ts'
import type { StreamPosition } from './outgoing-stream.ts'

/** A payload type of a side that the other one does not speak. */
export interface PacketConversion {
  readonly payloadType: number
  readonly from: TelephoneEncoding
  readonly to: TelephoneEncoding
  /** Under which the other side knows it. */
  readonly toPayloadType: number
}

/** What was agreed about one side: what the worker has to know of the descriptions. */
export interface SideAgreement {
  /** Where the side wants RTP and RTCP, as it wrote; undefined when it named no address. */
  readonly rtp: MediaAddress | undefined
  readonly rtcp: MediaAddress | undefined
  readonly rtcpMux: boolean
  /** The side wants packets. */
  readonly receives: boolean
  /** The side should be heard: else, as on hold, its silence is not worth an event. */
  readonly shouldSend: boolean
  /** SRTP on this leg (RFC 3711); undefined: plain RTP. */
  readonly encryption: LegEncryption | undefined
  /** The payload types in packets of this side. */
  readonly formats: readonly PayloadFormat[]
  /** How the side takes digits; undefined: not in RTP. */
  readonly telephoneEvent: PayloadFormat | undefined
  /** The other side takes the side's telephone events; else they end here. */
  readonly relaysEvents: boolean
  /** They are held back: each is told when the key is let go, with how long it was pressed. */
  readonly holdsEvents?: true
  /** Keys go to the side as tones, in the voice it hears (ITU-T Q.23). */
  readonly keysAsTones?: { readonly encoding: TelephoneEncoding; readonly payloadType: number } | undefined
  /** Keys come from the side as tones in its voice, and our own end listens for them. */
  readonly hearsTones?: true | undefined
  /** What of its packets is converted for the other side. */
  readonly conversions?: readonly PacketConversion[] | undefined
  /** undefined: as usual, behind NAT or not. */
  readonly sources?: SourceRule | undefined
  /** The address its SIP comes from. */
  readonly signalledFrom?: string | undefined
  /** What passes are datagrams of T.38, not RTP; both sides of a session, or one that our own end receives from. */
  readonly isFax?: boolean
  /** Both sides are fax machines of our own: their datagrams go from one to the other and by no socket. */
  readonly isFaxToPeer?: true
  /** Our own end talks to the side; undefined: the other side does. */
  readonly local: { readonly encoding: TelephoneEncoding; readonly payloadType: number } | undefined
}

export interface WorkerOptions {
  readonly bindAddress: string
  readonly inactivityTimeoutMs: number
  /** The CNAME of our RTCP. */
  readonly canonicalName: string
  /** One Float64: packets relayed so far. Only the worker writes it. */
  readonly packetsRelayed: SharedArrayBuffer
}

/** What the other end of T.38 takes. */
export interface FaxLimits {
  readonly maxDatagramBytes: number
  readonly maxBitRate: number
}

export type WorkerCommand =
  | { readonly type: 'open'; readonly key: number; readonly rtpPorts: Readonly<Record<MediaSide, number>> }
  | { readonly type: 'agree'; readonly key: number; readonly agreements: Partial<Readonly<Record<MediaSide, SideAgreement>>> }
  | { readonly type: 'play'; readonly key: number; readonly side: MediaSide; readonly source: MediaSource }
  | { readonly type: 'record'; readonly key: number; readonly side: MediaSide; readonly order: RecordingOrder }
  | { readonly type: 'stopRecording'; readonly key: number; readonly side: MediaSide }
  /** `limits` of T.38; undefined: in the sound of the call. */
  | { readonly type: 'receiveFax'; readonly key: number; readonly side: MediaSide; readonly order: FaxOrder; readonly limits: FaxLimits | undefined }
  | { readonly type: 'sendFax'; readonly key: number; readonly side: MediaSide; readonly fax: FaxToSend; readonly limits: FaxLimits | undefined }
  | { readonly type: 'faxPageKept'; readonly key: number; readonly side: MediaSide; readonly isKept: boolean }
  | { readonly type: 'stopFax'; readonly key: number; readonly side: MediaSide }
  | { readonly type: 'joinMix'; readonly key: number; readonly side: MediaSide; readonly mixId: string; readonly seat: MixSeat }
  | { readonly type: 'announce'; readonly mixId: string; readonly clips: readonly AudioClip[]; readonly to?: string }
  | { readonly type: 'leaveMix'; readonly key: number; readonly side: MediaSide }
  | { readonly type: 'tellPosition'; readonly key: number; readonly side: MediaSide }
  | { readonly type: 'awaitStream'; readonly key: number; readonly side: MediaSide }
  | { readonly type: 'continueStream'; readonly key: number; readonly side: MediaSide; readonly position: StreamPosition | undefined }
  | { readonly type: 'sendDigit'; readonly key: number; readonly side: MediaSide; readonly event: number; readonly durationMs: number }
  | { readonly type: 'close'; readonly key: number }

/** What a session tells from its worker: events, and before `recorded` and `faxed` what was. */
export type SessionEvent =
  | MediaEvent
  | { readonly type: 'recording'; readonly recordingId: string; readonly pcm: Uint8Array }
  | { readonly type: 'faxPage'; readonly faxId: string; readonly page: FaxPage }
  | { readonly type: 'faxPageSent'; readonly faxId: string }

export type WorkerMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'opened'; readonly key: number }
  /** `rtpPort` names the pair that could not be bound. */
  | { readonly type: 'openFailed'; readonly key: number; readonly rtpPort: number; readonly code: string }
  | { readonly type: 'event'; readonly key: number; readonly event: SessionEvent }
  | { readonly type: 'position'; readonly key: number; readonly position: StreamPosition | undefined }
  | { readonly type: 'closed'; readonly key: number; readonly report: MediaReport }
