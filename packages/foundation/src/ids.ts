import { randomBytes, randomUUIDv7 } from 'node:crypto'

/**
 * A new opaque id: 128 bits as 22 characters of base64url (C-44). The first bits are the time (UUIDv7),
 * so that rows created together lie together in an index.
 */
export function newId(): string {
  return Buffer.from(randomUUIDv7().replaceAll('-', ''), 'hex').toString('base64url')
}

/** A new id in UUID form, for the resources whose ids are UUIDs on the wire (C-44). */
export function newUuid(): string {
  return randomUUIDv7()
}

/** Unguessable characters of base64url. @param byteCount how many random bytes they carry. */
export function randomToken(byteCount: number): string {
  return randomBytes(byteCount).toString('base64url')
}
