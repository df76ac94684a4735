import type { ServiceOrder } from '@dialtone/call-routing'
import { prompt } from '../phrase.ts'
import { HANG_UP } from '../service-program.ts'
import type { ServiceProgram } from '../service-program.ts'

/** An agent logs in to its queues, out, or pauses, and hears how it is now. */
export function* switchAgent({ queueIds, agentIds, duty }: Extract<ServiceOrder, { kind: 'switch-agent' }>): ServiceProgram {
  const isAgent = queueIds.length > 0
  const { answer } = isAgent ? yield { kind: 'ask', question: { kind: 'queue.agent', queueIds, agentIds, duty } } : { answer: undefined }
  const isDone = answer?.kind === 'done' && answer.ok
  const said = isDone ? (duty === 'AVAILABLE' ? 'setting-on' : 'setting-off') : 'not-available-now'
  yield { kind: 'play', phrases: [{ kind: 'silence', durationMs: 200 }, prompt(said)], interruptedBy: '' }
  return HANG_UP
}
