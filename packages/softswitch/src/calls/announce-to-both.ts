import type { AudioClip, MediaSession, MixPart } from '@dialtone/media'
import type { Phrase } from '../services/phrase.ts'
import type { CallContext } from './call-context.ts'
import { languageOf } from './language-of.ts'
import type { CallAccount } from './state/call-event.ts'

const SIDES = ['a', 'b'] as const
const SAMPLES_PER_MS = 8
const SAMPLE_BYTES = 2

/** What the two who talk are told, how they hear each other meanwhile, and when it has to be over. */
export interface Announcement {
  readonly phrases: readonly Phrase[]
  /** Whose it is: in the language of that account. */
  readonly account: Pick<CallAccount, 'accountId' | 'partitionId'>
  readonly part: MixPart
  readonly endsInMs?: number | undefined
}

/** Both parties of a call hear the same words, from our own end. @returns false when they cannot be told */
export async function announceToBoth(call: CallContext, session: MediaSession, { phrases, account, part, endsInMs }: Announcement): Promise<boolean> {
  const { needs, state } = call
  const language = languageOf(needs.directory.snapshotOf(account.accountId))
  const clips = (await needs.services?.clipsOf(account, phrases, language).catch(() => [])) ?? []
  const durationMs = durationMsOf(clips)
  if (endsInMs !== undefined && durationMs < endsInMs) await passed(call, endsInMs - durationMs)
  const mixId = `announcement:${state.sessionId}`
  const isFree = (): boolean => call.state.mix === undefined && call.state.phase !== 'over'
  const isIn = clips.length > 0 && isFree() && SIDES.every((side) => session.joinMix(side, mixId, part).ok)
  if (isIn) {
    session.announceInMix('a', clips)
    await passed(call, durationMs)
  }
  // Somebody who joined the call meanwhile has them in a mix of their own.
  if (isFree()) for (const side of SIDES) session.leaveMix(side)
  return isIn
}

function passed({ needs }: CallContext, durationMs: number): Promise<void> {
  return new Promise((resolve) => needs.timers.start(durationMs, resolve))
}

function durationMsOf(clips: readonly AudioClip[]): number {
  return clips.reduce((sum, clip) => sum + (clip.kind === 'samples' ? clip.samples.byteLength / SAMPLE_BYTES / SAMPLES_PER_MS : clip.durationMs), 0)
}
