/** Codecs by the names people use (S3-14), and what SDP calls them (RFC 3551 table 4, RFC 7587). */
const ENCODINGS = {
  'G.711': ['PCMU', 'PCMA'],
  'G.711U': ['PCMU'],
  'G.711A': ['PCMA'],
  'G.722': ['G722'],
  'G.723': ['G723'],
  'G.726': ['G726-16', 'G726-24', 'G726-32', 'G726-40'],
  'G.728': ['G728'],
  'G.729': ['G729'],
  GSM: ['GSM'],
  ILBC: ['ILBC'],
  OPUS: ['OPUS'],
  SPEEX: ['SPEEX'],
} as const

export type CodecName = keyof typeof ENCODINGS

const NAMES = Object.keys(ENCODINGS) as CodecName[]
const ALIASES: Readonly<Record<string, CodecName>> = { PCMU: 'G.711U', PCMA: 'G.711A', ULAW: 'G.711U', ALAW: 'G.711A' }

export const CODEC_NAMES: readonly string[] = NAMES

/** @param written `G.711`, `g711`, `pcmu` … @returns undefined when we know no such codec */
export function codecOf(written: string): CodecName | undefined {
  const bare = (text: string): string => text.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')
  return NAMES.find((name) => bare(name) === bare(written)) ?? ALIASES[bare(written)]
}

export function encodingsOf(codecs: readonly CodecName[]): readonly string[] {
  return codecs.flatMap((codec) => ENCODINGS[codec])
}
