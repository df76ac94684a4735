/**
 * A session description (RFC 8866) as values. What relaying has to understand is taken apart; everything else stays as
 * the field it came in, in its order, so that a description survives parsing and formatting unchanged.
 */
export interface SessionDescription {
  readonly origin: Origin
  readonly sessionName: string
  /** Session-level fields after `s=`, in order: i u e p c b t r z k a. */
  readonly fields: readonly SdpField[]
  readonly media: readonly MediaDescription[]
}

/** One `m=` section. */
export interface MediaDescription {
  /** `audio`, `video`, `image` … in lower case. */
  readonly media: string
  /** 0: the stream is refused or ended (RFC 3264 section 6). */
  readonly port: number
  /** Number of port pairs, `m=audio 5000/2`; undefined when not written. */
  readonly portCount: number | undefined
  /** `RTP/AVP`, `RTP/SAVP`, `udptl` … as it came. */
  readonly protocol: string
  /** Payload types for RTP, in order of preference. */
  readonly formats: readonly string[]
  /** Fields of the section in order: i c b k a. */
  readonly fields: readonly SdpField[]
}

/** `o=`: who made the description, and which version of it this is (RFC 8866 5.2). */
export interface Origin {
  readonly username: string
  readonly sessionId: string
  readonly sessionVersion: string
  readonly addressType: string
  readonly address: string
}

/** `c=`: where media is wanted (RFC 8866 5.7). */
export interface Connection {
  /** `IP4` or `IP6`. */
  readonly addressType: string
  /** An address or a host name, without TTL. */
  readonly address: string
}

/** A line `type=value`. For attributes the value is `name` or `name:value`. */
export interface SdpField {
  readonly type: string
  readonly value: string
}

/** Why a description, or an offer/answer exchange, could not be used. */
export interface SdpFailure {
  readonly code: 'BadSessionDescription' | 'NoCommonCodec' | 'UnsupportedMedia'
  readonly message: string
}
