import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const IV_BYTES = 12
const TAG_BYTES = 16

/** Seals secrets that have to be shown or used again (SIP passwords): AES-256-GCM, bound to what they belong to. */
export interface Sealer {
  /** @param owner the id of the object the secret belongs to; a sealed text does not open for another one. */
  seal(secret: string, owner: string): string
  /** @throws when the text was sealed with another key or for another owner. */
  open(sealed: string, owner: string): string
}

/** @param key 32 bytes, kept in the data folder, never in the database. */
export function createSealer(key: Buffer): Sealer {
  return {
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
