import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

const TIME_BYTES = 6
const MINT_BYTES = 4
const COUNTER_BYTES = 4
const SEALED_BYTES = TIME_BYTES + MINT_BYTES + COUNTER_BYTES
const SEAL_BYTES = 16
const NONCE_CHARACTERS = Math.ceil(((SEALED_BYTES + SEAL_BYTES) * 4) / 3)

/**
 * Makes nonces that need not be remembered until they are used (RFC 7616 3.3): the time, what makes each nonce the only one
 * (the mint, a counter), and a seal only the holder of the secret can make. Every node with the same secret knows the others' nonces.
 */
export class NonceMint {
  readonly #secret: Buffer
  readonly #mint = randomBytes(MINT_BYTES)
  #counter = 0

  constructor(secret: Buffer) {
    this.#secret = secret
  }

  /** @param nowMs milliseconds since 1970 */
  make(nowMs: number): string {
    const sealed = Buffer.alloc(SEALED_BYTES)
    sealed.writeUIntBE(Math.max(0, Math.floor(nowMs)), 0, TIME_BYTES)
    this.#mint.copy(sealed, TIME_BYTES)
    this.#counter = (this.#counter + 1) % 2 ** 32
    sealed.writeUInt32BE(this.#counter, TIME_BYTES + MINT_BYTES)
    return Buffer.concat([sealed, this.#seal(sealed)]).toString('base64url')
  }

  /** When a nonce was made, in milliseconds since 1970; undefined when it was not made with this secret. */
  madeAtMs(nonce: string): number | undefined {
    if (nonce.length !== NONCE_CHARACTERS) return undefined
    const bytes = Buffer.from(nonce, 'base64url')
    if (bytes.length !== SEALED_BYTES + SEAL_BYTES || bytes.toString('base64url') !== nonce) return undefined
    const sealed = bytes.subarray(0, SEALED_BYTES)
    return timingSafeEqual(this.#seal(sealed), bytes.subarray(SEALED_BYTES)) ? sealed.readUIntBE(0, TIME_BYTES) : undefined
  }

  #seal(sealed: Buffer): Buffer {
    return createHmac('sha256', this.#secret).update(sealed).digest().subarray(0, SEAL_BYTES)
  }
}
