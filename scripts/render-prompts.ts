// node scripts/render-prompts.ts: says every text of packages/media/prompts/catalog.json with espeak-ng, and plays the hold music, into the files
// that packages/media/src/prompts/load-prompts.ts reads. Run it after a change of the catalog and check in what it wrote.
// Needs espeak-ng (apt-get install espeak-ng); a language takes about half a minute.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decodeWav, encodeG711, levelSpeech, type PromptPlace } from '@dialtone/media'
import { holdMusic } from './render-prompts/hold-music.ts'

type Catalog = Readonly<Record<string, Readonly<Record<string, string>>>>

/** There is no Canadian French in espeak-ng; its Latin American Spanish is that of Mexico. */
const VOICES: Readonly<Record<string, string>> = { 'en-US': 'en-us', 'fr-CA': 'fr-fr', 'es-MX': 'es-419' }
const WORDS_PER_MINUTE = '172'
const MAX_AUDIO_BYTES = 16_000_000

const folder = join(dirname(fileURLToPath(import.meta.url)), '../packages/media/prompts')
const catalog = JSON.parse(readFileSync(join(folder, 'catalog.json'), 'utf8')) as Catalog

for (const [language, voice] of Object.entries(VOICES)) renderLanguage(language, voice)
writeFileSync(join(folder, 'system-hold-music.ul'), compressed(holdMusic()))

function renderLanguage(language: string, voice: string): void {
  const pieces: Uint8Array[] = []
  // What is said alike in two places is there once: a digit and a number, a number and a day.
  const places = new Map<string, PromptPlace>()
  let offset = 0
  const lines = Object.entries(catalog).map(([id, texts]) => {
    const text = texts[language]
    if (text === undefined) throw new Error(`${id} has no text in ${language}`)
    const known = places.get(text)
    if (known !== undefined) return `  ${JSON.stringify(id)}: ${JSON.stringify(known)}`
    const audio = compressed(said(text, voice))
    const place = { offset, length: audio.length, digest: createHash('sha256').update(text).digest('hex').slice(0, 16) }
    places.set(text, place)
    pieces.push(audio)
    offset += audio.length
    return `  ${JSON.stringify(id)}: ${JSON.stringify(place)}`
  })
  writeFileSync(join(folder, `${language}.ul`), Buffer.concat(pieces))
  writeFileSync(join(folder, `${language}.json`), `{\n${lines.join(',\n')}\n}\n`)
  console.log(`${language}: ${lines.length} prompts, ${(offset / 8_000).toFixed(0)} s`)
}

function said(text: string, voice: string): Int16Array {
  const { stdout, status, error } = spawnSync('espeak-ng', ['-v', voice, '-s', WORDS_PER_MINUTE, '--stdout', text], { maxBuffer: MAX_AUDIO_BYTES })
  if (status !== 0) throw new Error(`espeak-ng failed: ${error?.message ?? String(status)}`)
  const decoded = decodeWav(stdout)
  if (!decoded.ok) throw new Error(`espeak-ng said ${decoded.error.message}`)
  const speech = levelSpeech(decoded.value)
  if (speech.length === 0) throw new Error(`nothing was said of "${text}"`)
  return speech
}

function compressed(samples: Int16Array): Uint8Array {
  const audio = new Uint8Array(samples.length)
  encodeG711('PCMU', samples, audio)
  return audio
}
