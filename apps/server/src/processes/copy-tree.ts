import { chown, copyFile, lstat, mkdir, open, readdir, readlink, symlink } from 'node:fs/promises'
import { join } from 'node:path'

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
 * is done the copy is on the disk. Sockets and pipes are no content.
 * @returns how many bytes the files have
 */
export async function copyTree(copy: TreeCopy): Promise<number> {
  const files: string[] = []
  await copyFolder(copy, '', files)
  let bytes = 0
  for (let first = 0; first < files.length; first += FILES_AT_ONCE) {
    const sizes = await Promise.all(files.slice(first, first + FILES_AT_ONCE).map((path) => copyWhole(join(copy.from, path), join(copy.to, path))))
    bytes += sizes.reduce((sum, size) => sum + size, 0)
  }
  return bytes
}

/** The folders, and the list of files in them: a file that is seen is one that is due. */
async function copyFolder({ from, to, leavesOut }: TreeCopy, folder: string, files: string[]): Promise<void> {
  const { mode, uid, gid } = await lstat(join(from, folder))
  await mkdir(join(to, folder), { recursive: true, mode })
  await keepOwner(join(to, folder), uid, gid)
  for (const entry of await unlessGone(readdir(join(from, folder), { withFileTypes: true }), [])) {
    const path = join(folder, entry.name)
    if (leavesOut?.(path) === true) continue
    if (entry.isDirectory()) await unlessGone(copyFolder({ from, to, ...(leavesOut === undefined ? {} : { leavesOut }) }, path, files), undefined)
    else if (entry.isSymbolicLink()) await symlink(await readlink(join(from, path)), join(to, path))
    else if (entry.isFile()) files.push(path)
  }
}

/** One file, synced. @returns its size; 0 when it is gone */
export async function copyWhole(from: string, to: string): Promise<number> {
  const facts = await unlessGone(lstat(from), undefined)
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
