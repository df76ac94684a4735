import type { MediaSource } from '@dialtone/media'

/** What the sandbox PSTN does with a call. */
export type PstnBehavior =
  | { readonly kind: 'reject'; readonly statusCode: number }
  | { readonly kind: 'ringForever' }
  | {
      readonly kind: 'answer'
      readonly source: MediaSource
      /** Played before the answer, with a 183. */
      readonly earlyMedia?: { readonly source: MediaSource; readonly durationMs: number }
      readonly hangUpAfterMs?: number
    }

const ECHO: MediaSource = { kind: 'echo' }
const TONE_440_HZ: MediaSource = { kind: 'tone', frequenciesHz: [440] }
/** ITU-T E.180 supplement 2, North America: 440 + 480 Hz, 2 s on, 4 s off. */
const RINGBACK: MediaSource = { kind: 'tone', frequenciesHz: [440, 480], onMs: 2000, offMs: 4000 }

/** By the last seven digits of the national number. */
const SPECIAL_NUMBERS: Readonly<Record<string, PstnBehavior>> = {
  '5550100': { kind: 'reject', statusCode: 486 },
  '5550101': { kind: 'ringForever' },
  '5550102': { kind: 'reject', statusCode: 404 },
  '5550103': { kind: 'reject', statusCode: 603 },
  '5550104': { kind: 'reject', statusCode: 503 },
  '5550105': { kind: 'answer', source: TONE_440_HZ },
  '5550106': { kind: 'answer', source: ECHO, earlyMedia: { source: RINGBACK, durationMs: 1500 } },
  '5550107': { kind: 'answer', source: ECHO, hangUpAfterMs: 2000 },
}

/** Every telephone number and the operator (0, 00) answer and echo, but for the special ones; what is no number is unallocated. @param user user part of the Request-URI. */
export function pstnBehavior(user: string): PstnBehavior {
  const digits = user.replace(/^\+/, '')
  if (!/^(?:\d{3,15}|00?)$/.test(digits)) return { kind: 'reject', statusCode: 404 }
  return SPECIAL_NUMBERS[digits.slice(-7)] ?? { kind: 'answer', source: ECHO }
}
