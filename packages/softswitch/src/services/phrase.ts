import type { MenuSound } from '@dialtone/call-routing'

/** Something to say, before it is sound: system prompts by their id, stored audio by its key, numbers and digits word by word. */
export type Phrase =
  | { readonly kind: 'prompt'; readonly promptId: string }
  /** A stored recording: a greeting, a message, music. */
  | { readonly kind: 'recording'; readonly key: string }
  /** Words of an account, for the voice of the platform. */
  | { readonly kind: 'text'; readonly text: string }
  /** 0 … 59, as a number. */
  | { readonly kind: 'number'; readonly value: number }
  /** One after the other, as they are dialed. */
  | { readonly kind: 'digits'; readonly digits: string }
  | { readonly kind: 'tone'; readonly frequenciesHz: readonly number[]; readonly durationMs: number }
  | { readonly kind: 'silence'; readonly durationMs: number }

export const prompt = (promptId: string): Phrase => ({ kind: 'prompt', promptId })

/** What is said of an account: its recordings, and prompts of the platform. */
export function soundsOf(sounds: readonly MenuSound[]): readonly Phrase[] {
  return sounds.map((sound) => {
    if ('text' in sound) return { kind: 'text', text: sound.text }
    return 'promptId' in sound ? prompt(sound.promptId) : { kind: 'recording', key: sound.recordingKey }
  })
}

/** What answering machines sound before they record. */
export const BEEP: Phrase = { kind: 'tone', frequenciesHz: [1000], durationMs: 400 }

const KEY_PROMPTS: Readonly<Record<string, string>> = { '*': 'digit-star', '#': 'digit-pound' }

/** @returns the system prompts that say it; what cannot be said is left out. */
export function promptIdsOf(phrase: Extract<Phrase, { kind: 'number' | 'digits' }>): readonly string[] {
  if (phrase.kind === 'digits') return Array.from(phrase.digits).flatMap((digit) => (/^\d$/.test(digit) ? `digit-${digit}` : (KEY_PROMPTS[digit] ?? [])))
  const { value } = phrase
  if (value >= 0 && value < 60) return [`number-${value}`]
  return promptIdsOf({ kind: 'digits', digits: String(Math.max(0, Math.trunc(value))) })
}
