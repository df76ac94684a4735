import type { FaxModem } from './fax-signal.ts'
import type { Modulation } from './ifp-packet.ts'

/** A modem and rate as the DCS says it: bits 11 to 14 (ITU-T T.30 table 2). */
export interface FaxRate {
  readonly code: number
  /** For training checks, and for the first picture after the sender has gone down within a page. */
  readonly long: FaxModem
  /** V.17 knows the line after a training check: a picture begins with a shorter one. */
  readonly short: FaxModem
}

/** How long a training lasts: V.17 5.1, V.29 8, V.27 ter 2.5 and T.30 5.3. */
const [V17_LONG_MS, V17_SHORT_MS, V29_MS, V27_4800_MS, V27_2400_MS] = [1_400, 150, 260, 720, 960]

const V17 = [14_400, 12_000, 9_600, 7_200] as const
const V17_CODES = { 14_400: 0b0001, 12_000: 0b0101, 9_600: 0b1001, 7_200: 0b1101 } as const

const v17 = V17.map((bitRate): FaxRate => {
  const modem = { bitRate, modulation: `v17-${bitRate}` } as const
  return {
    code: V17_CODES[bitRate],
    long: { ...modem, training: `v17-${bitRate}-long-training`, trainingMs: V17_LONG_MS },
    short: { ...modem, training: `v17-${bitRate}-short-training`, trainingMs: V17_SHORT_MS },
  }
})
const v29 = ([9_600, 7_200] as const).map((bitRate) =>
  same(bitRate === 9_600 ? 0b1000 : 0b1100, { bitRate, modulation: `v29-${bitRate}`, training: `v29-${bitRate}-training`, trainingMs: V29_MS }),
)
const v27Fast = same(0b0100, { bitRate: 4_800, modulation: 'v27-4800', training: 'v27-4800-training', trainingMs: V27_4800_MS })
const v27Slow = same(0b0000, { bitRate: 2_400, modulation: 'v27-2400', training: 'v27-2400-training', trainingMs: V27_2400_MS })

function same(code: number, modem: FaxModem): FaxRate {
  return { code, long: modem, short: modem }
}

/** By bits 11 to 14 of a DIS. */
const [V29_ALONE, V27, V27_AND_V29, WITH_V17] = [0b1000, 0b0100, 0b1100, 0b1101]

/** The rates a called terminal has and we have, the fastest first. @param modems bits 11 to 14 of its DIS */
export function ratesOf(modems: number, { isSound, maxBitRate }: { readonly isSound: boolean; readonly maxBitRate: number }): readonly FaxRate[] {
  // Of a sound we have no modem of V.17, and who has one has those of V.29.
  const rates = allRatesOf(isSound && modems === WITH_V17 ? V27_AND_V29 : modems)
  const slow = rates.filter(({ long }) => long.bitRate <= maxBitRate)
  return slow.length > 0 ? slow : rates.slice(-1)
}

/** By which modem the pictures come that a DCS announces. @param code its bits 11 to 14 */
export function modulationOf(code: number): Modulation | undefined {
  return [...v17, ...v29, v27Fast, v27Slow].find((rate) => rate.code === code)?.long.modulation
}

function allRatesOf(modems: number): readonly FaxRate[] {
  switch (modems) {
    case WITH_V17:
      return [...v17, v27Fast, v27Slow]
    case V27_AND_V29:
      return [...v29, v27Fast, v27Slow]
    case V29_ALONE:
      return v29
    case V27:
      return [v27Fast, v27Slow]
    default:
      // Every fax machine has V.27 ter at its lower rate.
      return [v27Slow]
  }
}
