import type { FileStore } from '@dialtone/control-plane'
import type { Logger } from '@dialtone/foundation'
import { type AudioClip, decodeWav, loadPrompts, PROMPT_LANGUAGES, type PromptLanguage, sharedSamples } from '@dialtone/media'
import { type Phrase, promptIdsOf } from '@dialtone/softswitch'

/** Recordings kept decoded: greetings and music are heard again and again. */
const KEPT_BYTES = 64_000_000
/** Half an hour of 16-bit PCM at 8000 Hz; longer files are not played. */
const LONGEST_BYTES = 30_000_000

/** Sound for what services say: the system prompts, and recordings of the file store, whose content never changes under a name. */
export class SoundLibrary {
  readonly #files: FileStore
  readonly #logger: Logger
  /** The one used last comes last. */
  readonly #recordings = new Map<string, SharedArrayBuffer>()
  #keptBytes = 0

  constructor(files: FileStore, logger: Logger) {
    this.#files = files
    this.#logger = logger
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
      case 'recording': {
        const samples = await this.#recording(phrase.key)
        return samples === undefined ? [] : [{ kind: 'samples', samples }]
      }
    }
  }

  async #prompts(ids: readonly string[], language: PromptLanguage): Promise<readonly AudioClip[]> {
    const prompts = await loadPrompts(language)
    return ids.flatMap((id): AudioClip[] => {
      const samples = prompts.get(id)
      if (samples === undefined) this.#logger.warn('there is no such prompt', { promptId: id, language })
      return samples === undefined ? [] : [{ kind: 'samples', samples }]
    })
  }

  async #recording(key: string): Promise<SharedArrayBuffer | undefined> {
    const kept = this.#recordings.get(key)
    if (kept !== undefined) {
      this.#recordings.delete(key)
      this.#recordings.set(key, kept)
      return kept
    }
    const bytes = await this.#read(key)
    const decoded = bytes === undefined ? undefined : decodeWav(bytes)
    if (decoded?.ok !== true) {
      this.#logger.warn('a recording cannot be played', { key, reason: decoded?.error.code ?? 'NotFound' })
      return undefined
    }
    const samples = sharedSamples(decoded.value)
    this.#keep(key, samples)
    return samples
  }

  async #read(key: string): Promise<Uint8Array | undefined> {
    const content = await this.#files.open(key)
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
    // Two calls may have asked for it at once.
    this.#keptBytes -= this.#recordings.get(key)?.byteLength ?? 0
    this.#recordings.set(key, samples)
    this.#keptBytes += samples.byteLength
    for (const [oldest, { byteLength }] of this.#recordings) {
      if (this.#keptBytes <= KEPT_BYTES || oldest === key) break
      this.#recordings.delete(oldest)
      this.#keptBytes -= byteLength
    }
  }
}
