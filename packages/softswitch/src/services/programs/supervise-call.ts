import type { ServiceOrder, SupervisionMode } from '@dialtone/call-routing'
import type { MixPart } from '@dialtone/media'
import { prompt } from '../phrase.ts'
import type { Phrase } from '../phrase.ts'
import { HANG_UP } from '../service-program.ts'
import type { ServiceProgram } from '../service-program.ts'

type Order = Extract<ServiceOrder, { kind: 'supervise' }>

/** The tone that tells of it, and how often (47 CFR 64.501 has it for recording: 1400 Hz, every 15 s). */
const TONE: Phrase = { kind: 'tone', frequenciesHz: [1_400], durationMs: 200 }
const TONE_EVERY_MS = 15_000
/** By these keys the supervisor changes how he takes part, as far as the account allows it. */
const MODE_OF_KEY: Readonly<Record<string, SupervisionMode>> = { 4: 'LISTEN', 5: 'WHISPER', 6: 'BARGE' }

/** A supervisor is with a call that goes on. Those who talk are told first: nobody is heard before. Over with the call, or when the supervisor hangs up. */
export function* superviseCall(order: Order): ServiceProgram {
  const { mixId } = yield { kind: 'attend', sessionId: order.sessionId }
  const notice = order.notice === 'PROMPT' ? [prompt('call-monitored')] : [TONE]
  const isThere = mixId !== undefined && (yield { kind: 'mix', order: { mixId, part: { kind: 'absent' } } }).isMixed === true
  // Without the notice there is no consent: who could not be told is not listened to.
  if (!isThere || (yield { kind: 'announce', phrases: notice }).isAnnounced !== true) {
    yield { kind: 'play', phrases: [prompt('not-available-now')], interruptedBy: '' }
    return HANG_UP
  }
  let mode = order.mode
  yield { kind: 'mix', order: { mixId, part: partOf(order, mode) } }
  for (;;) {
    const { key } = yield { kind: 'key', timeoutMs: TONE_EVERY_MS }
    const wanted = MODE_OF_KEY[key ?? '']
    if (wanted !== undefined && wanted !== mode && order.modes.includes(wanted)) {
      mode = wanted
      yield { kind: 'mix', order: { mixId, part: partOf(order, mode) } }
    }
    if (key === undefined && order.notice === 'TONE') yield { kind: 'announce', phrases: notice }
  }
}

function partOf({ sessionId, side }: Order, mode: SupervisionMode): MixPart {
  switch (mode) {
    case 'LISTEN':
      return LISTEN
    case 'WHISPER':
      return { kind: 'whisper', to: { sessionId, side: side === 'caller' ? 'a' : 'b' } }
    case 'BARGE':
      return TALK
  }
}

const LISTEN: MixPart = { kind: 'listen' }
const TALK: MixPart = { kind: 'talk' }
