import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { err, newId, ok, type Result } from '@dialtone/foundation'
import { type FileStore, proveFileName } from './file-store.ts'
import { copyInto, spoolInto } from './spooled-file.ts'

/** Files below a directory. @param directory made when the first file comes. */
export function directoryFileStore(directory: string): FileStore {
  const pathOf = (name: string): string => {
    proveFileName(name)
    return join(directory, name)
  }
  return {
    store: (name, content, maxBytes) => storeFile(pathOf(name), content, maxBytes),
    open: async (name) => {
      const path = pathOf(name)
      const found = await stat(path).catch(() => undefined)
      return found?.isFile() === true ? createReadStream(path) : undefined
    },
    remove: (name) => rm(pathOf(name), { force: true }),
    spool: spoolInto(directory),
  }
}

/** Written beside, synced, then named: half a file never has its name. */
async function storeFile(path: string, content: AsyncIterable<Uint8Array | string>, maxBytes: number): Promise<Result<{ readonly bytes: number }, 'TooLarge'>> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.${newId()}`
  const file = await open(draft, 'wx', 0o600)
  try {
    const bytes = await copyInto(file, content, maxBytes)
    if (bytes === undefined) return err('TooLarge')
    await file.sync()
    await rename(draft, path)
    await syncDirectory(dirname(path))
    return ok({ bytes })
  } finally {
    await file.close()
    await rm(draft, { force: true })
  }
}

/** The name itself is on the disk only after this. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
