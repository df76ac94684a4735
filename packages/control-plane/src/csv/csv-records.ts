import { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { CsvError, parse } from 'csv-parse'

export interface CsvRecord {
  /** Of the line the record begins on. */
  readonly lineNumber: number
  readonly cells: readonly string[]
}

/** So much is read before others have their turn: a file of 64 MB takes seconds, and calls and requests do not wait so long. */
const BYTES_A_TURN = 8 * 1024
/** Each line may end as it likes: a file is often put together from several. */
const LINE_ENDS = ['\r\n', '\n', '\r']
const ANY_LINE_END = /\r\n|\n|\r/
const MAX_RECORD_CHARACTERS = 1_000_000
const MAX_CELLS = 10_000

/** What makes a file unreadable from there on. */
export class CsvUnreadable extends Error {}

/** The records of RFC 4180 text one after the other, without empty ones. @throws CsvUnreadable when the quotes do not close, or a record is endless. */
export async function* csvRecords(text: string): AsyncGenerator<CsvRecord> {
  const parser = parse({
    bom: true,
    info: true,
    maxRecordSize: MAX_RECORD_CHARACTERS,
    recordDelimiter: LINE_ENDS,
    relaxColumnCount: true,
    relaxQuotes: true,
    skipEmptyLines: true,
  })
  const source = Readable.from(piecesOf(text))
  source.once('error', (error) => parser.destroy(error))
  source.pipe(parser)
  let countedTwice = 0
  try {
    for await (const { info, record } of parser as AsyncIterable<{ readonly info: { readonly lines: number }; readonly record: readonly string[] }>) {
      if (record.length > MAX_CELLS) throw new CsvUnreadable('RowTooLong')
      // The library counts to the end of a record, and both characters of a line end inside quotes.
      const inside = record.join('')
      countedTwice += inside.split('\r\n').length - 1
      if (record.every((cell) => cell.trim() === '')) continue
      yield { lineNumber: info.lines - countedTwice - (inside.split(ANY_LINE_END).length - 1), cells: record }
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new CsvUnreadable(error.code === 'CSV_MAX_RECORD_SIZE' ? 'RowTooLong' : 'UnclosedQuote')
  } finally {
    source.destroy()
  }
}

async function* piecesOf(text: string): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text)
  for (let from = 0; from < bytes.length; from += BYTES_A_TURN) {
    yield bytes.subarray(from, from + BYTES_A_TURN)
    await nextTurn()
  }
}
