import { randomBytes } from 'node:crypto'

const POOL_BYTES = 4096

/** Unguessable characters from a pool: asking the system for each tag and branch would cost more than the rest of the message. */
export function createTokenSource(): (byteCount: number) => string {
  let pool = randomBytes(POOL_BYTES)
  let used = 0
  return (byteCount) => {
    if (byteCount > POOL_BYTES) return randomBytes(byteCount).toString('base64url')
    if (used + byteCount > POOL_BYTES) {
      pool = randomBytes(POOL_BYTES)
      used = 0
    }
    const token = pool.toString('base64url', used, used + byteCount)
    used += byteCount
    return token
  }
}
