import { ok, type Result } from '@dialtone/foundation'
import type { MediaEngine, MediaFailure, MediaReport, MediaSession, SideReport } from '@dialtone/media'

const NOT_MEASURED: SideReport = {
  ...{ packetsReceived: null, octetsReceived: null, packetsSent: null, octetsSent: null, packetsLost: null, jitterMs: null, packetsStray: null },
  ...{ packetsMalformed: null, packetsOverLimit: null, remote: null, notMeasured: 'the media does not pass here' },
}
const REPORT: MediaReport = { a: NOT_MEASURED, b: NOT_MEASURED }
const NO_MEDIA: Result<never, MediaFailure> = { ok: false, error: { code: 'UnsupportedMedia', message: 'no media of our own' } }

/** Lets the descriptions of both ends pass as they are, so that their media goes from one to the other: what signalling alone costs. */
export function createSignallingOnlyEngine(): MediaEngine {
  let sessions = 0
  const open = (id: string): MediaSession => {
    let isOpen = true
    sessions++
    return {
      id,
      relayOffer: (_from, sdp) => ok(sdp),
      relayAnswer: (_from, sdp) => ok(sdp),
      answerLocally: () => NO_MEDIA,
      offerLocally: () => '',
      acceptLocally: () => NO_MEDIA,
      play: () => {},
      takesDigits: () => false,
      sendDigit: () => false,
      onEvent: () => {},
      close: () => {
        if (isOpen) sessions--
        isOpen = false
        return Promise.resolve(REPORT)
      },
    }
  }
  return {
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    openSession: ({ sessionId }) => Promise.resolve(ok(open(sessionId))),
    drain: () => {},
    get statistics() {
      return { sessions, portsInUse: 0, portsFree: 0, packetsRelayed: 0 }
    },
    ready: true,
  }
}
