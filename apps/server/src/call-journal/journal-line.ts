import type { CallRecord, CheckpointedRecord } from '@dialtone/softswitch'

/** A place in the journal: everything before it was written. */
export interface JournalPosition {
  readonly segment: number
  /** Bytes from the start of the segment. */
  readonly offset: number
}

/** One line of the journal. Every line carries the time, for each is a sign of life of the server that wrote it. */
export type JournalLine =
  | { readonly kind: 'checkpoint'; readonly atMs: number; readonly record: CheckpointedRecord }
  | { readonly kind: 'close'; readonly atMs: number; readonly record: CallRecord }
  | { readonly kind: 'heartbeat'; readonly atMs: number }
  /** Every record closed before `before` reached the database. */
  | { readonly kind: 'delivered'; readonly atMs: number; readonly before: JournalPosition }

/** A record larger than this is a bug somewhere else; it must not fill the disk. */
export const LONGEST_LINE_BYTES = 256 * 1024

export function formatLine(line: JournalLine): string {
  return `${JSON.stringify(line)}\n`
}

/** @returns `undefined` for a line that was torn by a crash. */
export function parseLine(text: string): JournalLine | undefined {
  try {
    const line = JSON.parse(text) as Partial<JournalLine> | null
    return typeof line?.kind === 'string' && typeof line.atMs === 'number' ? (line as JournalLine) : undefined
  } catch {
    return undefined
  }
}

export function isBefore(a: JournalPosition, b: JournalPosition): boolean {
  return a.segment < b.segment || (a.segment === b.segment && a.offset < b.offset)
}
