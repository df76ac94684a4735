import type { T30Frame } from './t30-frame.ts'

/** Who listens: a part of a fax machine that follows T.30. */
export interface FaxListener {
  hearFrame(frame: T30Frame, nowMs: number): void
  /** Octets of a training check, or of a page without error correction. */
  hearImage(octets: Uint8Array, nowMs: number): void
  /** Something of the image is missing. */
  loseImage(): void
  /** A signal begins. */
  hearCarrier(nowMs: number): void
  /** A signal is over. */
  hearSilence(nowMs: number): void
}
