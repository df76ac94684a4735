import type { Tone } from './tone-generator.ts'

/** North American call progress tones: the precise tone plan (ITU-T E.180 supplement 2, ANSI T1.401), levels included. */
export const CALL_PROGRESS_TONES = {
  dialTone: { frequenciesHz: [350, 440], levelDbm0: -13 },
  ringback: { frequenciesHz: [440, 480], onMs: 2_000, offMs: 4_000, levelDbm0: -19 },
  busy: { frequenciesHz: [480, 620], onMs: 500, offMs: 500, levelDbm0: -24 },
  reorder: { frequenciesHz: [480, 620], onMs: 250, offMs: 250, levelDbm0: -24 },
} as const satisfies Readonly<Record<string, Tone>>
