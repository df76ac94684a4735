/**
 * SipHash-2-4 with 64 bits of output: a keyed checksum that only the holder of the key can make, made for short inputs.
 * RFC 9018 4.4 seals DNS cookies with it for the same reason as `NonceMint`: it costs a tenth of an HMAC.
 * Words of 64 bits are kept as two halves of 32, the low one first.
 */
export class SipHash {
  readonly #key: Int32Array

  /** @param key 16 bytes, random */
  constructor(key: Buffer) {
    this.#key = Int32Array.from({ length: 4 }, (_, place) => key.readInt32LE(place * 4))
  }

  /** Writes the hash of `bytes[0, length)` as 8 bytes behind them. */
  append(bytes: Uint8Array, length: number): void {
    const [k0 = 0, k1 = 0, k2 = 0, k3 = 0] = this.#key
    state[0] = k0 ^ 0x70736575
    state[1] = k1 ^ 0x736f6d65
    state[2] = k2 ^ 0x6e646f6d
    state[3] = k3 ^ 0x646f7261
    state[4] = k0 ^ 0x6e657261
    state[5] = k1 ^ 0x6c796765
    state[6] = k2 ^ 0x79746573
    state[7] = k3 ^ 0x74656462
    const whole = length - (length % 8)
    for (let at = 0; at < whole; at += 8) absorb(halfAt(bytes, at, length), halfAt(bytes, at + 4, length))
    absorb(halfAt(bytes, whole, length), halfAt(bytes, whole + 4, length) | (length << 24))
    state[4] = half(4) ^ 0xff
    for (let round = 0; round < 4; round++) mix()
    writeHalf(bytes, length, half(0) ^ half(2) ^ half(4) ^ half(6))
    writeHalf(bytes, length + 4, half(1) ^ half(3) ^ half(5) ^ half(7))
  }
}

/** v0 to v3. One for all: a hash is made in one go. */
const state = new Int32Array(8)

function half(place: number): number {
  return state[place] ?? 0
}

/** Four bytes, little endian; those behind the end are 0. */
function halfAt(bytes: Uint8Array, at: number, length: number): number {
  let value = 0
  for (let byte = 0; byte < 4 && at + byte < length; byte++) value |= (bytes[at + byte] ?? 0) << (8 * byte)
  return value
}

function writeHalf(bytes: Uint8Array, at: number, value: number): void {
  for (let byte = 0; byte < 4; byte++) bytes[at + byte] = (value >>> (8 * byte)) & 0xff
}

/** Takes eight bytes in: two rounds. */
function absorb(low: number, high: number): void {
  state[6] = half(6) ^ low
  state[7] = half(7) ^ high
  mix()
  mix()
  state[0] = half(0) ^ low
  state[1] = half(1) ^ high
}

/** SipRound. */
function mix(): void {
  add(0, 2)
  rotateInto(2, 13, 0)
  swapHalves(0)
  add(4, 6)
  rotateInto(6, 16, 4)
  add(0, 6)
  rotateInto(6, 21, 0)
  add(4, 2)
  rotateInto(2, 17, 4)
  swapHalves(4)
}

/** state[a] += state[b], 64 bits. */
function add(a: number, b: number): void {
  const low = (half(a) >>> 0) + (half(b) >>> 0)
  state[a] = low | 0
  state[a + 1] = (half(a + 1) + half(b + 1) + (low > 0xff_ff_ff_ff ? 1 : 0)) | 0
}

/** state[word] = rotl(state[word], bits) ^ state[other]; bits below 32. */
function rotateInto(word: number, bits: number, other: number): void {
  const low = half(word)
  const high = half(word + 1)
  state[word] = ((low << bits) | (high >>> (32 - bits))) ^ half(other)
  state[word + 1] = ((high << bits) | (low >>> (32 - bits))) ^ half(other + 1)
}

/** rotl by 32. */
function swapHalves(word: number): void {
  const low = half(word)
  state[word] = half(word + 1)
  state[word + 1] = low
}
