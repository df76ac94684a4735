import { describe, expect, it } from 'vitest'
import type { ServiceAnswer } from '../../ports/service-desk.ts'
import type { Phrase } from '../phrase.ts'
import type { ServiceReply, ServiceRequest } from '../service-program.ts'
import { depositVoicemail } from './deposit-voicemail.ts'

type Box = Extract<ServiceAnswer, { kind: 'box' }>

const caller = { number: '16075551212', name: '', anonymous: false }
const box = (boxId: string, changes: Partial<Box> = {}): Box => ({
  ...{ kind: 'box', boxId, greetings: { Personal: `greeting/${boxId}` }, isFull: false, messages: [], choices: {} },
  ...changes,
})
const family = (changes: Partial<Box> = {}) =>
  box('family', { choices: { 1: { boxId: 'family' }, 2: { boxId: 'ann', nameKey: 'greeting/ann-name' }, 3: { boxId: 'bob' } }, ...changes })

const wordsOf = (phrases: readonly Phrase[]): string =>
  phrases.map((phrase) => (phrase.kind === 'prompt' ? phrase.promptId : phrase.kind === 'recording' ? phrase.key : phrase.kind === 'digits' ? phrase.digits : phrase.kind)).join(' ') // prettier-ignore

/** Plays the program to the end with these keys, one for each time it could take one. @returns what the caller heard, and where the message went */
function leave(boxes: readonly Box[], keys: readonly (string | undefined)[]): { readonly heard: readonly string[]; readonly keptIn: string | undefined } {
  const program = depositVoicemail({ kind: 'voicemail-deposit', boxId: 'family', reason: 'no-answer' }, () => caller, '18015550001')
  const [heard, pressed] = [[] as string[], [...keys]]
  let keptIn: string | undefined
  const reply = (request: ServiceRequest): ServiceReply => {
    if (request.kind === 'play') {
      heard.push(wordsOf(request.phrases))
      return {}
    }
    if (request.kind === 'key') return { key: pressed.shift() }
    if (request.kind === 'record') return { recording: { pcm: [], durationMs: 5_000 } }
    if (request.kind !== 'ask') return {}
    if (request.question.kind === 'voicemail.deposit') keptIn = request.question.boxId
    const asked = request.question.kind === 'voicemail.open' ? request.question.boxId : undefined
    return { answer: asked === undefined ? { kind: 'done', ok: true } : boxes.find(({ boxId }) => boxId === asked) }
  }
  for (let step = program.next({}); step.done !== true; step = program.next(reply(step.value)));
  return { heard, keptIn }
}

const MENU = 'greeting/ann-name ivr-directory-press-for 2'
const END = ['tone', 'vm-message-saved vm-goodbye']

describe('a box of a household (public-spec section 14: Primary and Sub)', () => {
  const boxes = [family(), box('ann'), box('bob')]

  it('says who can be chosen, and the message goes to whom the key chose', () => {
    expect(leave(boxes, ['2'])).toEqual({ heard: [MENU, 'greeting/ann', ...END], keptIn: 'ann' })
    expect(leave(boxes, ['3'])).toEqual({ heard: [MENU, 'greeting/bob', ...END], keptIn: 'bob' })
  })

  it('takes the message itself for whoever presses 1 or nothing', () => {
    expect(leave(boxes, ['1'])).toEqual({ heard: [MENU, 'greeting/family', ...END], keptIn: 'family' })
    expect(leave(boxes, [undefined])).toEqual({ heard: [MENU, 'greeting/family', ...END], keptIn: 'family' })
  })

  it('asks again after a key that chooses nobody, and takes the message after the third', () => {
    expect(leave(boxes, ['7', '2']).heard).toEqual([MENU, 'ivr-invalid', MENU, 'greeting/ann', ...END])
    expect(leave(boxes, ['7', '8', '9'])).toMatchObject({ keptIn: 'family' })
  })

  it('speaks its own words for the choice, and one greeting that tells of it only once', () => {
    const worded = family({ greetings: { PrimaryGreeting: 'greeting/choice', Personal: 'greeting/family' } })
    expect(leave([worded, box('ann')], ['2']).heard).toEqual(['greeting/choice', 'greeting/ann', ...END])
    const unnamed = family({ choices: { 1: { boxId: 'family' }, 3: { boxId: 'bob' } } })
    expect(leave([unnamed, box('bob')], [undefined]).heard).toEqual(['greeting/family', ...END])
    expect(leave([unnamed, box('bob')], ['3']).heard).toEqual(['greeting/family', 'greeting/bob', ...END])
  })

  it('does not ask where there is one box', () => {
    expect(leave([box('family')], []).heard).toEqual(['greeting/family', ...END])
  })
})
