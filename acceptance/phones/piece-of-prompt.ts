import { readFileSync } from 'node:fs'

const PROMPTS = new URL('../../packages/media/prompts/', import.meta.url)
/** 40 ms, away from the silence at the beginning. */
const [SKIPPED_BYTES, SAMPLE_BYTES] = [2_400, 320]

/** A piece of a system prompt as it is shipped: what goes out in PCMU. */
export function pieceOf(promptId: string, language: string): Buffer {
  const index = JSON.parse(readFileSync(new URL(`${language}.json`, PROMPTS), 'utf8')) as Readonly<Record<string, { readonly offset: number }>>
  const start = (index[promptId]?.offset ?? 0) + SKIPPED_BYTES
  return readFileSync(new URL(`${language}.ul`, PROMPTS)).subarray(start, start + SAMPLE_BYTES)
}
