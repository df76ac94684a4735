import { err, ok } from '@dialtone/foundation'
import type {
  FaxReceiver,
  MediaEngine,
  MediaEvent,
  MediaReport,
  MediaSession,
  MediaSide,
  MediaSource,
  PartyKeys,
  RecordingOrder,
  SideReport,
} from '@dialtone/media'
import { OwnEnd } from './own-end.ts'
import type { SeededNumbers } from './seeded-numbers.ts'
import type { VirtualTime } from './virtual-time.ts'

const UNMEASURED: SideReport = {
  packetsReceived: null,
  octetsReceived: null,
  packetsSent: null,
  octetsSent: null,
  packetsLost: null,
  jitterMs: null,
  packetsStray: null,
  packetsMalformed: null,
  packetsOverLimit: null,
  remote: null,
  notMeasured: 'the media went past the switch',
}
const REPORT: MediaReport = { a: UNMEASURED, b: UNMEASURED }
const NO_KEYS: PartyKeys = { inUse: undefined, master: (suite) => ({ suite, keyAndSalt: '' }), renew: () => undefined }
const DESCRIPTION = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n'

/**
 * A media engine that lets the phones speak to each other: descriptions pass as they are. Its own end plays, records and mixes as long as real
 * sound takes, without any. Now and then it has no room.
 */
export function createPassThroughMedia(time: VirtualTime, numbers: SeededNumbers, refusalRate: number): MediaEngine {
  let sessions = 0

  function openSession(sessionId: string): MediaSession {
    let open = true
    sessions++
    const own = new OwnEnd(time, numbers)
    const session = {
      id: sessionId,
      relayOffer: (_from: MediaSide, sdp: string) => ok(sdp),
      relayAnswer: (_from: MediaSide, sdp: string) => ok(sdp),
      answerBoth: (offers: Readonly<Record<MediaSide, string>>) => ok({ a: offers.b, b: offers.a }),
      answerLocally: () => ok(DESCRIPTION),
      offerLocally: () => DESCRIPTION,
      acceptLocally: () => ok(undefined),
      isAnchored: true,
      playInstead: () => false,
      play: (side: MediaSide, source: MediaSource) => own.play(side, source),
      record: (side: MediaSide, order: RecordingOrder, sink: (pcm: Uint8Array) => void) => own.record(side, order, sink),
      stopRecording: (side: MediaSide) => own.stopRecording(side, 'stopped'),
      joinMix: (side: MediaSide) => own.joinMix(side),
      announceInMix: (side: MediaSide) => own.isInMix(side),
      leaveMix: (side: MediaSide) => own.leaveMix(side),
      release: (side: MediaSide) => own.leaveMix(side),
      handOff: () => Promise.resolve(undefined),
      continueStream: () => undefined,
      keysOf: () => NO_KEYS,
      welcome: () => undefined,
      takesDigits: () => false,
      sendDigit: () => false,
      holdKeys: () => undefined,
      fax: NO_FAX,
      onEvent: (handler: (event: MediaEvent) => void) => own.onEvent(handler),
      close: () => {
        if (open) sessions--
        open = false
        own.close()
        return Promise.resolve(REPORT)
      },
    }
    return session
  }

  return {
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    openSession: ({ sessionId }) =>
      Promise.resolve(numbers.chance(refusalRate) ? err({ code: 'NoPortsLeft', message: 'as drawn' } as const) : ok(openSession(sessionId))),
    drain: () => undefined,
    get statistics() {
      return { sessions, portsInUse: 0, portsFree: 0, packetsRelayed: 0 }
    },
    ready: true,
  }
}

const noFax = () => err({ code: 'UnsupportedMedia', message: 'no fax machine' } as const)
const NO_FAX: FaxReceiver = { offer: noFax, accept: noFax, answer: noFax, join: noFax, receive: () => undefined, send: () => undefined, stop: () => undefined }
