/*
 * Frames of ITU-T T.30 section 5.3, in the bit order of the line: address, control, facsimile control field (FCF), facsimile information field.
 */

/** FCF of what a called terminal says, and of what it hears; the X bit of the latter left out. */
export const FCF = {
  DIS: 0x01, CSI: 0x02, CFR: 0x21, FTT: 0x22, CTR: 0x23, MCF: 0x31, RTN: 0x32, RTP: 0x33, PIN: 0x34, PIP: 0x35, RNR: 0x37, ERR: 0x38, PPR: 0x3d, DCN: 0x5f,
  DCS: 0x41, TSI: 0x42, CTC: 0x48, CRP: 0x58, FCD: 0x60, RCP: 0x61,
  EOM: 0x71, MPS: 0x72, EOR: 0x73, EOP: 0x74, RR: 0x76, PRI_EOM: 0x79, PRI_MPS: 0x7a, PRI_EOP: 0x7c, PPS: 0x7d,
} as const // prettier-ignore

export interface T30Frame {
  readonly fcf: number
  /** Nothing follows in this signal: it is to be answered. */
  readonly isFinal: boolean
  readonly information: Uint8Array
}

const ADDRESS = 0xff
const CONTROL = 0xc0
const CONTROL_FINAL = 0xc8
const X_BIT = 0x80
const IDENT_LENGTH = 20

export function parseT30Frame(bytes: Uint8Array): T30Frame | undefined {
  const [address, control, fcf] = bytes
  if (address !== ADDRESS || fcf === undefined || (control !== CONTROL && control !== CONTROL_FINAL)) return undefined
  // The octets of frames of a page have no X bit to leave out, and none of them is set.
  return { fcf: fcf & ~X_BIT, isFinal: control === CONTROL_FINAL, information: bytes.subarray(3) }
}

export function buildT30Frame(fcf: number, information: Iterable<number> = [], isFinal = true): Uint8Array {
  return Uint8Array.from([ADDRESS, isFinal ? CONTROL_FINAL : CONTROL, fcf, ...information])
}

/** What a calling terminal says that has heard a DIS: its X bit is set (T.30 5.3.6.1). Frames of a page have none. */
export function buildT30Command(fcf: number, information: Iterable<number> = [], isFinal = true): Uint8Array {
  return buildT30Frame(fcf | X_BIT, information, isFinal)
}

/** The bits of a field, numbered from 1 in the order of T.30 table 2. */
function bitsOf(information: Uint8Array): (bit: number) => boolean {
  return (bit) => ((information[(bit - 1) >> 3] ?? 0) & (0x80 >> ((bit - 1) & 7))) !== 0
}

/** Bits of the DIS that are set. 24, 32 and 40 say that an octet follows. */
const CAPABILITIES = [
  10, // receives
  ...[11, 12, 14], // V.27 ter, V.29, V.17
  15, // fine resolution
  16, // two-dimensional coding
  18, // widths of 215, 255 and 303 mm
  20, // any length
  ...[21, 22, 23], // rows as fast as they come
  ...[24, 27, 31, 32, 40],
  41, // 15.4 rows a millimetre
] // prettier-ignore
const CORRECTION_BITS = [27, 31]
const V17_BIT = 14
const CAPABILITY_OCTETS = 6

/** What we can (T.30 table 2). @param has not: without error correction mode, and so without T.6; without the modem of V.17 */
export function buildDis(has: { readonly hasCorrection: boolean; readonly hasV17: boolean }): Uint8Array {
  const without = new Set([...(has.hasCorrection ? [] : CORRECTION_BITS), ...(has.hasV17 ? [] : [V17_BIT])])
  return buildT30Frame(FCF.DIS, fieldOf(CAPABILITY_OCTETS, CAPABILITIES.filter((bit) => !without.has(bit)))) // prettier-ignore
}

/** A field with these bits set. */
function fieldOf(octetCount: number, bits: readonly number[]): Uint8Array {
  const octets = new Uint8Array(octetCount)
  for (const bit of bits) octets[(bit - 1) >> 3] = (octets[(bit - 1) >> 3] ?? 0) | (0x80 >> ((bit - 1) & 7))
  return octets
}

/** What the sender chose (DCS). */
export interface T30Command {
  readonly bitRate: number
  readonly columns: number
  readonly columnsPerMetre: number
  readonly rowsPerMetre: number
  readonly coding: 'MH' | 'MR' | 'MMR'
  readonly hasCorrection: boolean
}

const BIT_RATES: Readonly<Record<number, number>> = { 0b0000: 2_400, 0b0100: 4_800, 0b1000: 9_600, 0b1100: 7_200, 0b0001: 14_400, 0b0101: 12_000, 0b1001: 9_600, 0b1101: 7_200 } // prettier-ignore
/** R8: 1728 pels on 215 mm (T.4 section 2.1). */
const COLUMNS_PER_METRE = 8_037
const WIDTHS: Readonly<Record<number, number>> = { 0b00: 1_728, 0b01: 2_432, 0b10: 2_048 }

/** Bits 11 to 14 of a DCS, which a CTC has as well: the modem and its rate. */
export function rateCodeOf(information: Uint8Array): number {
  return ((information[1] ?? 0) >> 2) & 0x0f
}

/** Reads a DCS. @returns undefined for a document we never said we take */
export function readDcs(information: Uint8Array): T30Command | undefined {
  const bit = bitsOf(information)
  const number = (...bits: readonly number[]): number => bits.reduce((value, one) => value * 2 + (bit(one) ? 1 : 0), 0)
  const bitRate = BIT_RATES[number(11, 12, 13, 14)]
  const columns = WIDTHS[number(17, 18)]
  if (bitRate === undefined || columns === undefined) return undefined
  const hasCorrection = bit(27)
  const coding = hasCorrection && bit(31) ? 'MMR' : bit(16) ? 'MR' : 'MH'
  const rowsPerMetre = bit(41) ? 15_400 : bit(15) ? 7_700 : 3_850
  return { bitRate, columns, columnsPerMetre: COLUMNS_PER_METRE, rowsPerMetre, coding, hasCorrection }
}

/** What a called terminal can (DIS), as far as we make use of it. */
export interface T30Capabilities {
  readonly receives: boolean
  /** Bits 11 to 14: which modems it has. */
  readonly modems: number
  readonly isFine: boolean
  readonly isSuperfine: boolean
  readonly hasReadCoding: boolean
  readonly hasCorrection: boolean
  readonly hasMmr: boolean
  readonly takesAnyLength: boolean
  readonly widths: readonly number[]
  /** How long a row must take at least, of pages of 3.85 rows a millimetre and of finer ones. */
  readonly leastRowMs: { readonly standard: number; readonly fine: number }
}

/** Bits 21 to 23 of a DIS: the times of T.30 table 2. */
const ROW_TIMES: readonly (readonly [standard: number, fine: number])[] = [[20, 20], [40, 40], [10, 10], [10, 5], [5, 5], [40, 20], [20, 10], [0, 0]] // prettier-ignore

export function readDis(information: Uint8Array): T30Capabilities {
  const bit = bitsOf(information)
  const number = (...bits: readonly number[]): number => bits.reduce((value, one) => value * 2 + (bit(one) ? 1 : 0), 0)
  const [standard, fine] = ROW_TIMES[number(21, 22, 23)] ?? [20, 20]
  const hasCorrection = bit(24) && bit(27)
  return {
    receives: bit(10),
    modems: number(11, 12, 13, 14),
    isFine: bit(15),
    isSuperfine: bit(24) && bit(32) && bit(40) && bit(41),
    hasReadCoding: bit(16),
    hasCorrection,
    hasMmr: hasCorrection && bit(31),
    takesAnyLength: bit(20),
    widths: bit(18) ? [1_728, 2_048, 2_432] : bit(17) ? [1_728, 2_048] : [1_728],
    leastRowMs: { standard, fine },
  }
}

/** The bits of a DCS that each choice sets (T.30 table 2). */
const RATE_BITS: readonly number[] = [11, 12, 13, 14]
const WIDTH_BITS: Readonly<Record<number, readonly number[]>> = { 2_432: [18], 2_048: [17] }
const ROW_TIME_BITS: Readonly<Record<number, readonly number[]>> = { 40: [23], 10: [22], 5: [21], 0: [21, 22, 23] }

export interface NewCommand extends Omit<T30Command, 'bitRate' | 'columnsPerMetre'> {
  /** Bits 11 to 14. */
  readonly rateCode: number
  /** 0 with error correction, where there is no fill. */
  readonly leastRowMs: number
  readonly isAnyLength: boolean
}

/** What the pages will be (DCS). It is no longer than it has to be: old machines know three octets. */
export function buildDcs({ rateCode, columns, rowsPerMetre, coding, hasCorrection, leastRowMs, isAnyLength }: NewCommand): Uint8Array {
  const isSuperfine = rowsPerMetre >= SUPERFINE_ROWS
  const bits = [
    10,
    ...RATE_BITS.filter((_bit, index) => (rateCode & (0b1000 >> index)) !== 0),
    ...(rowsPerMetre >= FINE_ROWS && !isSuperfine ? [15] : []),
    ...(coding === 'MR' ? [16] : []),
    ...(WIDTH_BITS[columns] ?? []),
    ...(isAnyLength ? [20] : []),
    ...(ROW_TIME_BITS[leastRowMs] ?? []),
    ...(hasCorrection ? [27] : []),
    ...(coding === 'MMR' ? [31] : []),
    ...(isSuperfine ? [41] : []),
  ]
  const octets = Math.max(3, Math.ceil(Math.max(...bits) / 8))
  // 24, 32 and 40 say that an octet follows.
  const more = [24, 32, 40].filter((bit) => bit < octets * 8)
  return buildT30Command(FCF.DCS, fieldOf(octets, [...bits, ...more]))
}

/** Rows in a metre, as T.4 has them: 7.7 and 15.4 in a millimetre. */
export const FINE_ROWS = 7_700
export const SUPERFINE_ROWS = 15_400

/** The number a terminal calls itself by: its last digit comes first (T.30 5.3.6.2.4). */
export function readIdent(information: Uint8Array): string {
  const text = [...information.subarray(0, IDENT_LENGTH)].map((octet) => String.fromCharCode(reverseBits(octet))).toReversed()
  return text.join('').replaceAll(/[^ -~]/g, '').trim() // prettier-ignore
}

/** @param ident digits, + and blanks, at most 20 of them */
export function buildIdent(fcf: number, ident: string): Uint8Array {
  const text = Buffer.from(ident.slice(0, IDENT_LENGTH).padStart(IDENT_LENGTH), 'latin1')
  return buildT30Frame(fcf, text.map(reverseBits).toReversed(), false)
}

/** Numbers and characters go out with their lowest bit first. */
export function reverseBits(octet: number): number {
  let reversed = 0
  for (let bit = 0; bit < 8; bit++) if ((octet & (1 << bit)) !== 0) reversed |= 0x80 >> bit
  return reversed
}
