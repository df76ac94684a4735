import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { SpeechDetector } from '../tones/speech-detector.ts'
import { loadPrompts, PROMPT_LANGUAGES, type PromptIndex } from './load-prompts.ts'

const SAMPLES_PER_SECOND = 8_000

function file<Content>(name: string): Content {
  return JSON.parse(readFileSync(new URL(`../../prompts/${name}`, import.meta.url), 'utf8')) as Content
}

const catalog = file<Readonly<Record<string, Readonly<Record<string, string>>>>>('catalog.json')

function levelDbm0(samples: Int16Array): number {
  return 10 * Math.log10(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length / (22_800 ** 2 / 2))
}

describe.each(PROMPT_LANGUAGES)('the prompts in %s', (language) => {
  it('are those of the catalog, and were made of its texts: else run scripts/render-prompts.ts', () => {
    const index = file<PromptIndex>(`${language}.json`)
    const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)
    const expected = Object.entries(catalog).map(([id, texts]) => [id, digestOf(texts[language] ?? 'nothing')])
    expect(Object.entries(index).map(([id, { digest }]) => [id, digest])).toEqual(expected)
  })

  it('all have speech, about as loud as each other, without long silence around it', async () => {
    const prompts = await loadPrompts(language)
    expect(prompts.size).toBe(Object.keys(catalog).length + 1)
    for (const id of Object.keys(catalog)) {
      const samples = new Int16Array(prompts.get(id) ?? new SharedArrayBuffer(0))
      expect([id, samples.length / SAMPLES_PER_SECOND > 0.2, samples.length / SAMPLES_PER_SECOND < 15]).toEqual([id, true, true])
      const level = levelDbm0(samples)
      expect([id, level > -25, level < -14]).toEqual([id, true, true])
      expect([id, levelDbm0(samples.subarray(0, 800)) > -45]).toEqual([id, true])
    }
  })

  it('hold the numbers, days and times that are put together', async () => {
    const prompts = await loadPrompts(language)
    const many = (name: string, first: number, last: number): string[] =>
      Array.from({ length: last - first + 1 }, (_unused, index) => `${name}-${first + index}`)
    const sets = [
      many('digit', 0, 9),
      many('number', 0, 59),
      many('day', 1, 31),
      many('month', 1, 12),
      many('weekday', 0, 6),
      ['am', 'pm', 'today', 'yesterday'],
    ]
    expect(sets.flat().filter((id) => !prompts.has(id))).toEqual([])
  })
})

describe('the music on hold', () => {
  it('lasts between 60 and 90 s, is softer than speech, never silent, and loops without a click', async () => {
    const music = new Int16Array((await loadPrompts('en-US')).get('system-hold-music') ?? new SharedArrayBuffer(0))
    expect(music.length / SAMPLES_PER_SECOND).toBeGreaterThanOrEqual(60)
    expect(music.length / SAMPLES_PER_SECOND).toBeLessThanOrEqual(90)
    expect(levelDbm0(music)).toBeLessThan(-17)
    const detector = new SpeechDetector()
    let longestMs = 0
    for (let from = 0; from + 160 <= music.length; from += 160) {
      detector.hear(music.subarray(from, from + 160))
      longestMs = Math.max(longestMs, detector.silentMs)
    }
    expect(longestMs).toBeLessThan(200)
    let step = 0
    for (let index = 1; index < music.length; index++) step = Math.max(step, Math.abs((music[index] ?? 0) - (music[index - 1] ?? 0)))
    expect(Math.abs((music[0] ?? 0) - (music.at(-1) ?? 0))).toBeLessThanOrEqual(step)
  })

  it('is the same memory in every language, and every prompt is read once', async () => {
    const [first, again, other] = await Promise.all([loadPrompts('en-US'), loadPrompts('en-US'), loadPrompts('es-MX')])
    expect(again).toBe(first)
    expect(other.get('system-hold-music')).toBe(first.get('system-hold-music'))
    expect(other.get('goodbye')).not.toBe(first.get('goodbye'))
  })
})
