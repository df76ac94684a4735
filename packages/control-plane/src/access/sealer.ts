import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'

const IV_BYTES = 12
const TAG_BYTES = 16
const SIGNING_KEY_BYTES = 32

/** Seals secrets that have to be shown or used again (SIP passwords): AES-256-GCM, bound to what they belong to. */
export interface Sealer {
  /** @param owner the id of the object the secret belongs to; a sealed text does not open for another one. */
  seal(secret: string, owner: string): string
  /** @throws when the text was sealed with another key or for another owner. */
  open(sealed: string, owner: string): string
  /** A signature of ours (HMAC-SHA-256) for things that come back to us, such as pre-signed URLs. @param purpose a signature for one is none for another. */
  sign(text: string, purpose: string): string
  /** Whether {@link Sealer.sign} made it; takes the same time either way. */
  isSigned(text: string, purpose: string, signature: string): boolean
}

/** @param key 32 bytes, kept in the data folder, never in the database. */
export function createSealer(key: Buffer): Sealer {
  const hmacOf = (text: string, purpose: string): Buffer =>
    createHmac('sha256', Buffer.from(hkdfSync('sha256', key, '', `dialtone/${purpose}`, SIGNING_KEY_BYTES)))
      .update(text, 'utf8')
      .digest()
  return {
    sign: (text, purpose) => hmacOf(text, purpose).toString('base64url'),
    isSigned(text, purpose, signature) {
      const [expected, given] = [hmacOf(text, purpose), Buffer.from(signature, 'base64url')]
      return expected.length === given.length && timingSafeEqual(expected, given)
    },
    seal(secret, owner) {
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(owner))
      const body = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
      return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')
    },
    open(sealed, owner) {
      const bytes = Buffer.from(sealed, 'base64url')
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES)).setAAD(Buffer.from(owner))
      decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
      return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8')
    },
  }
}
