import { createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { err, newId, ok, type Result } from '@dialtone/foundation'

/** At one time, of all who ask: each may be as large as its caller allows, and is there until its reader is done. */
const MOST_FILES = 16

export type Spool = (content: AsyncIterable<Uint8Array | string>, maxBytes: number) => Promise<Result<Readable, 'TooLarge' | 'TooMany'>>

/** Files without a name, in a directory of this machine: what was spooled is gone with its reader, and with the process. */
export function spoolInto(directory: string): Spool {
  let files = 0
  return async (content, maxBytes) => {
    if (files >= MOST_FILES) return err('TooMany')
    files++
    const file = await namelessFile(directory).catch((error: unknown) => {
      files--
      throw error
    })
    const done = () => void files--
    const written = await copyInto(file, content, maxBytes).catch((error: unknown) => error as Error)
    if (written !== undefined && !(written instanceof Error)) return ok(createReadStream('', { fd: file, start: 0 }).once('close', done))
    await file.close()
    done()
    if (written instanceof Error) throw written
    return err('TooLarge')
  }
}

async function namelessFile(directory: string): Promise<FileHandle> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const path = join(directory, newId())
  const file = await open(path, 'wx+', 0o600)
  await rm(path)
  return file
}

/** @returns how many bytes there were, undefined when there are more than allowed. */
export async function copyInto(file: FileHandle, content: AsyncIterable<Uint8Array | string>, maxBytes: number): Promise<number | undefined> {
  let bytes = 0
  for await (const piece of content) {
    const chunk = typeof piece === 'string' ? Buffer.from(piece, 'utf8') : piece
    bytes += chunk.length
    if (bytes > maxBytes) return undefined
    await file.writeFile(chunk)
  }
  return bytes
}
