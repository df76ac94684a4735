import { createDecipheriv, createHash } from 'node:crypto'
import { expect } from 'vitest'

/** As `openssl enc -d -aes-256-cbc -md md5 -k key` opens it. */
export function openSsl(bytes: Buffer, key: string): string {
  expect(bytes.subarray(0, 8).toString('latin1')).toBe('Salted__')
  const salt = bytes.subarray(8, 16)
  const rounds: Buffer[] = []
  for (let last = Buffer.alloc(0); Buffer.concat(rounds).length < 48; rounds.push(last))
    last = createHash('md5')
      .update(Buffer.concat([last, Buffer.from(key), salt]))
      .digest()
  const derived = Buffer.concat(rounds)
  const decipher = createDecipheriv('aes-256-cbc', derived.subarray(0, 32), derived.subarray(32, 48))
  return Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]).toString('utf8')
}

/** With the first half of the key as key, the second as initialization vector. */
export function aes128(bytes: Buffer, key: string): string {
  const decipher = createDecipheriv('aes-128-cbc', Buffer.from(key.slice(0, 32), 'hex'), Buffer.from(key.slice(32, 64), 'hex'))
  return Buffer.concat([decipher.update(bytes), decipher.final()]).toString('utf8')
}
