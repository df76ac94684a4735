import { soundsOf } from '../services/phrase.ts'
import type { Phrase } from '../services/phrase.ts'
import type { CallContext } from './call-context.ts'
import { languageOf } from './language-of.ts'
import { mediaSide } from './perform-media.ts'
import type { CallEffect } from './state/call-effect.ts'
import { hearsMusic } from './state/hold-music.ts'

/** What accounts without music have: a beep now and then. */
const BEEPS: readonly Phrase[] = [
  { kind: 'tone', frequenciesHz: [440], durationMs: 300 },
  { kind: 'silence', durationMs: 9_700 },
]

/** Somebody is held: our own end plays to him, in place of the one who holds, until the next answer. */
export function playHoldMusic(call: CallContext, { to, accountId }: Extract<CallEffect, { type: 'playHoldMusic' }>): void {
  const { needs } = call
  const snapshot = needs.directory.snapshotOf(accountId)
  if (needs.services === undefined || snapshot === undefined) return
  const { sounds, isBeep } = snapshot.services.holdMusic
  const tenant = { partitionId: snapshot.partitionId, accountId }
  const phrases = isBeep ? BEEPS : soundsOf(sounds.length === 0 ? [{ promptId: 'system-hold-music' }] : sounds)
  needs.services.clipsOf(tenant, phrases, languageOf(snapshot)).then(
    (clips) => {
      // It came from a file: the call may be somewhere else by now.
      if (clips.length === 0 || !hearsMusic(call.state, to)) return
      call.session?.playInstead(mediaSide(to), { kind: 'clips', playId: 'hold-music', clips, loop: true })
    },
    (error: unknown) => needs.logger.error('hold music could not be played', { sessionId: call.state.sessionId, error: String(error) }),
  )
}
