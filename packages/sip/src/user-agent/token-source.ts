import { randomBytes } from 'node:crypto'

/** A token is a piece of the text of its pool and may keep it whole: it is small. */
const POOL_BYTES = 1536
const POOL_CHARACTERS = (POOL_BYTES * 4) / 3

/** Unguessable characters from a pool: asking the system for each tag and branch would cost more than the rest of the message. */
export function createTokenSource(): (byteCount: number) => string {
  let pool = ''
  let used = 0
  return (byteCount) => {
    // base64url: six bits a character.
    const length = Math.ceil((byteCount * 4) / 3)
    if (length > POOL_CHARACTERS) return randomBytes(byteCount).toString('base64url')
    if (used + length > pool.length) {
      pool = randomBytes(POOL_BYTES).toString('base64url')
      used = 0
    }
    used += length
    return pool.slice(used - length, used)
  }
}
