/*
 * AES (FIPS 197) in counter mode, as SRTP uses it (RFC 3711 4.1.1). Written for packets of some 200 bytes: node:crypto spends more
 * time on entering and leaving OpenSSL than on such a packet. Tables of 4 kB; time depends on cache lines, not on branches: who shares the
 * processor's caches with us could learn from that, and would have easier ways.
 */

const BLOCK_WORDS = 4
const BLOCK_BYTES = 16

const SBOX = new Uint8Array(256)
/** SubBytes, ShiftRows' column and MixColumns in one look-up; the other three tables are its rotations. */
const T0 = new Int32Array(256)
const T1 = new Int32Array(256)
const T2 = new Int32Array(256)
const T3 = new Int32Array(256)
fillTables()

function doubled(value: number): number {
  return ((value << 1) ^ (value & 0x80 ? 0x11b : 0)) & 0xff
}

/** The S-box by walking the multiplicative group with the generators 3 and its inverse (FIPS 197 5.1.1). */
function fillTables(): void {
  let power = 1
  let inverse = 1
  do {
    power ^= doubled(power)
    inverse ^= inverse << 1
    inverse ^= inverse << 2
    inverse ^= inverse << 4
    inverse &= 0xff
    if (inverse & 0x80) inverse ^= 0x09
    const rotated = inverse ^ (inverse << 1) ^ (inverse << 2) ^ (inverse << 3) ^ (inverse << 4)
    SBOX[power] = ((rotated ^ (rotated >>> 8)) & 0xff) ^ 0x63
  } while (power !== 1)
  SBOX[0] = 0x63
  for (let value = 0; value < 256; value++) {
    const once = SBOX[value] ?? 0
    const twice = doubled(once)
    const word = (twice << 24) | (once << 16) | (once << 8) | (twice ^ once)
    T0[value] = word
    T1[value] = (word >>> 8) | (word << 24)
    T2[value] = (word >>> 16) | (word << 16)
    T3[value] = (word >>> 24) | (word << 8)
  }
}

function substitute(word: number): number {
  return ((SBOX[word >>> 24] ?? 0) << 24) | ((SBOX[(word >>> 16) & 0xff] ?? 0) << 16) | ((SBOX[(word >>> 8) & 0xff] ?? 0) << 8) | (SBOX[word & 0xff] ?? 0)
}

/** The round keys of a key of 16 or 32 bytes (FIPS 197 5.2). */
function expandKey(key: Uint8Array): Int32Array {
  const keyWords = key.length / 4
  const rounds = keyWords + 6
  const words = new Int32Array(BLOCK_WORDS * (rounds + 1))
  for (let index = 0; index < keyWords; index++) words[index] = readWord(key, index * 4)
  let constant = 1
  for (let index = keyWords; index < words.length; index++) {
    let word = words[index - 1] ?? 0
    if (index % keyWords === 0) {
      word = substitute((word << 8) | (word >>> 24)) ^ (constant << 24)
      constant = doubled(constant)
    } else if (keyWords > 6 && index % keyWords === 4) {
      word = substitute(word)
    }
    words[index] = (words[index - keyWords] ?? 0) ^ word
  }
  return words
}

function readWord(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] ?? 0) << 24) | ((bytes[offset + 1] ?? 0) << 16) | ((bytes[offset + 2] ?? 0) << 8) | (bytes[offset + 3] ?? 0)
}

/** One key, used in counter mode. Encrypting and decrypting are the same. */
export class AesCounter {
  readonly #keys: Int32Array
  readonly #block = new Int32Array(BLOCK_WORDS)

  /** @param key 16 or 32 bytes */
  constructor(key: Uint8Array) {
    if (key.length !== 16 && key.length !== 32) throw new Error(`an AES key of ${key.length} bytes`)
    this.#keys = expandKey(key)
  }

  /**
   * Combines `bytes` from `start` to `end` with the key stream whose first block is the encrypted counter (w0 w1 w2 w3). The lowest 16
   * bits of `w3` count the blocks (RFC 3711 4.1.1). In place; allocates nothing.
   */
  apply(bytes: Uint8Array, start: number, end: number, w0: number, w1: number, w2: number, w3: number): void {
    const block = this.#block
    for (let offset = start; offset < end; offset += BLOCK_BYTES, w3++) {
      this.#encrypt(w0, w1, w2, w3)
      if (offset + BLOCK_BYTES > end) {
        for (let index = 0; offset + index < end; index++)
          bytes[offset + index] = (bytes[offset + index] ?? 0) ^ ((block[index >> 2] ?? 0) >>> (24 - (index & 3) * 8))
        return
      }
      for (let word = 0, at = offset; word < BLOCK_WORDS; word++, at += 4) {
        const mask = block[word] ?? 0
        bytes[at] = (bytes[at] ?? 0) ^ (mask >>> 24)
        bytes[at + 1] = (bytes[at + 1] ?? 0) ^ (mask >>> 16)
        bytes[at + 2] = (bytes[at + 2] ?? 0) ^ (mask >>> 8)
        bytes[at + 3] = (bytes[at + 3] ?? 0) ^ mask
      }
    }
  }

  /** FIPS 197 5.1 into `#block`. `| 0` tells the compiler that what comes out of a table is an integer. */
  #encrypt(w0: number, w1: number, w2: number, w3: number): void {
    const keys = this.#keys
    const last = keys.length - BLOCK_WORDS
    let a = w0 ^ (keys[0] as number)
    let b = w1 ^ (keys[1] as number)
    let c = w2 ^ (keys[2] as number)
    let d = w3 ^ (keys[3] as number)
    for (let at = BLOCK_WORDS; at < last; at += BLOCK_WORDS) {
      const e = (T0[a >>> 24] as number) ^ (T1[(b >>> 16) & 255] as number) ^ (T2[(c >>> 8) & 255] as number) ^ (T3[d & 255] as number) ^ (keys[at] as number)
      const f =
        (T0[b >>> 24] as number) ^ (T1[(c >>> 16) & 255] as number) ^ (T2[(d >>> 8) & 255] as number) ^ (T3[a & 255] as number) ^ (keys[at + 1] as number)
      const g =
        (T0[c >>> 24] as number) ^ (T1[(d >>> 16) & 255] as number) ^ (T2[(a >>> 8) & 255] as number) ^ (T3[b & 255] as number) ^ (keys[at + 2] as number)
      d = (T0[d >>> 24] as number) ^ (T1[(a >>> 16) & 255] as number) ^ (T2[(b >>> 8) & 255] as number) ^ (T3[c & 255] as number) ^ (keys[at + 3] as number)
      a = e
      b = f
      c = g
    }
    const block = this.#block
    block[0] = lastRound(a, b, c, d) ^ (keys[last] as number)
    block[1] = lastRound(b, c, d, a) ^ (keys[last + 1] as number)
    block[2] = lastRound(c, d, a, b) ^ (keys[last + 2] as number)
    block[3] = lastRound(d, a, b, c) ^ (keys[last + 3] as number)
  }
}

function lastRound(a: number, b: number, c: number, d: number): number {
  return ((SBOX[a >>> 24] as number) << 24) | ((SBOX[(b >>> 16) & 255] as number) << 16) | ((SBOX[(c >>> 8) & 255] as number) << 8) | (SBOX[d & 255] as number)
}
