import { readFile } from 'node:fs/promises'
import { G711_SAMPLES } from '../codecs/g711.ts'

/** What the platform says by itself is there in these languages. */
export const PROMPT_LANGUAGES = ['en-US', 'fr-CA', 'es-MX'] as const
export type PromptLanguage = (typeof PROMPT_LANGUAGES)[number]

/** The samples of each prompt by its id in `prompts/catalog.json`: what an AudioClip takes. */
export type Prompts = ReadonlyMap<string, SharedArrayBuffer>

/** Where a prompt is in the file of its language, in bytes, and of which text it was made. */
export interface PromptPlace {
  readonly offset: number
  readonly length: number
  readonly digest: string
}

/** The prompts of one language by id. */
export type PromptIndex = Readonly<Record<string, PromptPlace>>

const HOLD_MUSIC = 'system-hold-music'

const loaded = new Map<PromptLanguage, Promise<Prompts>>()
let holdMusic: Promise<SharedArrayBuffer> | undefined

/** The prompts of a language and `system-hold-music`; read once, when they are asked for first. Throws when the files of the package are missing. */
export function loadPrompts(language: PromptLanguage): Promise<Prompts> {
  const known = loaded.get(language)
  if (known !== undefined) return known
  const prompts = read(language)
  loaded.set(language, prompts)
  // Who asks again after a failure tries again.
  prompts.catch(() => loaded.delete(language))
  return prompts
}

async function read(language: PromptLanguage): Promise<Prompts> {
  const [index, audio, music] = await Promise.all([readFile(fileOf(`${language}.json`), 'utf8'), readFile(fileOf(`${language}.ul`)), readHoldMusic()])
  const prompts = new Map<string, SharedArrayBuffer>([[HOLD_MUSIC, music]])
  for (const [id, { offset, length }] of Object.entries(JSON.parse(index) as PromptIndex)) prompts.set(id, expand(audio.subarray(offset, offset + length)))
  return prompts
}

function readHoldMusic(): Promise<SharedArrayBuffer> {
  holdMusic ??= readFile(fileOf(`${HOLD_MUSIC}.ul`)).then(expand)
  holdMusic.catch(() => (holdMusic = undefined))
  return holdMusic
}

/** From mu-law to 16-bit samples that all threads may play. */
function expand(audio: Uint8Array): SharedArrayBuffer {
  const shared = new SharedArrayBuffer(audio.length * Int16Array.BYTES_PER_ELEMENT)
  const [samples, table] = [new Int16Array(shared), G711_SAMPLES.PCMU]
  for (const [index, code] of audio.entries()) samples[index] = table[code] ?? 0
  return shared
}

function fileOf(name: string): URL {
  return new URL(`../../prompts/${name}`, import.meta.url)
}
