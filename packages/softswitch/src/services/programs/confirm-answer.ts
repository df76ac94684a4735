import type { CallerIdentity } from '@dialtone/call-routing'
import { prompt } from '../phrase.ts'
import { ACCEPT, chooseKey, HANG_UP } from '../service-program.ts'
import type { ServiceProgram } from '../service-program.ts'

export const ACCEPTS = '1'
export const REFUSES = '2'
const KEY_TIMEOUT_MS = 4_000
/** A voicemail box at the other end listens to that in vain; a person has picked up and hears the end of the second one at the latest. */
const ATTEMPTS = 3

/** Whoever answers says that it is him who was looked for: only then is the caller connected. */
export function* confirmAnswer(caller: CallerIdentity): ServiceProgram {
  const isShown = !caller.anonymous && /^\d+$/.test(caller.number)
  const who = isShown ? [prompt('confirm-call-from'), { kind: 'digits', digits: caller.number } as const] : [prompt('confirm-call')]
  const asked = [...who, prompt('confirm-call-keys')]
  const key = yield* chooseKey(asked, { keys: `${ACCEPTS}${REFUSES}`, timeoutMs: KEY_TIMEOUT_MS, attempts: ATTEMPTS, invalid: [prompt('ivr-invalid')] })
  return key === ACCEPTS ? ACCEPT : HANG_UP
}
