import type { G711Encoding } from '../../codecs/g711.ts'
import type { MediaAddress } from '../../sdp/remote-stream.ts'
import type { PayloadFormat } from '../../sdp/payload-format.ts'
import type { MediaEvent, MediaReport, MediaSide, MediaSource } from '../media-engine.ts'

/** What was agreed about one side: what the worker has to know of the descriptions. */
export interface SideAgreement {
  /** Where the side wants RTP and RTCP, as it wrote; undefined when it named no address. */
  readonly rtp: MediaAddress | undefined
  readonly rtcp: MediaAddress | undefined
  readonly rtcpMux: boolean
  /** The side wants packets. */
  readonly receives: boolean
  /** The side should be heard: else its silence is not worth an event. */
  readonly shouldSend: boolean
  /** SRTP: events and reports inside cannot be read. */
  readonly secure: boolean
  /** The payload types in packets of this side. */
  readonly formats: readonly PayloadFormat[]
  /** Our own end talks to the side; undefined: the other side does. */
  readonly local: { readonly encoding: G711Encoding; readonly payloadType: number } | undefined
}

export interface WorkerOptions {
  readonly bindAddress: string
  readonly inactivityTimeoutMs: number
  /** The CNAME of our RTCP. */
  readonly canonicalName: string
  /** One Float64: packets relayed so far. Only the worker writes it. */
  readonly packetsRelayed: SharedArrayBuffer
}

export type WorkerCommand =
  | { readonly type: 'open'; readonly key: number; readonly rtpPorts: Readonly<Record<MediaSide, number>> }
  | { readonly type: 'agree'; readonly key: number; readonly agreements: Partial<Readonly<Record<MediaSide, SideAgreement>>> }
  | { readonly type: 'play'; readonly key: number; readonly side: MediaSide; readonly source: MediaSource }
  | { readonly type: 'close'; readonly key: number }

export type WorkerMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'opened'; readonly key: number }
  /** `rtpPort` names the pair that could not be bound. */
  | { readonly type: 'openFailed'; readonly key: number; readonly rtpPort: number; readonly code: string }
  | { readonly type: 'event'; readonly key: number; readonly event: MediaEvent }
  | { readonly type: 'closed'; readonly key: number; readonly report: MediaReport }
