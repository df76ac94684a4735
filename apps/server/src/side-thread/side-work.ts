import { err, ok, type Result } from '@dialtone/foundation'
import { decodeWav, type DocumentFailure, type FaxPage, levelSpeech, readTiff, sharedSamples, tiffPages, type WavFailure } from '@dialtone/media'

/** What a side thread does with the bytes of a file, by name: what it finds in them. */
export interface SideWork {
  /** The samples of a WAV file. */
  readonly sound: Result<SharedArrayBuffer, WavFailure>
  /** The same of one that a voice program made: as loud as the platform's own prompts, without the silence around it. */
  readonly speech: Result<SharedArrayBuffer, WavFailure>
  /** The pages of a document that is to be faxed. */
  readonly fax: Result<readonly FaxPage[], DocumentFailure>
  readonly faxPageCount: Result<number, DocumentFailure>
}

export const SIDE_WORK: { readonly [Kind in keyof SideWork]: (bytes: Uint8Array) => SideWork[Kind] } = {
  sound: (bytes) => samplesOf(bytes, (samples) => samples),
  speech: (bytes) => samplesOf(bytes, levelSpeech),
  fax: readTiff,
  faxPageCount: tiffPages,
}

function samplesOf(bytes: Uint8Array, change: (samples: Int16Array) => Int16Array): SideWork['sound'] {
  const decoded = decodeWav(bytes)
  if (!decoded.ok) return decoded
  const samples = change(decoded.value)
  return samples.length === 0 ? err({ code: 'EmptyWav', message: 'silence' }) : ok(sharedSamples(samples))
}

export interface SideQuestion {
  readonly id: number
  readonly kind: keyof SideWork
  readonly bytes: Uint8Array
}

export interface SideAnswer {
  readonly id: number
  /** Undefined: the work failed, as `error` says. */
  readonly answer: SideWork[keyof SideWork] | undefined
  readonly error?: string
}
