/*
 * Internet facsimile packets (ITU-T T.38 section 7 and annex A), in the aligned PER of T.38 version 0: what the first edition had, and every
 * implementation still speaks when it is agreed. Octets of a field hold the bits in the order of the telephone line, the first one highest.
 */

/** What the line does (T.38 table 2). */
export const INDICATORS = [
  'no-signal', 'cng', 'ced', 'v21-preamble', 'v27-2400-training', 'v27-4800-training', 'v29-7200-training', 'v29-9600-training', 'v17-7200-short-training',
  'v17-7200-long-training', 'v17-9600-short-training', 'v17-9600-long-training', 'v17-12000-short-training', 'v17-12000-long-training',
  'v17-14400-short-training', 'v17-14400-long-training',
] as const // prettier-ignore
export type Indicator = (typeof INDICATORS)[number]

/** What carries data (T.38 table 3). */
export const MODULATIONS = ['v21', 'v27-2400', 'v27-4800', 'v29-7200', 'v29-9600', 'v17-7200', 'v17-9600', 'v17-12000', 'v17-14400'] as const
export type Modulation = (typeof MODULATIONS)[number]

/** What a field is (T.38 table 4). */
export const FIELD_TYPES = [
  'hdlc-data', 'hdlc-sig-end', 'hdlc-fcs-ok', 'hdlc-fcs-bad', 'hdlc-fcs-ok-sig-end', 'hdlc-fcs-bad-sig-end', 't4-non-ecm-data', 't4-non-ecm-sig-end',
] as const // prettier-ignore
export type FieldType = (typeof FIELD_TYPES)[number]

export interface DataField {
  readonly type: FieldType
  readonly data?: Uint8Array
}

export type IfpPacket =
  | { readonly kind: 'indicator'; readonly indicator: Indicator }
  | { readonly kind: 'data'; readonly modulation: Modulation; readonly fields: readonly DataField[] }

const HAS_DATA_FIELD = 0x80
const IS_DATA = 0x40
const IS_EXTENDED = 0x20
const MAX_FIELDS = 0x7f

/** Reads a packet. @returns undefined for what is none, or of a later version */
export function parseIfpPacket(bytes: Uint8Array): IfpPacket | undefined {
  const [first] = bytes
  if (first === undefined || (first & IS_EXTENDED) !== 0) return undefined
  const value = (first >> 1) & 0x0f
  if ((first & IS_DATA) === 0) {
    const indicator = INDICATORS[value]
    return indicator === undefined || (first & HAS_DATA_FIELD) !== 0 ? undefined : { kind: 'indicator', indicator }
  }
  const modulation = MODULATIONS[value]
  if (modulation === undefined) return undefined
  const fields = (first & HAS_DATA_FIELD) === 0 ? [] : readFields(bytes)
  return fields === undefined ? undefined : { kind: 'data', modulation, fields }
}

/** Four bits a field, and its octets, which begin at a whole octet. */
function readFields(bytes: Uint8Array): readonly DataField[] | undefined {
  const count = bytes[1] ?? 0
  if (count > MAX_FIELDS) return undefined
  const fields: DataField[] = []
  let [offset, isSecondHalf] = [2, false]
  for (let index = 0; index < count; index++) {
    const octet = bytes[offset]
    if (octet === undefined) return undefined
    const four = isSecondHalf ? octet & 0x0f : octet >> 4
    const type = FIELD_TYPES[four & 0x07]
    if (type === undefined) return undefined
    if ((four & 0x08) === 0) {
      fields.push({ type })
      if (isSecondHalf) offset++
      isSecondHalf = !isSecondHalf
      continue
    }
    const length = ((bytes[offset + 1] ?? 0) << 8) + (bytes[offset + 2] ?? 0) + 1
    const end = offset + 3 + length
    if (end > bytes.length) return undefined
    fields.push({ type, data: bytes.subarray(offset + 3, end) })
    offset = end
    isSecondHalf = false
  }
  return fields
}

export function buildIndicator(indicator: Indicator): Uint8Array {
  return Uint8Array.of(INDICATORS.indexOf(indicator) << 1)
}

/** A data packet. Fields without octets share one by two; no packet of ours has two of them in a row before others. */
export function buildData(modulation: Modulation, fields: readonly DataField[]): Uint8Array {
  const bytes: number[] = [HAS_DATA_FIELD | IS_DATA | (MODULATIONS.indexOf(modulation) << 1), fields.length]
  let isSecondHalf = false
  for (const { type, data } of fields) {
    const four = FIELD_TYPES.indexOf(type) | (data === undefined ? 0 : 0x08)
    if (isSecondHalf) bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | four
    else bytes.push(four << 4)
    isSecondHalf = data === undefined && !isSecondHalf
    if (data === undefined) continue
    bytes.push((data.length - 1) >> 8, (data.length - 1) & 0xff, ...data)
  }
  return Uint8Array.from(bytes)
}
