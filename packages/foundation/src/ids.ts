import { randomBytes, randomUUIDv7 } from 'node:crypto'
import { orderedUuid } from './ordered-uuid.ts'

const nextUuid = orderedUuid(randomUUIDv7)

/** The characters of base64url in the order of their bytes, so that ids sort by the time they were made. */
const ORDERED_ALPHABET = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'

/**
 * A new opaque id: 128 bits as 22 characters of base64url (C-44). The first bits are the time (UUIDv7): rows created
 * together lie together in an index, and of two created in one tick of a clock the older one comes first.
 */
export function newId(): string {
  // 22 characters have four bits to spare: they keep a sign from the front, where a command line would take it for an option.
  const digits = `4${nextUuid().replaceAll('-', '')}`
  let id = ''
  for (let at = 0; at < digits.length; at += 3) {
    const bits = Number.parseInt(digits.slice(at, at + 3), 16)
    id += ORDERED_ALPHABET.charAt(bits >> 6) + ORDERED_ALPHABET.charAt(bits & 63)
  }
  return id
}

/** A new id in UUID form, for the resources whose ids are UUIDs on the wire (C-44). */
export function newUuid(): string {
  return nextUuid()
}

/** Unguessable characters of base64url. @param byteCount how many random bytes they carry. */
export function randomToken(byteCount: number): string {
  return randomBytes(byteCount).toString('base64url')
}
