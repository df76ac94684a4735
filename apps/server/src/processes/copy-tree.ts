import { chown, copyFile, mkdir, open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolder } from './sync-folder.ts'

const FILES_AT_ONCE = 16

export interface TreeCopy {
  readonly from: string
  /** Is made. */
  readonly to: string
  /** By the path below `from`: what is left out, and of a folder everything in it. */
  readonly leavesOut?: (path: string) => boolean
}

/**
 * Copies a folder with the modes and owners of what is in it, while others write there: what goes meanwhile is left out. When it
 * is done the copy is on the disk. Where a link leads is copied in its place: a copy with the links of the original would write into it.
 * Sockets and pipes are no content.
 * @returns how many bytes the files have
 */
export async function copyTree(copy: TreeCopy): Promise<number> {
  const [folders, files]: [string[], string[]] = [[], []]
  await copyFolder(copy, '', { folders, files })
  let bytes = 0
  for (let first = 0; first < files.length; first += FILES_AT_ONCE) {
    const sizes = await Promise.all(files.slice(first, first + FILES_AT_ONCE).map((path) => copyWhole(join(copy.from, path), join(copy.to, path))))
    bytes += sizes.reduce((sum, size) => sum + size, 0)
  }
  for (const folder of folders) await syncFolder(join(copy.to, folder))
  return bytes
}

/** Makes the folders, and lists them and the files in them: a file that is seen is one that is due. */
async function copyFolder(copy: TreeCopy, folder: string, found: { readonly folders: string[]; readonly files: string[] }): Promise<void> {
  const { from, to, leavesOut } = copy
  const { mode, uid, gid } = await stat(join(from, folder))
  await mkdir(join(to, folder), { recursive: true, mode })
  await keepOwner(join(to, folder), uid, gid)
  found.folders.push(folder)
  for (const name of await unlessGone(readdir(join(from, folder)), [])) {
    const path = join(folder, name)
    if (leavesOut?.(path) === true) continue
    const facts = await unlessGone(stat(join(from, path)), undefined)
    if (facts?.isDirectory() === true) await unlessGone(copyFolder(copy, path, found), undefined)
    else if (facts?.isFile() === true) found.files.push(path)
  }
}

/** One file, synced. @returns its size; 0 when it is gone */
export async function copyWhole(from: string, to: string): Promise<number> {
  const facts = await unlessGone(stat(from), undefined)
  if (facts === undefined || !(await unlessGone(copied(from, to), false))) return 0
  await keepOwner(to, facts.uid, facts.gid)
  const file = await open(to, 'r')
  try {
    await file.sync()
    return (await file.stat()).size
  } finally {
    await file.close()
  }
}

async function copied(from: string, to: string): Promise<boolean> {
  await copyFile(from, to)
  return true
}

/** Only root gives files away; anybody else copies his own. */
async function keepOwner(path: string, uid: number, gid: number): Promise<void> {
  if (process.getuid?.() === 0) await chown(path, uid, gid)
}

async function unlessGone<Value>(work: Promise<Value>, otherwise: Value): Promise<Value> {
  try {
    return await work
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return otherwise
    throw error
  }
}
