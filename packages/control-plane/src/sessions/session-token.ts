import { createHash, randomBytes } from 'node:crypto'

const TOKEN_BYTES = 24

/** A new token: 32 characters of base64url. Only its hash is stored. */
export function newSessionToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url')
}

export function hashOfToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}
