import { randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'

const KEY_BYTES = 32

export function secretKeyFile(dataDirectory: string): string {
  return join(dataDirectory, 'secret.key')
}

export async function hasSecretKey(dataDirectory: string): Promise<boolean> {
  return (await readKey(secretKeyFile(dataDirectory))) !== undefined
}

/**
 * The key that seals secrets in the database: 32 random bytes in the data folder, readable by its owner only.
 * It is made once; whoever has the database without this file has no SIP passwords.
 */
export async function openSecretKey(dataDirectory: string): Promise<Buffer> {
  const path = secretKeyFile(dataDirectory)
  const known = await readKey(path)
  if (known !== undefined) return known
  await mkdir(dataDirectory, { recursive: true })
  const draft = `${path}.${process.pid}`
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(randomBytes(KEY_BYTES))
    await file.sync()
  } finally {
    await file.close()
  }
  // A link fails when another process was first; then its key counts.
  await link(draft, path).catch(() => undefined)
  await rm(draft)
  const made = await readKey(path)
  if (made === undefined) throw new Error(`The key file ${path} cannot be read.`)
  return made
}

async function readKey(path: string): Promise<Buffer | undefined> {
  const key = await readFile(path).catch(() => undefined)
  if (key !== undefined && key.length !== KEY_BYTES)
    throw new Error(`${path} is damaged: it has ${key.length} bytes instead of ${KEY_BYTES}. Restore it from a backup.`)
  return key
}
