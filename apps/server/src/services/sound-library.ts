import type { FileStore } from '@dialtone/control-plane'
import type { Logger } from '@dialtone/foundation'
import { type AudioClip, loadPrompts, PROMPT_LANGUAGES, type PromptLanguage } from '@dialtone/media'
import { type Phrase, promptIdsOf } from '@dialtone/softswitch'
import type { SideThread } from '../side-thread/index.ts'
import type { Voice } from './voice.ts'

/** Kept decoded: greetings and music are heard again and again. */
const KEPT_BYTES = 64_000_000
/** Half an hour of 16-bit PCM at 8000 Hz; longer files are not played. */
const LONGEST_BYTES = 30_000_000

interface SoundLibraryParts {
  readonly files: FileStore
  /** Reads sounds: five minutes of them take half a second. */
  readonly thread: Pick<SideThread, 'ask'>
  readonly voice: Pick<Voice, 'say'>
  readonly logger: Logger
}

/** Sound for what services say: the system prompts, recordings of the file store, whose content never changes under a name, and words for the voice. */
export class SoundLibrary {
  readonly #o: SoundLibraryParts
  /** By the key of a recording, or by language and words. The one used last comes last. */
  readonly #kept = new Map<string, SharedArrayBuffer>()
  #keptBytes = 0
  /** Two calls may ask for the same at once. */
  readonly #loading = new Map<string, Promise<SharedArrayBuffer | undefined>>()

  constructor(parts: SoundLibraryParts) {
    this.#o = parts
  }

  /** What cannot be found or decoded is left out. */
  async clipsOf(phrases: readonly Phrase[], language: string): Promise<readonly AudioClip[]> {
    const known = PROMPT_LANGUAGES.find((one) => one === language) ?? 'en-US'
    return (await Promise.all(phrases.map((phrase) => this.#clipsOf(phrase, known)))).flat()
  }

  async #clipsOf(phrase: Phrase, language: PromptLanguage): Promise<readonly AudioClip[]> {
    switch (phrase.kind) {
      case 'tone':
      case 'silence':
        return [phrase]
      case 'prompt':
        return this.#prompts([phrase.promptId], language)
      case 'number':
      case 'digits':
        return this.#prompts(promptIdsOf(phrase), language)
      case 'recording':
        return this.#clip(phrase.key, () => this.#recording(phrase.key))
      case 'text':
        return this.#clip(`${language} ${phrase.text}`, () => this.#spoken(phrase.text, language))
    }
  }

  async #prompts(ids: readonly string[], language: PromptLanguage): Promise<readonly AudioClip[]> {
    const prompts = await loadPrompts(language)
    return ids.flatMap((id): AudioClip[] => {
      const samples = prompts.get(id)
      if (samples === undefined) this.#o.logger.warn('there is no such prompt', { promptId: id, language })
      return samples === undefined ? [] : [{ kind: 'samples', samples }]
    })
  }

  async #clip(key: string, load: () => Promise<SharedArrayBuffer | undefined>): Promise<readonly AudioClip[]> {
    const kept = this.#kept.get(key)
    if (kept !== undefined) {
      this.#kept.delete(key)
      this.#kept.set(key, kept)
      return [{ kind: 'samples', samples: kept }]
    }
    const loading = this.#loading.get(key) ?? this.#load(key, load)
    const samples = await loading
    return samples === undefined ? [] : [{ kind: 'samples', samples }]
  }

  #load(key: string, load: () => Promise<SharedArrayBuffer | undefined>): Promise<SharedArrayBuffer | undefined> {
    const loading = load()
      .then((samples) => {
        if (samples !== undefined) this.#keep(key, samples)
        return samples
      })
      .finally(() => this.#loading.delete(key))
    this.#loading.set(key, loading)
    return loading
  }

  async #recording(key: string): Promise<SharedArrayBuffer | undefined> {
    const bytes = await this.#read(key)
    const decoded = bytes === undefined ? undefined : await this.#o.thread.ask('sound', bytes)
    if (decoded?.ok === true) return decoded.value
    this.#o.logger.warn('a recording cannot be played', { key, reason: decoded?.error.code ?? (bytes === undefined ? 'NotFound' : 'NotRead') })
    return undefined
  }

  async #spoken(text: string, language: PromptLanguage): Promise<SharedArrayBuffer | undefined> {
    const bytes = await this.#o.voice.say(text, language)
    const decoded = bytes === undefined ? undefined : await this.#o.thread.ask('speech', bytes)
    if (decoded?.ok === false) this.#o.logger.warn('what the voice said cannot be played', { reason: decoded.error.message })
    return decoded?.ok === true ? decoded.value : undefined
  }

  async #read(key: string): Promise<Uint8Array | undefined> {
    const content = await this.#o.files.open(key)
    if (content === undefined) return undefined
    const pieces: Uint8Array[] = []
    let size = 0
    for await (const piece of content) {
      size += piece.length
      if (size > LONGEST_BYTES) return undefined
      pieces.push(piece)
    }
    return Buffer.concat(pieces)
  }

  #keep(key: string, samples: SharedArrayBuffer): void {
    this.#kept.set(key, samples)
    this.#keptBytes += samples.byteLength
    for (const [oldest, { byteLength }] of this.#kept) {
      if (this.#keptBytes <= KEPT_BYTES || oldest === key) break
      this.#kept.delete(oldest)
      this.#keptBytes -= byteLength
    }
  }
}
