import type { ServiceOrder } from '@dialtone/call-routing'
import { prompt } from '../phrase.ts'
import { HANG_UP } from '../service-program.ts'
import type { ServiceProgram } from '../service-program.ts'

/** The forward of a hunt group is switched, and the caller hears how it is now. */
export function* switchForward({ configurationId, isOn, forwardTo }: Extract<ServiceOrder, { kind: 'switch-forward' }>): ServiceProgram {
  const { answer } = yield { kind: 'ask', question: { kind: 'forward.switch', configurationId, isOn, forwardTo } }
  const isDone = answer?.kind === 'done' && answer.ok
  const said = isDone ? (isOn ? 'forwarding-on' : 'forwarding-off') : 'not-available-now'
  yield { kind: 'play', phrases: [{ kind: 'silence', durationMs: 200 }, prompt(said)], interruptedBy: '' }
  return HANG_UP
}
