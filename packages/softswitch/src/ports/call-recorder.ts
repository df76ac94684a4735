import type { MediaSide } from '@dialtone/media'

/** The sound of a call for one of its accounts. */
export interface NewRecording {
  /** UUID, of the switch. */
  readonly recordingId: string
  readonly sessionId: string
  readonly partitionId: string
  readonly accountId: string
  /** The record of the call in this account. */
  readonly callRecordId: string
  readonly startedAtMs: number
  readonly callingNumber: string
  readonly calledNumber: string
}

/** Keeps what parties of calls say. An implementation writes it down as it comes, so that little is lost with the switch; nothing of it may block or throw. */
export interface CallRecorder {
  begin(recording: NewRecording): void
  /** About a second of what a side said, the caller `a`: 16-bit linear PCM, mono, 8000 Hz, without gaps; both sides begin at the same moment. */
  write(recordingId: string, side: MediaSide, pcm: Uint8Array): void
  end(recordingId: string): void
}
