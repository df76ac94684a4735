import { createCipheriv, createHash, createHmac } from 'node:crypto'
import type { FileEncryption } from '../phone-files/index.ts'

const MAGIC = Buffer.from('Salted__', 'latin1')
const SALT_BYTES = 8
const AES_256 = { key: 32, iv: 16 } as const
const AES_128_HEX = 32

/**
 * A file as the phones of a vendor open it. The same file gives the same bytes, so that a phone is told when nothing has changed.
 * @param key 64 hexadecimal digits: the passphrase of OpenSSL's `enc -k`; of AES-128-CBC the key and the initialization vector.
 */
export function encryptFile(content: string, key: string, encryption: FileEncryption): Buffer {
  if (encryption === 'aes-128-cbc') return aes128(content, key)
  // A salt of its own for every content of every device; which one is no secret.
  const salt = createHmac('sha256', key).update(content, 'utf8').digest().subarray(0, SALT_BYTES)
  const derived = bytesToKey(Buffer.from(key, 'utf8'), salt)
  const cipher = createCipheriv('aes-256-cbc', derived.subarray(0, AES_256.key), derived.subarray(AES_256.key))
  return Buffer.concat([MAGIC, salt, cipher.update(content, 'utf8'), cipher.final()])
}

function aes128(content: string, key: string): Buffer {
  const cipher = createCipheriv('aes-128-cbc', Buffer.from(key.slice(0, AES_128_HEX), 'hex'), Buffer.from(key.slice(AES_128_HEX, 2 * AES_128_HEX), 'hex'))
  return Buffer.concat([cipher.update(content, 'utf8'), cipher.final()])
}

/** EVP_BytesToKey with MD5 and one round: what phones of that age know. The key is random, so that the weakness of MD5 does not matter. */
function bytesToKey(password: Buffer, salt: Buffer): Buffer {
  let derived = Buffer.alloc(0)
  let last = Buffer.alloc(0)
  while (derived.length < AES_256.key + AES_256.iv) {
    last = createHash('md5')
      .update(Buffer.concat([last, password, salt]))
      .digest()
    derived = Buffer.concat([derived, last])
  }
  return derived.subarray(0, AES_256.key + AES_256.iv)
}

/** Whether phones that ask for such a file take it encrypted only. */
export function isSealedName(name: string): boolean {
  return name.endsWith('.aes')
}
