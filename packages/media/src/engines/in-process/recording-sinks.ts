import type { Logger } from '@dialtone/foundation'
import type { MediaEvent, MediaSide } from '../media-engine.ts'

const BYTES_PER_MS = 16

interface OpenRecording {
  readonly side: MediaSide
  readonly sink: (pcm: Uint8Array) => void
  bytes: number
}

/** The recordings of a session that have not ended, in the main thread: where their sound goes, and how much of it came. */
export class RecordingSinks {
  readonly #open = new Map<string, OpenRecording>()
  readonly #logger: Logger

  constructor(logger: Logger) {
    this.#logger = logger
  }

  begin(side: MediaSide, recordingId: string, sink: (pcm: Uint8Array) => void): void {
    this.#open.set(recordingId, { side, sink, bytes: 0 })
  }

  take(recordingId: string, pcm: Uint8Array): void {
    const recording = this.#open.get(recordingId)
    if (recording === undefined) return
    recording.bytes += pcm.byteLength
    try {
      recording.sink(pcm)
    } catch (error) {
      this.#logger.error('sink of a recording failed', { recordingId, error: String(error) })
    }
  }

  /** @returns false when it ended before: nobody is to hear of it twice */
  end(recordingId: string): boolean {
    return this.#open.delete(recordingId)
  }

  /** Their worker is gone: how each of them ended. */
  lose(): readonly MediaEvent[] {
    const lost = [...this.#open].map(([recordingId, { side, bytes }]): MediaEvent => ({
      type: 'recorded',
      side,
      recordingId,
      durationMs: bytes / BYTES_PER_MS,
      reason: 'failed',
    }))
    this.#open.clear()
    return lost
  }
}
