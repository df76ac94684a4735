export type {
  AudioClip,
  FaxOrder,
  FaxReceiver,
  FaxSink,
  FaxToSend,
  MediaEngine,
  MediaEvent,
  MediaFailure,
  MediaReport,
  MediaSession,
  MediaSide,
  MediaSource,
  MediaStatistics,
  MediaStream,
  MixPart,
  OfferOptions,
  OwnOfferEncryption,
  PartyKeys,
  RecordingEnd,
  RecordingOrder,
  RelayOptions,
  SessionOptions,
  SideReport,
} from './engines/media-engine.ts'
export type { Connection, MediaDescription, Origin, SdpFailure, SdpField, SessionDescription } from './sdp/session-description.ts'
export { formatSessionDescription } from './sdp/format-session-description.ts'
export { parseSessionDescription } from './sdp/parse-session-description.ts'
export type { MediaTerms } from './sdp/media-terms.ts'
export { describedEncryption, type MediaEncryption } from './sdp/encryption-negotiation.ts'
export { createInProcessMediaEngine } from './engines/in-process/in-process-media-engine.ts'
export type { InProcessMediaEngineOptions } from './engines/in-process/in-process-media-engine.ts'
export { Mix } from './engines/in-process/mix.ts'
export type { MixParty } from './engines/in-process/mix.ts'
export { buildRtpPacket, isRtpShaped, parseRtpPacket } from './rtp/rtp-packet.ts'
export type { RtpPacket } from './rtp/rtp-packet.ts'
export { buildRtcpReport, isRtcpShaped, parseRtcpReports } from './rtp/rtcp-packet.ts'
export type { ReportBlock, RtcpReport, SenderInformation } from './rtp/rtcp-packet.ts'
export { ReceptionStatistics } from './rtp/reception-statistics.ts'
export { decodeTelephoneEvent, digitOfEvent, encodeKeyPress, encodeTelephoneEvent, eventOfDigit } from './rtp/telephone-event.ts'
export type { TelephoneEvent } from './rtp/telephone-event.ts'
export { TelephoneEventDetector } from './rtp/telephone-event-detector.ts'
export { decodeG711, decodeG711Sample, encodeG711, encodeG711Sample, G711_SILENCE } from './codecs/g711.ts'
export type { G711Encoding } from './codecs/g711.ts'
export { CALL_PROGRESS_TONES } from './tones/call-progress-tones.ts'
export { hearsTone, isSilence, toneShares } from './tones/tone-detector.ts'
export { ToneGenerator, TONE_SAMPLE_RATE_HZ } from './tones/tone-generator.ts'
export type { Tone } from './tones/tone-generator.ts'
export { attributeOf, attributesOf } from './sdp/attribute.ts'
export { directionOf } from './sdp/media-direction.ts'
export type { MediaDirection } from './sdp/media-direction.ts'
export { payloadFormats } from './sdp/payload-format.ts'
export type { PayloadFormat } from './sdp/payload-format.ts'
export { addressTypeOf, type AddressType } from './sdp/ip-address.ts'
export { connectionOf, describedAddressType } from './sdp/remote-stream.ts'
export { SrtpReceiver } from './srtp/srtp-receiver.ts'
export { SrtpSender } from './srtp/srtp-sender.ts'
export type { SrtpMaster } from './srtp/srtp-suite.ts'
export { faxDocument } from './fax/fax-document.ts'
export { readTiff, tiffPages, type DocumentFailure } from './fax/tiff-document.ts'
export type { FaxEnd } from './fax/fax-terminal.ts'
export type { FaxPage } from './fax/page-reader.ts'
export type { FaxEndReason } from './fax/fax-end-reason.ts'
export { offersFax } from './sdp/fax-negotiation.ts'
export { levelSpeech } from './prompts/level-speech.ts'
export { loadPrompts, PROMPT_LANGUAGES } from './prompts/load-prompts.ts'
export type { PromptIndex, PromptLanguage, PromptPlace, Prompts } from './prompts/load-prompts.ts'
export { decodeWav } from './wav/decode-wav.ts'
export type { WavFailure } from './wav/decode-wav.ts'
export { encodeWav, wavHeader, wavOf } from './wav/encode-wav.ts'
export { sharedSamples } from './wav/shared-samples.ts'
