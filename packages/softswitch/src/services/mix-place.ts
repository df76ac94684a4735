import type { AudioClip, MediaSession, MixPart } from '@dialtone/media'
import type { RoomBoard, RoomSeat } from './room-board.ts'

export type Tone = Extract<AudioClip, { kind: 'tone' }>

/** How a caller takes part in a mix, and what the others hear of that. */
export interface MixOrder {
  readonly mixId: string
  readonly part: MixPart
  /** All hear it, the caller too, once it is in. */
  readonly coming?: Tone | undefined
  /** The others hear it when the caller leaves. */
  readonly leaving?: Tone | undefined
}

/** 16-bit samples at 8000 Hz. */
const BYTES_PER_MS = 16

/** The caller of a service among others: its seat in a room, and its place in the mix where they hear each other. */
export class MixPlace {
  readonly #session: Pick<MediaSession, 'joinMix' | 'announceInMix'>
  readonly #rooms: RoomBoard
  #seat: RoomSeat | undefined
  #leaving: Tone | undefined

  constructor(session: Pick<MediaSession, 'joinMix' | 'announceInMix'>, rooms: RoomBoard) {
    this.#session = session
    this.#rooms = rooms
  }

  /** undefined: it is in none. */
  get parties(): number | undefined {
    return this.#seat?.parties
  }

  /** @returns how many are there; undefined when there is no room */
  enter(roomId: string, maxParties: number, changed: (parties: number) => void): number | undefined {
    this.leave()
    this.#seat = this.#rooms.enter(roomId, maxParties, changed)
    return this.#seat?.parties
  }

  /** @returns false when the media cannot be mixed */
  join({ mixId, part, coming, leaving }: MixOrder): boolean {
    if (!this.#session.joinMix('a', mixId, part).ok) return false
    if (coming !== undefined) this.#session.announceInMix('a', [coming])
    this.#leaving = leaving
    return true
  }

  /** @returns how long it takes; undefined when nobody hears it */
  announce(clips: readonly AudioClip[]): number | undefined {
    const durationMs = clips.reduce((sum, clip) => sum + (clip.kind === 'samples' ? clip.samples.byteLength / BYTES_PER_MS : clip.durationMs), 0)
    return durationMs > 0 && this.#session.announceInMix('a', clips) ? durationMs : undefined
  }

  leave(): void {
    if (this.#leaving !== undefined) this.#session.announceInMix('a', [this.#leaving])
    this.#leaving = undefined
    this.#seat?.leave()
    this.#seat = undefined
  }
}
