import type { AudioClip } from '@dialtone/media'
import type { Phrase, ServiceAnswer, ServiceDesk, ServiceQuestion } from '../src/index.ts'

/** A desk that says tones in place of words, and yes to everything. */
export class ToneDesk implements ServiceDesk {
  readonly asked: ServiceQuestion[] = []
  readonly #tones: Readonly<Record<string, number>>

  constructor(tones: Readonly<Record<string, number>>) {
    this.#tones = tones
  }

  ask(_tenant: unknown, question: ServiceQuestion): Promise<ServiceAnswer | undefined> {
    this.asked.push(question)
    return Promise.resolve({ kind: 'done', ok: true })
  }

  clipsOf(_tenant: unknown, phrases: readonly Phrase[]): Promise<readonly AudioClip[]> {
    const clips = phrases.flatMap((phrase): AudioClip[] => {
      if (phrase.kind === 'tone') return [phrase]
      const frequencyHz = phrase.kind === 'prompt' ? this.#tones[phrase.promptId] : undefined
      return frequencyHz === undefined ? [] : [{ kind: 'tone', frequenciesHz: [frequencyHz], durationMs: 400 }]
    })
    return Promise.resolve(clips)
  }
}
