import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sineSamples } from './tone.ts'
import { writeWav } from './wav-file.ts'

const SAMPLE_RATE_HZ = 8_000

/** The form of an upload: a WAV file of one tone. */
export function toneForm(toneHz: number, seconds: number): { readonly content: Buffer; readonly contentType: string } {
  const folder = mkdtempSync(join(tmpdir(), 'dialtone-tone-'))
  const path = join(folder, 'tone.wav')
  writeWav(path, sineSamples(toneHz, seconds * SAMPLE_RATE_HZ))
  const file = readFileSync(path)
  rmSync(folder, { recursive: true })
  const head = '--b\r\nContent-Disposition: form-data; name="file"; filename="tone.wav"\r\nContent-Type: audio/wav\r\n\r\n'
  return { content: Buffer.concat([Buffer.from(head), file, Buffer.from('\r\n--b--\r\n')]), contentType: 'multipart/form-data; boundary=b' }
}
