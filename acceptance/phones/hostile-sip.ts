import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const VECTORS = join(import.meta.dirname, '..', '..', 'interop', 'vectors', 'rfc4475')

const PIECES = [
  '\0',
  '\r\n',
  '\r\n\r\n',
  '\r',
  '%n%s',
  'A'.repeat(5000),
  ';'.repeat(500),
  ','.repeat(500),
  '<'.repeat(200),
  '\\"'.repeat(3000),
  '<sip:',
  '>',
  '"',
  '\\',
  '4294967296',
  '-1',
  '99999999999999999999',
  '\xff\xfe',
  '\xc0\x80',
  'sips:',
  'tel:',
  ';lr',
  ';maddr=255.255.255.255',
  ';received=[::',
  'Content-Length: 99999999\r\n',
  'Contact: *\r\n',
  `m=audio 0 RTP/AVP ${'0 '.repeat(300)}\r\n`,
  'Route: <sip:127.0.0.1;lr>\r\n'.repeat(40),
  'Via: SIP/2.0/UDP 1.1.1.1\r\n'.repeat(80),
] as const

const METHODS = [
  'INVITE',
  'ACK',
  'BYE',
  'CANCEL',
  'OPTIONS',
  'REGISTER',
  'SUBSCRIBE',
  'NOTIFY',
  'REFER',
  'INFO',
  'PRACK',
  'UPDATE',
  'MESSAGE',
  'PUBLISH',
] as const

/** Numbers that are the same for the same seed (mulberry32). */
export function seededBelow(seed: number): (limit: number) => number {
  let state = seed | 0
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % Math.max(1, limit)
  }
}

/** A well-formed request that leads nowhere, in a dialog nobody knows when it has a To tag. */
export function requestText(
  method: string,
  number: number,
  options: { readonly transport?: string; readonly toTag?: string; readonly extra?: string } = {},
): string {
  const { transport = 'UDP', toTag, extra = '' } = options
  const tag = toTag === undefined ? '' : `;tag=${toTag}`
  return (
    `${method} sip:2001@dialtone.local SIP/2.0\r\nVia: SIP/2.0/${transport} 127.0.0.66:5060;branch=z9hG4bKh${number};rport\r\nMax-Forwards: 70\r\n` +
    `From: <sip:mallory@dialtone.local>;tag=m${number}\r\nTo: <sip:2001@dialtone.local>${tag}\r\nCall-ID: hostile-${number}\r\nCSeq: 1 ${method}\r\n` +
    `Contact: <sip:mallory@127.0.0.66:5060>\r\n${extra}Content-Length: 0\r\n\r\n`
  )
}

/** Messages to begin with: those of RFC 4475, and one of each method, inside and outside of dialogs. One character a byte. */
function seeds(): readonly string[] {
  const vectors = readdirSync(VECTORS).filter((file) => file.endsWith('.dat'))
  const ordinary = METHODS.flatMap((method, index) => [requestText(method, index), requestText(method, 100 + index, { toTag: 'nobody' })])
  return [...vectors.map((file) => readFileSync(join(VECTORS, file)).toString('latin1')), ...ordinary, ...ordinary]
}

/** Damaged messages, the same ones for the same seed. */
export function* damagedMessages(seed: number): Generator<Buffer, never> {
  const below = seededBelow(seed)
  const originals = seeds()
  for (;;) {
    let text = originals[below(originals.length)] ?? ''
    for (let left = [1, 1, 2, 3, 8][below(5)] ?? 1; left > 0; left--) text = damage(text, below)
    // A branch of its own: a copy of what was answered before would prove nothing.
    yield Buffer.from(text.replace(/branch=z9hG4bK/g, () => `branch=z9hG4bK${below(1_000_000)}`).slice(0, 60_000), 'latin1')
  }
}

function damage(text: string, below: (limit: number) => number): string {
  const at = below(text.length + 1)
  const length = 1 + below(below(2) === 0 ? 4 : 120)
  switch (below(7)) {
    case 0:
      return text.slice(0, at) + String.fromCharCode((text.charCodeAt(at) ^ (1 << below(8))) & 0xff) + text.slice(at + 1)
    case 1:
      return text.slice(0, at) + text.slice(at + length)
    case 2:
      return text.slice(0, at) + (PIECES[below(PIECES.length)] ?? '') + text.slice(at)
    case 3:
      return text.slice(0, at + length) + text.slice(at)
    case 4:
      return text.slice(0, at) + String.fromCharCode(below(256)) + text.slice(at + 1)
    case 5:
      return below(4) === 0 ? text.slice(0, at) : text
    default:
      return text.replace(/\d+/g, (digits) => (below(6) === 0 ? (['0', '-1', '65536', '4294967296', '18446744073709551616', '1e9'][below(6)] ?? '') : digits))
  }
}
