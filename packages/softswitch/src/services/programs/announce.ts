import type { CallTarget } from '@dialtone/call-routing'
import { prompt } from '../phrase.ts'
import { HANG_UP } from '../service-program.ts'
import type { ServiceProgram } from '../service-program.ts'

/** Words, then the end or the next thing. */
export function* announce(promptId: string, next: CallTarget | undefined): ServiceProgram {
  yield { kind: 'play', phrases: [{ kind: 'silence', durationMs: 200 }, prompt(promptId)], interruptedBy: '' }
  return next === undefined ? HANG_UP : { kind: 'go', to: next }
}
