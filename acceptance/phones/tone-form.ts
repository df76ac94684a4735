import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sineSamples } from './tone.ts'
import { writeWav } from './wav-file.ts'

const SAMPLE_RATE_HZ = 8_000

/** A WAV file of one tone. */
export function toneFile(toneHz: number, seconds: number): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'dialtone-tone-'))
  const path = join(folder, 'tone.wav')
  writeWav(path, sineSamples(toneHz, seconds * SAMPLE_RATE_HZ))
  const file = readFileSync(path)
  rmSync(folder, { recursive: true })
  return file
}

/** The form of an upload of it. */
export function toneForm(toneHz: number, seconds: number): { readonly content: Buffer; readonly contentType: string } {
  const head = '--b\r\nContent-Disposition: form-data; name="file"; filename="tone.wav"\r\nContent-Type: audio/wav\r\n\r\n'
  return {
    content: Buffer.concat([Buffer.from(head), toneFile(toneHz, seconds), Buffer.from('\r\n--b--\r\n')]),
    contentType: 'multipart/form-data; boundary=b',
  }
}
