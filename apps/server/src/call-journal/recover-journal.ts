import { readFile } from 'node:fs/promises'
import type { CheckpointedRecord } from '@dialtone/softswitch'
import { isBefore, parseLine, type JournalLine, type JournalPosition } from './journal-line.ts'
import { listSegments, segmentPath } from './segment-files.ts'

/** What an earlier run left in the journal. */
export interface RecoveredJournal {
  /** 0 when there is none. */
  readonly lastSegment: number
  /** Where delivery goes on. */
  readonly deliverFrom: JournalPosition
  readonly undelivered: number
  /** Calls that were going on. */
  readonly open: readonly CheckpointedRecord[]
  readonly lastSignOfLifeMs: number
  readonly tornLines: number
  /** Segments with lines that were written whole and cannot be read: no crash of ours leaves such. */
  readonly damagedSegments: readonly number[]
}

/** Reads every segment once, one at a time. A line torn by the crash is skipped: it was never acknowledged. */
export async function recoverJournal(directory: string): Promise<RecoveredJournal> {
  const segments = await listSegments(directory)
  const open = new Map<string, CheckpointedRecord>()
  const closedAt: JournalPosition[] = []
  let deliverFrom: JournalPosition = { segment: segments[0] ?? 1, offset: 0 }
  let lastSignOfLifeMs = 0
  let tornLines = 0
  const damaged = new Set<number>()
  for (const segment of segments) {
    for (const { text, offset, isEnded } of linesOf(await readFile(segmentPath(directory, segment)))) {
      const line = parseLine(text)
      if (line === undefined) {
        tornLines++
        if (isEnded) damaged.add(segment)
        continue
      }
      lastSignOfLifeMs = Math.max(lastSignOfLifeMs, line.atMs)
      note(open, line)
      if (line.kind === 'close') closedAt.push({ segment, offset })
      if (line.kind === 'delivered' && isBefore(deliverFrom, line.before)) deliverFrom = line.before
    }
  }
  const undelivered = closedAt.filter((position) => !isBefore(position, deliverFrom)).length
  return { lastSegment: segments.at(-1) ?? 0, deliverFrom, undelivered, open: [...open.values()], lastSignOfLifeMs, tornLines, damagedSegments: [...damaged] }
}

function note(open: Map<string, CheckpointedRecord>, line: JournalLine): void {
  if (line.kind === 'checkpoint') open.set(line.record.id, line.record)
  else if (line.kind === 'close') open.delete(line.record.id)
}

function* linesOf(bytes: Buffer): Generator<{ readonly text: string; readonly offset: number; readonly isEnded: boolean }> {
  for (let start = 0; start < bytes.length;) {
    const found = bytes.indexOf(0x0a, start)
    const end = found < 0 ? bytes.length : found
    yield { text: bytes.toString('utf8', start, end), offset: start, isEnded: found >= 0 }
    start = end + 1
  }
}
