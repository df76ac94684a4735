import type { Result } from '@dialtone/foundation'
import type { FaxEnd } from '../fax/fax-terminal.ts'
import type { FaxPage } from '../fax/page-reader.ts'
import type { MediaEncryption } from '../sdp/encryption-negotiation.ts'
import type { SealedStream } from '../srtp/srtp-sender.ts'
import type { SrtpMaster } from '../srtp/srtp-suite.ts'
import type { AddressType } from '../sdp/ip-address.ts'
import type { MediaTerms } from '../sdp/media-terms.ts'

/** The two ends of a call as the media engine sees them: `a` called, `b` was called. */
export type MediaSide = 'a' | 'b'

/** An expected failure of the media engine; the code is stable, the message is for the log. */
export interface MediaFailure {
  readonly code: 'NoPortsLeft' | 'EngineStopped' | 'BindFailed' | 'BadSessionDescription' | 'NoCommonCodec' | 'UnsupportedMedia' | 'MixFull' | 'MixElsewhere'
  readonly message: string
}

/** What our end sends on a side that was negotiated locally. */
export type MediaSource =
  | { readonly kind: 'silence' }
  /** The sum of the frequencies; with `onMs` and `offMs` it is cadenced, without them it sounds until it is replaced. */
  | { readonly kind: 'tone'; readonly frequenciesHz: readonly number[]; readonly onMs?: number; readonly offMs?: number }
  /** Everything that comes in goes back to where it came from. */
  | { readonly kind: 'echo' }
  /** One clip after the other, then silence. */
  | {
      readonly kind: 'clips'
      /** Comes back in `played`. */
      readonly playId: string
      readonly clips: readonly AudioClip[]
      /** Again from the first until it is replaced; default false. */
      readonly loop?: boolean
    }

/** A piece of what our end says. */
export type AudioClip =
  /** 16-bit linear PCM, mono, 8000 Hz, in shared memory: many sessions play it at once. */
  | { readonly kind: 'samples'; readonly samples: SharedArrayBuffer }
  | { readonly kind: 'tone'; readonly frequenciesHz: readonly number[]; readonly durationMs: number }
  | { readonly kind: 'silence'; readonly durationMs: number }

/** Where the RTP stream to a party is: SSRC and number of its last packet, and its timeline. */
export interface MediaStream {
  readonly ssrc: number
  readonly sequence: number
  readonly timestamp: number
  readonly sealed?: SealedStream | undefined
}

/** Our master keys for what one party gets, one a suite. */
export interface PartyKeys {
  /** The suite that was agreed last; undefined: plain RTP, so far. */
  inUse: string | undefined
  master(suite: string): SrtpMaster
  /** Another party gets others. */
  renew(): void
}

export type MediaEvent =
  /** A side that should send has sent no RTP for `silentMs`; repeated every inactivity time-out while it stays silent. */
  | { readonly type: 'inactive'; readonly side: MediaSide; readonly silentMs: number }
  /** The side pressed a key (RFC 4733); once a key press. `relayed`: the other side gets it in its RTP; `durationMs`: of one that is held back, told when it is let go. */
  | { readonly type: 'dtmf'; readonly side: MediaSide; readonly digit: string; readonly relayed: boolean; readonly durationMs?: number }
  /** All clips of a `play` were heard: once, and not when they were replaced before, or loop. */
  | { readonly type: 'played'; readonly side: MediaSide; readonly playId: string }
  /** A recording is over, and its last chunk was in the sink; once a recording. */
  | { readonly type: 'recorded'; readonly side: MediaSide; readonly recordingId: string; readonly durationMs: number; readonly reason: RecordingEnd }
  /** A fax that our own end received or sent is over, and its last page was in the sink; once a fax. */
  | { readonly type: 'faxed'; readonly side: MediaSide; readonly faxId: string; readonly end: FaxEnd }
  /** The engine lost the session: no media flows any more and the call should end. */
  | { readonly type: 'failed'; readonly reason: string }

/** Why a recording ended: `closed` with its session; `failed` when the engine lost the session, or what the side says cannot be decoded. */
export type RecordingEnd = 'stopped' | 'maxDuration' | 'silence' | 'closed' | 'failed'

/** What to record, and for how long. */
export interface RecordingOrder {
  readonly recordingId: string
  readonly maxDurationMs: number
  /** Ends after that long without speech, from the first moment on; undefined: never. */
  readonly silenceMs?: number
}

/** Takes a page. @returns whether it will be there whatever happens */
export type FaxSink = (page: FaxPage) => Promise<boolean>

/** A fax that our own end receives. */
export interface FaxOrder {
  readonly faxId: string
  /** The number our fax machine calls itself by. */
  readonly ident: string
  /** The sender has heard the tone of a called fax machine already. */
  readonly isAnnounced: boolean
  readonly maxDurationMs: number
}

/** A fax that our own end sends. */
export interface FaxToSend {
  readonly faxId: string
  /** The number our fax machine calls itself by. */
  readonly ident: string
  readonly pages: readonly FaxPage[]
  readonly maxDurationMs: number
}

/** Our own end as a fax machine (ITU-T T.30), over T.38 or in the sound of the call. T.38 has no keys: a side with SRTP gets none. */
export interface FaxReceiver {
  /** An offer of T.38 to a side that talks to our own end, in place of the speech. */
  offer(side: MediaSide): Result<string, MediaFailure>
  /** The answer of `side` to that. */
  accept(side: MediaSide, answer: string, terms?: MediaTerms, signalledFrom?: string): Result<void, MediaFailure>
  /** The answer to a side that offers T.38; speech beside it is refused. */
  answer(side: MediaSide, offer: string, terms?: MediaTerms, signalledFrom?: string): Result<string, MediaFailure>
  /** Both sides are ours: what our fax machine at one of them says the one at the other hears, and no datagram leaves. T.38 is agreed on then. */
  join(): Result<void, MediaFailure>
  /**
   * Receives: by T.38 once that is agreed on, before that in what the side says and hears of our own end, with modems of V.21, V.27 ter and V.29. A fax that
   * is received by sound goes over to T.38 when it is ordered again. Pages come to the sink as they are done, then the event `faxed`, also when the session closes or fails. The sender is
   * told that a page has arrived when the sink says that it is kept for good (true); when not, in time, it is told that the fax failed.
   */
  receive(side: MediaSide, order: FaxOrder, sink: FaxSink): void
  /** Sends, by T.38 or by sound as above. @param pageSent the receiver has confirmed the next page; then comes the event `faxed`, as above */
  send(side: MediaSide, fax: FaxToSend, pageSent: () => void): void
  /** The call is over: what came of a page is one. */
  stop(side: MediaSide): void
}

/** How a party takes part in a mix. */
export type MixPart =
  /** It hears everybody else, and they hear it. */
  | { readonly kind: 'talk' }
  /** It hears everybody, and nobody hears it. */
  | { readonly kind: 'listen' }
  /** It hears everybody, and that party alone hears it. */
  | { readonly kind: 'whisper'; readonly to: { readonly sessionId: string; readonly side: MediaSide } }
  /** It neither hears nor is heard: it has its place, and may have something announced. */
  | { readonly kind: 'absent' }

/** What was measured on one side. Every figure is null when it was not measured; `notMeasured` then says why. */
export interface SideReport {
  readonly packetsReceived: number | null
  /** Of whole RTP packets, headers included. */
  readonly octetsReceived: number | null
  readonly packetsSent: number | null
  readonly octetsSent: number | null
  /** Packets missing from what the side sent to us (RFC 3550 A.3). */
  readonly packetsLost: number | null
  /** Interarrival jitter of what the side sent to us (RFC 3550 A.8), its last estimate. */
  readonly jitterMs: number | null
  /** Packets that came from an address which is not the side's, or were not authentic (SRTP): dropped. */
  readonly packetsStray: number | null
  /** Datagrams that are neither RTP nor RTCP: dropped. */
  readonly packetsMalformed: number | null
  /** Packets beyond what a phone can mean to send in a second: dropped. */
  readonly packetsOverLimit: number | null
  /** What the side itself reports by RTCP about what it received from us; null when it sent no report. */
  readonly remote: { readonly packetsLost: number; readonly jitterMs: number } | null
  readonly notMeasured: string | null
}

/** How an offer or an answer goes on. */
export interface RelayOptions {
  /** The author takes digits by INFO: telephone-event is negotiated with the other side though the author does not speak it. Default false. */
  readonly digitsByInfo?: boolean
  /** What was arranged with the author; undefined: nothing. */
  readonly terms?: MediaTerms | undefined
  /** The address the author's SIP comes from: its media from there is the author's before that of any stranger. */
  readonly signalledFrom?: string | undefined
}

export interface OfferOptions extends RelayOptions {
  /** How the other side is asked for SRTP; default `asOffered`: as the author asked us, with keys of our own. */
  readonly encryption?: MediaEncryption
  /** What was arranged with who gets the offer. */
  readonly recipient?: MediaTerms | undefined
  /** The family in which who gets the offer is reached; undefined: the one it described itself in, IPv4 before it has. */
  readonly addressType?: AddressType | undefined
}

/** How our own end asks a side for SRTP: not, in RTP/AVP with keys that may be left unanswered (RFC 8643), or in RTP/SAVP. */
export type OwnOfferEncryption = Exclude<MediaEncryption, 'asOffered'>

export interface MediaReport {
  readonly a: SideReport
  readonly b: SideReport
}

/**
 * The media of one call: two sides, each with its own RTP and RTCP port of ours. The offer/answer methods take what a side
 * sent in SIP and give what to send in SIP; the packets follow what was agreed (RFC 3264).
 */
export interface MediaSession {
  readonly id: string
  /** The media goes through us: our own end can speak. */
  readonly isAnchored: boolean
  /** An offer that came from `from` → the offer to send to the other side, pointing at our port there. */
  relayOffer(from: MediaSide, sdp: string, options?: OfferOptions): Result<string, MediaFailure>
  /** The answer of `from` to the last offer of the other side → the answer to send there. May be repeated (183, then 200). */
  relayAnswer(from: MediaSide, sdp: string, options?: RelayOptions): Result<string, MediaFailure>
  /**
   * Both sides have made an offer, as when a call that rings is picked up: each is answered with what the other one offered (RFC 3264 6.1 lets an
   * answer list more formats than the offer), SRTP on each leg as its own offer asks. Fails with NoCommonCodec when they share none.
   */
  answerBoth(
    offers: Readonly<Record<MediaSide, string>>,
    terms?: Readonly<Partial<Record<MediaSide, MediaTerms | undefined>>>,
  ): Result<Readonly<Record<MediaSide, string>>, MediaFailure>
  /** Our own end answers an offer of `side`: PCMU or PCMA, G.722 when there is neither, telephone-event and SRTP when offered. */
  answerLocally(side: MediaSide, offer: string, terms?: MediaTerms, signalledFrom?: string): Result<string, MediaFailure>
  /**
   * An offer of our own end to `side`: PCMU, PCMA, telephone-event, or what the terms allow, SRTP as said (default `none`). Without any stream when the
   * session is not anchored.
   * @param addressType as in `OfferOptions`
   */
  offerLocally(side: MediaSide, terms?: MediaTerms, encryption?: OwnOfferEncryption, addressType?: AddressType): string
  /** The answer of `side` to `offerLocally`. */
  acceptLocally(side: MediaSide, answer: string, terms?: MediaTerms, signalledFrom?: string): Result<void, MediaFailure>
  /**
   * Our own end speaks to a side whose media is relayed, in place of the other side, who holds: until the next answer is relayed. Nothing is negotiated, the
   * side has to listen and to speak G.711 or G.722. @returns false when it does not, or when the media goes past us
   */
  playInstead(side: MediaSide, source: MediaSource): boolean
  /** Replaces what our end sends on `side`; without effect before answerLocally or acceptLocally. Our end starts with silence. */
  play(side: MediaSide, source: MediaSource): void
  /**
   * Records what the side says, in G.711 or G.722: to our own end, to the other side or into a mix. Chunks of 16-bit PCM of 8000 Hz, little-endian, come to
   * the sink in this thread about once a second, then the event `recorded`, also when the session closes or fails. What is missing is silence,
   * so the recording is as long as it took. One a side: another order ends the one before as `stopped`.
   */
  record(side: MediaSide, order: RecordingOrder, sink: (pcm: Uint8Array) => void): void
  stopRecording(side: MediaSide): void
  /**
   * Puts a side into a mix: it hears everybody else who is in it, and they hear it. A mix comes to be with its first party and is gone with the
   * last. A side that was negotiated locally plays the mix in place of its source; one whose media is relayed goes in as it is, without a
   * word to its party, when both sides speak G.711 or G.722 and nobody holds. In a mix what the side presses comes as events, and holding is its own
   * affair: it neither hears nor is heard. Out of it again with `leaveMix`, another `play`, or an answer that is relayed. Who joins it again with
   * another part goes on with that one.
   * Fails with MixFull, with MixElsewhere when the session was not opened with the mix's id or beside one that is in it, with NoCommonCodec when
   * a relayed side cannot go in as it is, and with UnsupportedMedia when nothing was agreed with the side or the media goes past us.
   */
  joinMix(side: MediaSide, mixId: string, part?: MixPart): Result<void, MediaFailure>
  /** Everybody in the mix the side is in hears the clips, beside whoever speaks, or the side alone; after those announced before. False when it is in none. */
  announceInMix(side: MediaSide, clips: readonly AudioClip[], toWhom?: 'all' | 'side'): boolean
  /** Back to what was before: the other side, or the source played last. */
  leaveMix(side: MediaSide): void
  /** The party of a side is gone and the other one talks on, in a mix: nothing goes to it any more, and its silence is no event. */
  release(side: MediaSide): void
  /** The party of a side goes to another session: `release`, and where its stream is, for `continueStream` there. undefined: it got none. */
  handOff(side: MediaSide): Promise<MediaStream | undefined>
  /**
   * The party of a side has come from another session: what it gets goes on as the stream it had there. Some phones discard whatever comes under
   * another SSRC with older timestamps. Until it is known where that was, it gets nothing.
   */
  continueStream(side: MediaSide, stream: Promise<MediaStream | undefined>): void
  /** What the party of a side knows of our keys, for `welcome`. */
  keysOf(side: MediaSide): PartyKeys
  /**
   * Another party is at the side from now on, before anything is offered to it. `keys`: it came from another session, and keeps the ones it knows, as there
   * are phones that never take another; left out: new ones.
   */
  welcome(side: MediaSide, keys?: PartyKeys): void
  /** Whether the side takes keys in the media that passes us: as telephone events (RFC 4733), or as tones where its terms say so. */
  takesDigits(side: MediaSide): boolean
  /**
   * Presses a key towards `side`: in its stream, in place of the audio while it lasts; several wait for each other.
   * False, and nothing sent, when the side takes neither telephone events nor tones, or for what is no key.
   */
  sendDigit(side: MediaSide, digit: string, durationMs: number): boolean
  /** Telephone events of a side are told of from now on and reach nobody, or go on to the other side again. */
  holdKeys(side: MediaSide, isHeld: boolean): void
  readonly fax: FaxReceiver
  /** One handler a session; an exception thrown by it is logged and goes no further. */
  onEvent(handler: (event: MediaEvent) => void): void
  /** Frees the ports. A second call gives the same report. */
  close(): Promise<MediaReport>
}

export interface MediaStatistics {
  readonly sessions: number
  /** UDP ports, RTP and RTCP together: four a session. */
  readonly portsInUse: number
  /** UDP ports that could be given out now: ports at rest after a call are neither free nor in use. */
  readonly portsFree: number
  readonly packetsRelayed: number
}

export interface SessionOptions {
  readonly sessionId: string
  /**
   * Whether the media has to go through us. `required`: whatever the engine is set to, as our own end will speak. `preferred`: the same, but the
   * session goes on without us when there is no port left. Default: as the engine is set.
   */
  readonly anchoring?: 'required' | 'preferred'
  /** The mix that sides of the session are to join: the session is opened in the worker that carries it. */
  readonly mixId?: string
  /** A session, by its id, whose sides are to be in one mix with those of this one: the same worker carries both. */
  readonly besideSessionId?: string
}

/** The port behind which media is carried: in this process, or by an engine beside it. */
export interface MediaEngine {
  start(): Promise<void>
  /** Ends every session at once. */
  stop(): Promise<void>
  openSession(options: SessionOptions): Promise<Result<MediaSession, MediaFailure>>
  /** Refuses new sessions from now on; the running ones go on. */
  drain(): void
  readonly statistics: MediaStatistics
  /** Whether new sessions can be served in full. */
  readonly ready: boolean
}
