/** Writes ASN.1 in DER (ITU-T X.690), as far as a certificate needs it. */

const CONTEXT_CONSTRUCTED = 0xa0
const CONTEXT_PRIMITIVE = 0x80

/** X.690 8.1: tag, length, content. */
function element(tag: number, content: Uint8Array): Buffer {
  const { length } = content
  if (length < 128) return Buffer.concat([Buffer.from([tag, length]), content])
  const digits = length < 256 ? [length] : [length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, 0x80 | digits.length, ...digits]), content])
}

/** @param parts at most 65535 bytes together, here and everywhere */
export function sequence(...parts: readonly Uint8Array[]): Buffer {
  return element(0x30, Buffer.concat(parts))
}

export function set(...parts: readonly Uint8Array[]): Buffer {
  return element(0x31, Buffer.concat(parts))
}

/** @param magnitude of a number that is not negative, most significant byte first */
export function integer(magnitude: Uint8Array): Buffer {
  const isNegative = (magnitude[0] ?? 0) >= 128
  return element(0x02, isNegative ? Buffer.concat([Buffer.from([0]), magnitude]) : magnitude)
}

export function boolean(value: boolean): Buffer {
  return element(0x01, Buffer.from([value ? 0xff : 0]))
}

/** @param text dotted, such as 2.5.29.17 */
export function objectIdentifier(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number)
  return element(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

function base128(number: number): number[] {
  const digits = [number & 127]
  for (let rest = number >>> 7; rest > 0; rest >>>= 7) digits.unshift((rest & 127) | 128)
  return digits
}

export function octetString(content: Uint8Array): Buffer {
  return element(0x04, content)
}

export function bitString(content: Uint8Array): Buffer {
  return element(0x03, Buffer.concat([Buffer.from([0]), content]))
}

export function utf8String(text: string): Buffer {
  return element(0x0c, Buffer.from(text, 'utf8'))
}

/** RFC 5280 4.1.2.5: UTCTime until 2049, GeneralizedTime after. */
export function time(date: Date): Buffer {
  const digits = `${date.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}Z`
  return date.getUTCFullYear() < 2050 ? element(0x17, Buffer.from(digits.slice(2), 'latin1')) : element(0x18, Buffer.from(digits, 'latin1'))
}

/** `[number]` around whole elements. */
export function explicitTag(number: number, content: Uint8Array): Buffer {
  return element(CONTEXT_CONSTRUCTED | number, content)
}

/** `[number]` in place of a string's own tag. */
export function implicitTag(number: number, content: Uint8Array): Buffer {
  return element(CONTEXT_PRIMITIVE | number, content)
}
