/*
 * HMAC-SHA1 (RFC 2104, FIPS 180-4) with the key's two pads digested beforehand: a packet of 172 bytes then costs four blocks instead of six,
 * and no object. SHA-1 is what the suites of RFC 4568 6.2 name; its collisions do not touch HMAC.
 */

const STATE_WORDS = 5
const BLOCK_BYTES = 64
const INITIAL = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]

const schedule = new Int32Array(80)
const state = new Int32Array(STATE_WORDS)
const tail = new Uint8Array(2 * BLOCK_BYTES)

/** The first 20 bytes of the digest that `HmacSha1.digest` left behind. */
export const HMAC_SHA1_BYTES = 20

/** The HMAC of one key. The digest stands in `words` until the next call. */
export class HmacSha1 {
  /** The last digest, five words. */
  readonly words = new Int32Array(STATE_WORDS)
  readonly #inner = new Int32Array(STATE_WORDS)
  readonly #outer = new Int32Array(STATE_WORDS)

  /** @param key at most 64 bytes */
  constructor(key: Uint8Array) {
    if (key.length > BLOCK_BYTES) throw new Error(`an HMAC key of ${key.length} bytes`)
    absorbPad(key, 0x36, this.#inner)
    absorbPad(key, 0x5c, this.#outer)
  }

  /** Digests `bytes` from 0 to `end` and the word after it: SRTP authenticates the roll-over counter with the packet (RFC 3711 4.2). */
  digest(bytes: Uint8Array, end: number, appendedWord: number | undefined): void {
    state.set(this.#inner)
    let offset = 0
    for (; offset + BLOCK_BYTES <= end; offset += BLOCK_BYTES) compress(bytes, offset)
    let length = 0
    while (offset < end) tail[length++] = bytes[offset++] as number
    if (appendedWord !== undefined) {
      writeWord(tail, length, appendedWord)
      length += 4
    }
    finish(length, BLOCK_BYTES + end + (appendedWord === undefined ? 0 : 4))
    for (let word = 0; word < STATE_WORDS; word++) writeWord(tail, word * 4, state[word] as number)
    state.set(this.#outer)
    finish(HMAC_SHA1_BYTES, BLOCK_BYTES + HMAC_SHA1_BYTES)
    this.words.set(state)
  }

  /** Writes the first `count` bytes of the digest. */
  write(target: Uint8Array, offset: number, count: number): void {
    for (let index = 0; index < count; index++) target[offset + index] = (this.words[index >> 2] as number) >>> (24 - (index & 3) * 8)
  }

  /** Whether the first `count` bytes of the digest stand at `offset`; takes the same time wherever they differ. */
  matches(bytes: Uint8Array, offset: number, count: number): boolean {
    let difference = 0
    for (let index = 0; index < count; index++) {
      difference |= ((bytes[offset + index] as number) ^ ((this.words[index >> 2] as number) >>> (24 - (index & 3) * 8))) & 0xff
    }
    return difference === 0
  }
}

function absorbPad(key: Uint8Array, filler: number, into: Int32Array): void {
  const pad = new Uint8Array(BLOCK_BYTES).fill(filler)
  key.forEach((byte, index) => (pad[index] = byte ^ filler))
  INITIAL.forEach((word, index) => (state[index] = word))
  compress(pad, 0)
  into.set(state)
}

/** Pads what stands in `tail` (FIPS 180-4 5.1.1) and digests it. */
function finish(length: number, totalBytes: number): void {
  const end = length + 9 <= BLOCK_BYTES ? BLOCK_BYTES : 2 * BLOCK_BYTES
  tail[length] = 0x80
  tail.fill(0, length + 1, end - 4)
  writeWord(tail, end - 4, totalBytes * 8)
  compress(tail, 0)
  if (end > BLOCK_BYTES) compress(tail, BLOCK_BYTES)
}

function writeWord(target: Uint8Array, offset: number, word: number): void {
  target[offset] = word >>> 24
  target[offset + 1] = word >>> 16
  target[offset + 2] = word >>> 8
  target[offset + 3] = word
}

/** One block into `state` (FIPS 180-4 6.1.2): four loops, since a round that has to choose its function is slower than its work. */
function compress(bytes: Uint8Array, offset: number): void {
  const w = schedule
  for (let index = 0, at = offset; index < 16; index++, at += 4) {
    w[index] = ((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number)
  }
  for (let index = 16; index < 80; index++) {
    const word = (w[index - 3] as number) ^ (w[index - 8] as number) ^ (w[index - 14] as number) ^ (w[index - 16] as number)
    w[index] = (word << 1) | (word >>> 31)
  }
  let [a, b, c, d, e] = [state[0] as number, state[1] as number, state[2] as number, state[3] as number, state[4] as number]
  for (let index = 0; index < 20; index++) {
    const next = (((a << 5) | (a >>> 27)) + ((b & c) | (~b & d)) + e + 0x5a827999 + (w[index] as number)) | 0
    e = d
    d = c
    c = (b << 30) | (b >>> 2)
    b = a
    a = next
  }
  for (let index = 20; index < 40; index++) {
    const next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + 0x6ed9eba1 + (w[index] as number)) | 0
    e = d
    d = c
    c = (b << 30) | (b >>> 2)
    b = a
    a = next
  }
  for (let index = 40; index < 60; index++) {
    const next = (((a << 5) | (a >>> 27)) + ((b & c) | (b & d) | (c & d)) + e + 0x8f1bbcdc + (w[index] as number)) | 0
    e = d
    d = c
    c = (b << 30) | (b >>> 2)
    b = a
    a = next
  }
  for (let index = 60; index < 80; index++) {
    const next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + 0xca62c1d6 + (w[index] as number)) | 0
    e = d
    d = c
    c = (b << 30) | (b >>> 2)
    b = a
    a = next
  }
  state[0] = (state[0] as number) + a
  state[1] = (state[1] as number) + b
  state[2] = (state[2] as number) + c
  state[3] = (state[3] as number) + d
  state[4] = (state[4] as number) + e
}
