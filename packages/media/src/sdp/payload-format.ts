import { attributesOf } from './attribute.ts'
import type { MediaDescription } from './session-description.ts'

/** A payload type and what it stands for in one stream. */
export interface PayloadFormat {
  readonly payloadType: number
  /** Upper case: `PCMU`, `TELEPHONE-EVENT`. */
  readonly encoding: string
  readonly clockRateHz: number
}

/** RFC 3551 table 4: audio payload types that need no `a=rtpmap`. G722 counts at 8000 Hz (section 4.5.2). */
const STATIC_AUDIO: ReadonlyMap<number, readonly [encoding: string, clockRateHz: number]> = new Map([
  [0, ['PCMU', 8000]],
  [3, ['GSM', 8000]],
  [4, ['G723', 8000]],
  [5, ['DVI4', 8000]],
  [6, ['DVI4', 16_000]],
  [7, ['LPC', 8000]],
  [8, ['PCMA', 8000]],
  [9, ['G722', 8000]],
  [10, ['L16', 44_100]],
  [11, ['L16', 44_100]],
  [12, ['QCELP', 8000]],
  [13, ['CN', 8000]],
  [14, ['MPA', 90_000]],
  [15, ['G728', 8000]],
  [16, ['DVI4', 11_025]],
  [17, ['DVI4', 22_050]],
  [18, ['G729', 8000]],
])

/** The payload types of an RTP stream in order of preference; those nobody explains are left out. */
export function payloadFormats(media: MediaDescription): readonly PayloadFormat[] {
  const mapped = new Map<number, readonly [encoding: string, clockRateHz: number]>()
  for (const value of attributesOf(media.fields, 'rtpmap')) {
    const [, payloadType, encoding, clockRate] = /^(\d{1,3})\s+([^\s/]+)\/(\d{1,6})/.exec(value) ?? []
    if (payloadType !== undefined && encoding !== undefined) mapped.set(Number(payloadType), [encoding.toUpperCase(), Number(clockRate)])
  }
  return media.formats.flatMap((format) => {
    const payloadType = /^\d{1,3}$/.test(format) ? Number(format) : 128
    const known = mapped.get(payloadType) ?? STATIC_AUDIO.get(payloadType)
    return payloadType > 127 || known === undefined || known[1] === 0 ? [] : [{ payloadType, encoding: known[0], clockRateHz: known[1] }]
  })
}
