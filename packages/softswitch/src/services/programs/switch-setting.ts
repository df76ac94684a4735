import type { ServiceOrder } from '@dialtone/call-routing'
import { prompt } from '../phrase.ts'
import type { Phrase } from '../phrase.ts'
import { collectDigits, HANG_UP } from '../service-program.ts'
import type { ServiceProgram } from '../service-program.ts'

type Order = Extract<ServiceOrder, { kind: 'switch-setting' }>

const DIGIT_TIMEOUT_MS = 6_000
const LONGEST_NUMBER = 24
const PAUSE: Phrase = { kind: 'silence', durationMs: 200 }
/** Says that a number is to be dialed (ITU-T E.180: the North American dial tone). */
const DIAL_TONE: Phrase = { kind: 'tone', frequenciesHz: [350, 440], durationMs: 8_000 }
/** What switches hear that did what they were asked for. */
const CONFIRMATION: readonly Phrase[] = [0, 1, 2].flatMap((): readonly Phrase[] => [
  { kind: 'tone', frequenciesHz: [350, 440], durationMs: 100 },
  { kind: 'silence', durationMs: 100 },
])

/** A code switches a setting: whoever dialed it hears whether it is on or off now. */
export function* switchSetting({ userId, change }: Order): ServiceProgram {
  const isAskedFor = change.setting === 'forward' && change.isOn && change.to === undefined
  const dialed = isAskedFor ? yield* collectDigits([PAUSE, DIAL_TONE], { max: LONGEST_NUMBER, timeoutMs: DIGIT_TIMEOUT_MS }) : ''
  const wanted = isAskedFor && dialed !== '' ? { ...change, to: dialed } : change
  const { answer } = yield { kind: 'ask', question: { kind: 'setting.switch', userId, change: wanted } }
  const isDone = answer?.kind === 'done' && answer.ok
  yield { kind: 'play', phrases: isDone ? [PAUSE, ...CONFIRMATION, prompt(wordOf(wanted))] : [PAUSE, prompt('not-available-now')], interruptedBy: '' }
  return HANG_UP
}

function wordOf(change: Order['change']): string {
  const isOn = change.setting === 'screening' ? change.action !== 'Allow' : change.isOn
  return `${change.setting === 'forward' ? 'forwarding' : 'setting'}-${isOn ? 'on' : 'off'}`
}

/** The last call is put on record. */
export function* traceCall({ userId, last }: Extract<ServiceOrder, { kind: 'trace-call' }>): ServiceProgram {
  const { answer } = yield { kind: 'ask', question: { kind: 'call.trace', userId, last } }
  const isDone = answer?.kind === 'done' && answer.ok
  yield { kind: 'play', phrases: isDone ? [PAUSE, ...CONFIRMATION] : [PAUSE, prompt('not-available-now')], interruptedBy: '' }
  return HANG_UP
}
