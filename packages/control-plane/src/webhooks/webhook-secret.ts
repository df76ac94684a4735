import { createHmac, randomBytes } from 'node:crypto'

const PREFIX = 'whsec_'
/** Standard Webhooks 1.0.0: 24 to 64 bytes. */
const SECRET_BYTES = 32

export function newSecret(): string {
  return `${PREFIX}${randomBytes(SECRET_BYTES).toString('base64')}`
}

export interface SignedParts {
  readonly id: string
  readonly timestampSeconds: number
  readonly body: string
}

/** `webhook-signature` of Standard Webhooks 1.0.0: one signature a secret, so that a receiver may know the old or the new one. */
export function standardSignatures(secrets: readonly string[], { id, timestampSeconds, body }: SignedParts): string {
  return secrets.map((secret) => `v1,${createHmac('sha256', keyOf(secret)).update(`${id}.${timestampSeconds}.${body}`).digest('base64')}`).join(' ')
}

/** The signature of the public guides (C-62): HMAC of the raw body with the secret as it is written. */
export function bodySignature(secret: string, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
}

function keyOf(secret: string): Buffer {
  return secret.startsWith(PREFIX) ? Buffer.from(secret.slice(PREFIX.length), 'base64') : Buffer.from(secret, 'utf8')
}
