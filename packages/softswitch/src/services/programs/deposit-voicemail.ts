import type { CallerIdentity, ServiceOrder } from '@dialtone/call-routing'
import type { ServiceAnswer } from '../../ports/service-desk.ts'
import { BEEP, prompt } from '../phrase.ts'
import type { Phrase } from '../phrase.ts'
import { HANG_UP } from '../service-program.ts'
import type { ServiceProgram, ServiceReply, ServiceRequest } from '../service-program.ts'

type Box = Extract<ServiceAnswer, { kind: 'box' }>
type Order = Extract<ServiceOrder, { kind: 'voicemail-deposit' }>

const MAX_MESSAGE_MS = 300_000
/** A caller who says nothing that long has finished. */
const SILENCE_MS = 8_000
/** Shorter ones are somebody who hung up at the tone. */
const SHORTEST_MESSAGE_MS = 1_000
const CHOICE_TIMEOUT_MS = 5_000

/** Somebody who was not reached is left a message: greeting, tone, recording; it is kept also when the caller just hangs up (S0-51). */
export function* depositVoicemail(order: Order, caller: CallerIdentity, calledNumber: string): ServiceProgram {
  const opened = yield* openBox(order.boxId)
  if (opened === undefined) return yield* apologize()
  const box = yield* chooseBox(opened, order)
  if (box.isFull) {
    yield { kind: 'play', phrases: [prompt('vm-mailbox-full')], interruptedBy: '' }
    return HANG_UP
  }
  // A key passes the greeting over.
  yield { kind: 'play', phrases: greetingOf(box, order.reason) }
  yield { kind: 'play', phrases: [BEEP], interruptedBy: '' }
  const { recording } = yield { kind: 'record', maxDurationMs: MAX_MESSAGE_MS, silenceMs: SILENCE_MS, endKeys: '#' }
  if (recording === undefined || recording.durationMs < SHORTEST_MESSAGE_MS) return HANG_UP
  const { answer } = yield { kind: 'ask', question: { kind: 'voicemail.deposit', boxId: box.boxId, caller, calledNumber, ...recording } }
  const isKept = answer?.kind === 'done' && answer.ok
  yield { kind: 'play', phrases: isKept ? [prompt('vm-message-saved'), prompt('vm-goodbye')] : [prompt('not-available-now')], interruptedBy: '' }
  return HANG_UP
}

export function* openBox(boxId: string): Generator<ServiceRequest, Box | undefined, ServiceReply> {
  const { answer } = yield { kind: 'ask', question: { kind: 'voicemail.open', boxId } }
  return answer?.kind === 'box' ? answer : undefined
}

/** A household has one number and several boxes: the caller chooses by a key (public-spec section 14). */
function* chooseBox(box: Box, { reason }: Order): Generator<ServiceRequest, Box, ServiceReply> {
  if (Object.keys(box.choices).length === 0) return box
  const { PrimaryGreeting: greeting } = box.greetings
  const phrases: readonly Phrase[] = greeting === undefined ? greetingOf(box, reason) : [{ kind: 'recording', key: greeting }]
  const key = (yield { kind: 'play', phrases }).key ?? (yield { kind: 'key', timeoutMs: CHOICE_TIMEOUT_MS }).key
  const chosen = key === undefined ? undefined : box.choices[key]
  return chosen === undefined ? box : ((yield* openBox(chosen)) ?? box)
}

function greetingOf({ greetings }: Box, reason: Order['reason']): readonly Phrase[] {
  const special = reason === 'busy' ? greetings.PersonalBusy : reason === 'no-answer' ? greetings.PersonalNoAnswer : undefined
  const key = special ?? greetings.Personal
  if (key !== undefined) return [{ kind: 'recording', key }]
  const { PersonalName: name } = greetings
  const leave = prompt('vm-default-greeting')
  return name === undefined ? [leave] : [{ kind: 'recording', key: name }, leave]
}

function* apologize(): ServiceProgram {
  yield { kind: 'play', phrases: [prompt('not-available-now')], interruptedBy: '' }
  return HANG_UP
}
