import { hash, randomBytes } from 'node:crypto'
import { SipHash } from './sip-hash.ts'

const TIME_BYTES = 6
const MINT_BYTES = 4
const COUNTER_BYTES = 4
const SEALED_BYTES = TIME_BYTES + MINT_BYTES + COUNTER_BYTES
const SEAL_BYTES = 8
const NONCE_BYTES = SEALED_BYTES + SEAL_BYTES
const NONCE_CHARACTERS = Math.ceil((NONCE_BYTES * 4) / 3)

/** By character code: the six bits it stands for in base64url (RFC 4648 5), 64 for all others. */
const SIX_BITS = Uint8Array.from({ length: 128 }, (_, code) => {
  const bits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.indexOf(String.fromCharCode(code))
  return bits < 0 ? 64 : bits
})

/**
 * Decodes base64url in its one proper spelling: another one of the same bytes would be a nonce of its own to the memory of those used.
 * @returns false when it is none: another character, or bits left over that are not 0
 */
function decodeInto(bytes: Buffer, text: string): boolean {
  let pending = 0
  let pendingBits = 0
  let length = 0
  for (let at = 0; at < text.length; at++) {
    const bits = SIX_BITS[text.charCodeAt(at)] ?? 64
    if (bits > 63) return false
    pending = (pending << 6) | bits
    pendingBits += 6
    if (pendingBits < 8) continue
    pendingBits -= 8
    bytes[length++] = pending >>> pendingBits
    pending &= (1 << pendingBits) - 1
  }
  return pending === 0
}

/** A nonce of ours, read. */
export interface ReadNonce {
  /** Milliseconds since 1970. */
  readonly madeAtMs: number
  /** What no other nonce has: small for those of this mint, the nonce itself for those of others. */
  readonly key: string | number
}

/**
 * Makes nonces that need not be remembered until they are used (RFC 7616 3.3): the time, what makes each nonce the only one
 * (the mint, a counter), and a seal only the holder of the secret can make. Every node with the same secret knows the others' nonces.
 */
export class NonceMint {
  readonly #seal: SipHash
  readonly #mint = randomBytes(MINT_BYTES)
  /** Being made, being read: both are done in one go. */
  readonly #made = Buffer.alloc(NONCE_BYTES)
  readonly #read = Buffer.alloc(NONCE_BYTES + 2)
  #counter = 0

  constructor(secret: Buffer) {
    this.#seal = new SipHash(hash('sha256', secret, 'buffer').subarray(0, 16))
    this.#mint.copy(this.#made, TIME_BYTES)
  }

  /** @param nowMs milliseconds since 1970 */
  make(nowMs: number): string {
    const made = this.#made
    const time = Math.max(0, Math.floor(nowMs))
    made.writeUInt16BE(Math.floor(time / 2 ** 32) % 2 ** 16, 0)
    made.writeUInt32BE(time % 2 ** 32, 2)
    this.#counter = (this.#counter + 1) % 2 ** 32
    made.writeUInt32BE(this.#counter, TIME_BYTES + MINT_BYTES)
    this.#seal.append(made, SEALED_BYTES)
    return made.toString('base64url')
  }

  /** @returns undefined for a nonce that was not made with this secret */
  read(nonce: string): ReadNonce | undefined {
    const read = this.#read
    if (nonce.length !== NONCE_CHARACTERS || !decodeInto(read, nonce) || !this.#isSealed(read)) return undefined
    const isOwn = read.compare(this.#mint, 0, MINT_BYTES, TIME_BYTES, TIME_BYTES + MINT_BYTES) === 0
    return { madeAtMs: read.readUIntBE(0, TIME_BYTES), key: isOwn ? read.readUInt32BE(TIME_BYTES + MINT_BYTES) : nonce }
  }

  #isSealed(read: Buffer): boolean {
    const low = read.readInt32LE(SEALED_BYTES)
    const high = read.readInt32LE(SEALED_BYTES + 4)
    this.#seal.append(read, SEALED_BYTES)
    // Both halves are always compared: the time tells nothing of the right seal.
    return ((low ^ read.readInt32LE(SEALED_BYTES)) | (high ^ read.readInt32LE(SEALED_BYTES + 4))) === 0
  }
}
