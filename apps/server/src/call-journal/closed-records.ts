import { open } from 'node:fs/promises'
import type { CallRecord } from '@dialtone/softswitch'
import { LONGEST_LINE_BYTES, parseLine, type JournalPosition } from './journal-line.ts'
import { segmentPath } from './segment-files.ts'

export interface ClosedRecords {
  readonly records: readonly CallRecord[]
  /** Where to read on; equal to `end` when all was read. */
  readonly next: JournalPosition
}

const CHUNK_BYTES = 2 * LONGEST_LINE_BYTES

/** The next closed records from `from` on, at most `limit`, of what is durable: everything before `end`. */
export async function readClosedRecords(directory: string, from: JournalPosition, end: JournalPosition, limit: number): Promise<ClosedRecords> {
  const isLast = from.segment >= end.segment
  const bytes = await readChunk(directory, from, isLast ? end.offset - from.offset : CHUNK_BYTES)
  const records: CallRecord[] = []
  let start = 0
  while (records.length < limit) {
    const lineEnd = bytes.indexOf(0x0a, start)
    if (lineEnd < 0) break
    const line = parseLine(bytes.toString('utf8', start, lineEnd))
    if (line?.kind === 'close') records.push(line.record)
    start = lineEnd + 1
  }
  // Nothing but a torn line, or nothing at all, is left of this segment.
  const following = isLast ? end : { segment: from.segment + 1, offset: 0 }
  const next = start === 0 ? following : { segment: from.segment, offset: from.offset + start }
  return { records, next }
}

async function readChunk(directory: string, { segment, offset }: JournalPosition, available: number): Promise<Buffer> {
  const buffer = Buffer.alloc(Math.max(0, Math.min(CHUNK_BYTES, available)))
  try {
    const file = await open(segmentPath(directory, segment), 'r')
    try {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, offset)
      return buffer.subarray(0, bytesRead)
    } finally {
      await file.close()
    }
  } catch (error) {
    // A number that was left out, or a segment that was not begun yet.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return buffer.subarray(0, 0)
    throw error
  }
}
