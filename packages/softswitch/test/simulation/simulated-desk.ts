import type { AudioClip } from '@dialtone/media'
import type { Phrase, ServiceAnswer, ServiceDesk, ServiceQuestion } from '../../src/index.ts'
import type { SeededNumbers } from './seeded-numbers.ts'
import type { VirtualTime } from './virtual-time.ts'

/** Answers after a while, and now and then not at all. */
export class SimulatedDesk implements ServiceDesk {
  readonly #time: VirtualTime
  readonly #numbers: SeededNumbers
  asked = 0

  constructor(time: VirtualTime, numbers: SeededNumbers) {
    this.#time = time
    this.#numbers = numbers
  }

  ask(_tenant: unknown, question: ServiceQuestion): Promise<ServiceAnswer | undefined> {
    this.asked++
    const answer = this.#numbers.chance(0.1) ? undefined : this.#answerTo(question)
    return this.#later(answer)
  }

  clipsOf(_tenant: unknown, phrases: readonly Phrase[]): Promise<readonly AudioClip[]> {
    // Looped music lasts too: nothing at all is silence for ever.
    const clips = phrases.map((): AudioClip => ({ kind: 'silence', durationMs: this.#numbers.between(200, 4_000) }))
    return this.#later(this.#numbers.chance(0.05) ? [] : clips)
  }

  #answerTo(question: ServiceQuestion): ServiceAnswer {
    const numbers = this.#numbers
    if (question.kind === 'voicemail.open' || question.kind === 'voicemail.find') {
      const boxId = question.kind === 'voicemail.open' ? question.boxId : 'box-bob'
      const messages = Array.from({ length: numbers.below(3) }, (_, index) => ({
        ...{ messageId: `message-${index}`, audioKey: `audio-${index}`, fromNumber: '16075550123' },
        ...{ receivedAtMs: this.#time.nowMs(), isRead: numbers.chance(0.5) },
      }))
      return { kind: 'box', boxId, greetings: {}, isFull: numbers.chance(0.1), messages, choices: numbers.chance(0.3) ? { 1: { boxId: 'box-bob' } } : {} }
    }
    if (question.kind === 'voicemail.checkPin') return { kind: 'pin', check: numbers.pick(['right', 'right', 'must change', 'wrong', 'locked']) }
    return { kind: 'done', ok: numbers.chance(0.9) }
  }

  #later<Value>(value: Value): Promise<Value> {
    return new Promise((resolve) => void this.#time.start(this.#numbers.below(300), () => resolve(value)))
  }
}
