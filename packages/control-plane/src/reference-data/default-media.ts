/** What the platform itself has to play, until somebody uploads something of his own (public-spec section 14). */
export interface DefaultMedia {
  readonly storageId: string
  readonly subType: string
  readonly title: string
}

export const MEDIA_TYPES = ['HoldMusic', 'IvrPrompt'] as const
export type MediaType = (typeof MEDIA_TYPES)[number]

/** The first is the one accounts begin with. */
const HOLD_MUSIC: readonly DefaultMedia[] = [
  { storageId: '5967df89-c80e-4e94-b73f-f6f29202de1e', subType: 'SystemDefault', title: 'Arpeggio' },
  { storageId: '0b8f6f0e-6a53-4f8e-9b1c-3d8f2a7c5e41', subType: 'SystemDefault', title: 'Periodic beep' },
]

/** Prompts are always somebody's own. */
export function defaultMedia(type: MediaType): readonly DefaultMedia[] {
  return type === 'HoldMusic' ? HOLD_MUSIC : []
}

const SAMPLE_RATE = 8_000
const TWO_PI = 2 * Math.PI
/** C major, a note every half second. */
const NOTES_HERTZ = [261.63, 329.63, 392, 523.25, 392, 329.63]

/** @returns a WAV file: 16-bit linear PCM, 8 kHz, one channel (RFC 2361). It is computed, so nobody's music has to be licensed. */
export function defaultMediaFile(storageId: string): Buffer | undefined {
  const position = HOLD_MUSIC.findIndex((media) => media.storageId === storageId)
  if (position < 0) return undefined
  return wavOf(position === 0 ? NOTES_HERTZ.flatMap((hertz) => note(hertz, 0.5)) : [...note(440, 0.25), ...note(0, 4.75)])
}

function note(hertz: number, seconds: number): number[] {
  const count = Math.round(SAMPLE_RATE * seconds)
  return Array.from({ length: count }, (_, index) => {
    const fade = Math.min(1, index / 200, (count - index) / 800)
    return Math.round(6_000 * fade * Math.sin((TWO_PI * hertz * index) / SAMPLE_RATE))
  })
}

function wavOf(samples: readonly number[]): Buffer {
  const data = Buffer.alloc(samples.length * 2)
  for (const [index, sample] of samples.entries()) data.writeInt16LE(sample, index * 2)
  const header = Buffer.alloc(44)
  header.write('RIFF', 0, 'latin1')
  header.writeUInt32LE(36 + data.length, 4)
  header.write('WAVEfmt ', 8, 'latin1')
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(1, 22)
  header.writeUInt32LE(SAMPLE_RATE, 24)
  header.writeUInt32LE(SAMPLE_RATE * 2, 28)
  header.writeUInt16LE(2, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36, 'latin1')
  header.writeUInt32LE(data.length, 40)
  return Buffer.concat([header, data])
}
