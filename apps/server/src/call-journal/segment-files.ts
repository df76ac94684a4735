import { constants } from 'node:fs'
import { copyFile, open, readdir, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolder } from '../processes/sync-folder.ts'

const NAME = /^calls-(\d{8})\.jsonl$/

export function segmentPath(directory: string, segment: number): string {
  return join(directory, `calls-${String(segment).padStart(8, '0')}.jsonl`)
}

/** The numbers of the segments there are, in the order they were written. */
export async function listSegments(directory: string): Promise<readonly number[]> {
  const names = await readdir(directory)
  const numbers = names.flatMap((name) => NAME.exec(name)?.[1] ?? []).map(Number)
  return numbers.toSorted((a, b) => a - b)
}

/** A new segment, whose name survives a power cut. */
export async function createSegment(directory: string, segment: number): Promise<FileHandle> {
  const path = segmentPath(directory, segment)
  // A try that failed half way, on a full disk, leaves a file nothing refers to.
  await rm(path, { force: true })
  const file = await open(path, 'wx', 0o600)
  await syncFolder(directory)
  return file
}

export async function deleteSegment(directory: string, segment: number): Promise<void> {
  await rm(segmentPath(directory, segment), { force: true })
}

/** A copy under another name, which nothing deletes. @returns the name */
export async function keepDamagedSegment(directory: string, segment: number): Promise<string> {
  const name = `damaged-${String(segment).padStart(8, '0')}.jsonl`
  // An earlier start may have kept it.
  await copyFile(segmentPath(directory, segment), join(directory, name), constants.COPYFILE_EXCL).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  return name
}
