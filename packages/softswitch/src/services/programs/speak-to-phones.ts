import type { ServiceOrder } from '@dialtone/call-routing'
import type { Tone } from '../mix-place.ts'
import { prompt } from '../phrase.ts'
import type { Phrase } from '../phrase.ts'
import { HANG_UP } from '../service-program.ts'
import type { ServiceProgram } from '../service-program.ts'

type Order = Extract<ServiceOrder, { kind: 'page' }>

/** As in every other call that rings (ITU-T E.180, North America). */
const RINGING: readonly Phrase[] = [
  { kind: 'tone', frequenciesHz: [440, 480], durationMs: 2_000 },
  { kind: 'silence', durationMs: 4_000 },
]
/** Who speaks, and all who hear: it begins. */
const LIVE: Tone = { kind: 'tone', frequenciesHz: [1_400], durationMs: 300 }
const TALK = { kind: 'talk' } as const

/** A page: phones are called, a tone says that somebody hears, then the caller is heard until it hangs up or nobody is left. */
export function* speakToPhones(order: Order): ServiceProgram {
  yield { kind: 'music', phrases: RINGING }
  const { mixId } = yield { kind: 'page', order }
  if (mixId === undefined || (yield { kind: 'mix', order: { mixId, part: TALK, coming: LIVE } }).isMixed !== true) {
    yield { kind: 'play', phrases: [prompt('not-available-now')], interruptedBy: '' }
    return HANG_UP
  }
  yield { kind: 'page-over' }
  return HANG_UP
}
