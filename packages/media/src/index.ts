export type {
  MediaEngine,
  MediaEvent,
  MediaFailure,
  MediaReport,
  MediaSession,
  MediaSide,
  MediaSource,
  MediaStatistics,
  SideReport,
} from './engines/media-engine.ts'
export type { Connection, MediaDescription, Origin, SdpFailure, SdpField, SessionDescription } from './sdp/session-description.ts'
export { formatSessionDescription } from './sdp/format-session-description.ts'
export { parseSessionDescription } from './sdp/parse-session-description.ts'
