import { PEAK_AT_0_DBM0 } from '../../tones/tone-generator.ts'

export const SAMPLE_RATE_HZ = 8_000

/** The mean square of a signal at a level. */
export function powerAt(levelDbm0: number): number {
  return (PEAK_AT_0_DBM0 ** 2 / 2) * 10 ** (levelDbm0 / 10)
}

/** What our modems say is that loud: -15 to 0 dBm at the line (ITU-T V.21 and others), with room for the peaks of V.29. */
export const OWN_LEVEL_DBM0 = -12
/** What is fainter is no signal: fax machines hear down to -43 dBm (ITU-T T.30, V.27 ter and V.29), and go on hearing some decibels below. */
export const [HEARD_DBM0, LOST_DBM0] = [-44, -48]
