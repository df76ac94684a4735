import type { FaxListener } from './fax-listener.ts'
import type { FaxSignal } from './fax-signal.ts'

/**
 * The line a fax machine has: what carries its signals there and back, T.38 or the sound of a call. Times come from outside.
 */
export interface FaxLine {
  /** The carrier is sound, with modems of ours; else T.38. */
  readonly isSound: boolean
  /** The fastest it can carry. */
  readonly maxBitRate: number
  /** Who hears the other machine. @param isDeaf it has gone, whatever is said to it */
  listen(listener: FaxListener, isDeaf: () => boolean): void
  /** What a called (CED) and a calling (CNG) machine are known by before they speak (ITU-T T.30 section 4); none: a silence. */
  call(tone: 'ced' | 'cng' | 'none', nowMs: number): void
  /** What was to be said before is not said any more. @returns when it is over */
  say(signals: readonly FaxSignal[], nowMs: number): number
  /** When the last of it is said; undefined: there is nothing to say. */
  readonly endsMs: number | undefined
  /** Called every few milliseconds. */
  tick(nowMs: number): void
}
