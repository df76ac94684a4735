import type { Indicator, Modulation } from './ifp-packet.ts'

/** Between what is heard and what is said, and between two signals (ITU-T T.30 section 5.4.3.3 note: 75 ms, with some room for the way). */
export const TURNAROUND_MS = 100
/** Of V.21 before frames (T.30 5.3.1). */
export const PREAMBLE_MS = 1_000
/** CNG: half a second in every three and a half, until somebody says what he is (ITU-T T.30 section 4.2). */
export const CNG_MS = 500

/** How a picture is modulated, and what its training is called and takes (T.38 table 2; T.30 table 2, V.17, V.29 and V.27 ter). */
export interface FaxModem {
  readonly bitRate: number
  readonly modulation: Modulation
  readonly training: Indicator
  readonly trainingMs: number
}

/** What a fax machine says in one go, one after the other. */
export type FaxSignal =
  | { readonly kind: 'frames'; readonly frames: readonly Uint8Array[] }
  /** A training check, or a page without error correction. */
  | { readonly kind: 'picture'; readonly modem: FaxModem; readonly octets: Uint8Array }
  | { readonly kind: 'block'; readonly modem: FaxModem; readonly frames: readonly Uint8Array[] }
