import type { ServiceOrder } from '@dialtone/call-routing'
import type { ServiceAnswer, StoredMessage } from '../../ports/service-desk.ts'
import { BEEP, prompt } from '../phrase.ts'
import type { Phrase } from '../phrase.ts'
import { chooseKey, collectDigits, HANG_UP } from '../service-program.ts'
import type { ServiceProgram, ServiceReply, ServiceRequest } from '../service-program.ts'
import { openBox } from './deposit-voicemail.ts'

type Order = Extract<ServiceOrder, { kind: 'voicemail-retrieval' }>
type Box = Extract<ServiceAnswer, { kind: 'box' }>
type Talk<Value> = Generator<ServiceRequest, Value, ServiceReply>

const KEY_TIMEOUT_MS = 8_000
const DIGIT_TIMEOUT_MS = 5_000
const ATTEMPTS = 3
const MAX_GREETING_MS = 120_000
const LONGEST_PIN = 10
const LONGEST_EXTENSION = 11

/** The owner of a box listens to it: which box, the PIN, then the messages, new ones first (S0-51, S0-57). */
export function* retrieveVoicemail(order: Order): ServiceProgram {
  const boxId = order.boxId ?? (yield* findBox())
  if (boxId === undefined) return yield* goodbye()
  const check = order.skipsPin ? 'right' : yield* enterPin(boxId)
  if (check === undefined) return yield* goodbye()
  // The first PIN is everybody's: it opens nothing before it was changed.
  if (check === 'must change' && !(yield* changePin(boxId))) return yield* goodbye()
  for (;;) {
    const box = yield* openBox(boxId)
    if (box === undefined) return yield* goodbye()
    const key = yield* chooseKey([...summaryOf(box), prompt('vm-menu')], choice('123'))
    if (key === undefined) return yield* goodbye()
    if (key === '1') yield* listen(box)
    if (key === '2') yield* recordGreeting(boxId)
    if (key === '3') yield* changePin(boxId)
  }
}

const choice = (keys: string) => ({ keys, timeoutMs: KEY_TIMEOUT_MS, attempts: ATTEMPTS, invalid: [prompt('ivr-invalid')] })

function* goodbye(): ServiceProgram {
  yield { kind: 'play', phrases: [prompt('goodbye')], interruptedBy: '' }
  return HANG_UP
}

function* findBox(): Talk<string | undefined> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const digits = yield* collectDigits([prompt('vm-enter-mailbox')], { max: LONGEST_EXTENSION, timeoutMs: DIGIT_TIMEOUT_MS })
    if (digits === '') continue
    const { answer } = yield { kind: 'ask', question: { kind: 'voicemail.find', digits } }
    if (answer?.kind === 'box') return answer.boxId
    yield { kind: 'play', phrases: [prompt('ivr-invalid')], interruptedBy: '' }
  }
  return undefined
}

function* enterPin(boxId: string): Talk<'right' | 'must change' | undefined> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const pin = yield* collectDigits([prompt('vm-enter-pin')], { max: LONGEST_PIN, timeoutMs: DIGIT_TIMEOUT_MS })
    const { answer } = yield { kind: 'ask', question: { kind: 'voicemail.checkPin', boxId, pin } }
    const check = answer?.kind === 'pin' ? answer.check : 'locked'
    if (check === 'right' || check === 'must change') return check
    yield { kind: 'play', phrases: [prompt(check === 'locked' ? 'vm-locked' : 'vm-pin-wrong')], interruptedBy: '' }
    if (check === 'locked') return undefined
  }
  return undefined
}

function* changePin(boxId: string): Talk<boolean> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const pin = yield* collectDigits([prompt('vm-enter-new-pin')], { max: LONGEST_PIN, timeoutMs: DIGIT_TIMEOUT_MS })
    const again = yield* collectDigits([prompt('vm-enter-pin-again')], { max: LONGEST_PIN, timeoutMs: DIGIT_TIMEOUT_MS })
    const answer = pin === again ? (yield { kind: 'ask', question: { kind: 'voicemail.setPin', boxId, pin } }).answer : undefined
    const isChanged = answer?.kind === 'done' && answer.ok
    yield { kind: 'play', phrases: [prompt(isChanged ? 'vm-pin-changed' : 'vm-pin-mismatch')], interruptedBy: '' }
    if (isChanged) return true
  }
  return false
}

function summaryOf({ messages }: Box): readonly Phrase[] {
  const fresh = messages.filter((message) => !message.isRead).length
  const old = messages.length - fresh
  if (messages.length === 0) return [prompt('vm-no-messages')]
  return [prompt('vm-you-have'), ...counted(fresh, 'new'), ...(old === 0 ? [] : counted(old, 'old'))]
}

function counted(value: number, age: 'new' | 'old'): readonly Phrase[] {
  return [{ kind: 'number', value }, prompt(`vm-${age}-message${value === 1 ? '' : 's'}`)]
}

/** New ones first, each from the oldest to the newest. */
function* listen(box: Box): Talk<void> {
  const ordered = box.messages.toSorted((one, other) => Number(one.isRead) - Number(other.isRead) || one.receivedAtMs - other.receivedAtMs)
  if (ordered.length === 0) yield { kind: 'play', phrases: [prompt('vm-no-messages')] }
  for (const message of ordered) if (!(yield* hear(box.boxId, message))) return
  if (ordered.length > 0) yield { kind: 'play', phrases: [prompt('vm-end-of-messages')] }
}

/** @returns false when the caller is silent, or wants the first menu */
function* hear(boxId: string, { messageId, audioKey, fromNumber }: StoredMessage): Talk<boolean> {
  const from: readonly Phrase[] = fromNumber === '' ? [] : [prompt('vm-from'), { kind: 'digits', digits: fromNumber }]
  const sound: readonly Phrase[] = [...from, { kind: 'recording', key: audioKey }]
  let said = sound
  for (;;) {
    const key = yield* chooseKey([...said, prompt('vm-message-menu')], choice('1234*'))
    if (key === '1') {
      said = sound
      continue
    }
    if (key === undefined || key === '*') return false
    const as = key === '3' ? 'deleted' : 'read'
    const { answer } = yield { kind: 'ask', question: { kind: 'voicemail.mark', boxId, messageId, as } }
    const isDone = answer?.kind === 'done' && answer.ok
    const word = !isDone ? 'not-available-now' : key === '3' ? 'vm-message-deleted' : 'vm-message-saved'
    if (key !== '4' || !isDone) yield { kind: 'play', phrases: [prompt(word)] }
    return true
  }
}

function* recordGreeting(boxId: string): Talk<void> {
  yield { kind: 'play', phrases: [prompt('vm-record-greeting'), BEEP], interruptedBy: '' }
  const { recording } = yield { kind: 'record', maxDurationMs: MAX_GREETING_MS, silenceMs: KEY_TIMEOUT_MS, endKeys: '#' }
  if (recording === undefined) return
  const { answer } = yield { kind: 'ask', question: { kind: 'voicemail.setGreeting', boxId, pcm: recording.pcm } }
  yield { kind: 'play', phrases: [prompt(answer?.kind === 'done' && answer.ok ? 'vm-greeting-saved' : 'not-available-now')] }
}
