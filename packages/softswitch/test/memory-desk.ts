import type { AudioClip } from '@dialtone/media'
import type { Phrase, ServiceAnswer, ServiceDesk, ServiceQuestion } from '../src/index.ts'

/** A desk that keeps messages in memory: the last thing of the platform that is not the switch. */
export class MemoryDesk implements ServiceDesk {
  /** What prompts sound like: Hz by their id. */
  readonly #tones: Readonly<Record<string, number>>
  readonly deposits: Extract<ServiceQuestion, { kind: 'voicemail.deposit' }>[] = []
  readonly asked: ServiceQuestion[] = []
  #told: (() => void)[] = []

  constructor(tones: Readonly<Record<string, number>>) {
    this.#tones = tones
  }

  async ask(_tenant: unknown, question: ServiceQuestion): Promise<ServiceAnswer | undefined> {
    this.asked.push(question)
    if (question.kind === 'voicemail.deposit') {
      this.deposits.push(question)
      for (const tell of this.#told.splice(0)) tell()
      return { kind: 'done', ok: true }
    }
    if (question.kind === 'voicemail.open') return { kind: 'box', boxId: question.boxId, greetings: {}, isFull: false, messages: [], choices: {} }
    if (question.kind === 'voicemail.checkPin') return { kind: 'pin', check: question.pin === '4711' ? 'right' : 'wrong' }
    return { kind: 'done', ok: true }
  }

  async clipsOf(_tenant: unknown, phrases: readonly Phrase[]): Promise<readonly AudioClip[]> {
    return phrases.flatMap((phrase): AudioClip[] => {
      if (phrase.kind === 'tone') return [phrase]
      const frequencyHz = phrase.kind === 'prompt' ? this.#tones[phrase.promptId] : undefined
      return frequencyHz === undefined ? [] : [{ kind: 'tone', frequenciesHz: [frequencyHz], durationMs: 400 }]
    })
  }

  deposited(): Promise<void> {
    return this.deposits.length > 0 ? Promise.resolve() : new Promise((resolve) => this.#told.push(resolve))
  }
}
