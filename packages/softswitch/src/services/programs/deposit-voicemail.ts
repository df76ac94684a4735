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
const ATTEMPTS = 3

/**
 * Somebody who was not reached is left a message: greeting, tone, recording; it is kept also when the caller just hangs up (S0-51).
 * @param who speaks now: it may be transferred to somebody else meanwhile
 */
export function* depositVoicemail(order: Order, who: () => CallerIdentity, calledNumber: string): ServiceProgram {
  const opened = yield* openBox(order.boxId)
  if (opened === undefined) return yield* apologize()
  const { box, isGreeted } = yield* chooseBox(opened, order.reason)
  if (box.isFull) {
    yield { kind: 'play', phrases: [prompt('vm-mailbox-full')], interruptedBy: '' }
    return HANG_UP
  }
  // A key passes the greeting over.
  if (!isGreeted) yield { kind: 'play', phrases: greetingOf(box, order.reason) }
  yield { kind: 'play', phrases: [BEEP], interruptedBy: '' }
  const { recording } = yield { kind: 'record', maxDurationMs: MAX_MESSAGE_MS, silenceMs: SILENCE_MS, endKeys: '#' }
  if (recording === undefined || recording.durationMs < SHORTEST_MESSAGE_MS) return HANG_UP
  const { answer } = yield { kind: 'ask', question: { kind: 'voicemail.deposit', boxId: box.boxId, caller: who(), calledNumber, ...recording } }
  const isKept = answer?.kind === 'done' && answer.ok
  yield { kind: 'play', phrases: isKept ? [prompt('vm-message-saved'), prompt('vm-goodbye')] : [prompt('not-available-now')], interruptedBy: '' }
  return HANG_UP
}

export function* openBox(boxId: string): Generator<ServiceRequest, Box | undefined, ServiceReply> {
  const { answer } = yield { kind: 'ask', question: { kind: 'voicemail.open', boxId } }
  return answer?.kind === 'box' ? answer : undefined
}

/**
 * A household has one number and several boxes: the caller chooses by a key, and who presses none talks to the one that was called
 * (public-spec section 14). Its own greeting may be what tells of the keys: then it is not heard twice.
 */
function* chooseBox(box: Box, reason: Order['reason']): Generator<ServiceRequest, { readonly box: Box; readonly isGreeted: boolean }, ServiceReply> {
  if (Object.keys(box.choices).length === 0) return { box, isGreeted: false }
  const { PrimaryGreeting: primary } = box.greetings
  const named: readonly Phrase[] = primary === undefined ? namesOf(box) : [{ kind: 'recording', key: primary }]
  const isGreeted = named.length === 0
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const key = (yield { kind: 'play', phrases: isGreeted ? greetingOf(box, reason) : named }).key ?? (yield { kind: 'key', timeoutMs: CHOICE_TIMEOUT_MS }).key
    if (key === undefined) break
    const chosen = box.choices[key]
    if (chosen?.boxId === box.boxId) break
    const opened = chosen === undefined ? undefined : yield* openBox(chosen.boxId)
    if (opened !== undefined) return { box: opened, isGreeted: false }
    yield { kind: 'play', phrases: [prompt('ivr-invalid')], interruptedBy: '' }
  }
  return { box, isGreeted }
}

/** Of those who recorded their name: nothing else says who they are. */
function namesOf({ choices }: Box): readonly Phrase[] {
  return Object.entries(choices).flatMap(([key, { nameKey }]): readonly Phrase[] =>
    nameKey === undefined ? [] : [{ kind: 'recording', key: nameKey }, prompt('ivr-directory-press-for'), { kind: 'digits', digits: key }],
  )
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
