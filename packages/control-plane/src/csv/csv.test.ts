import { describe, expect, it } from 'vitest'
import { readCsv, streamCsv, writeCsv } from './index.ts'

describe('CSV files', () => {
  it('come back as they were written, with commas, quotes, line ends and other alphabets', async () => {
    const rows = [['a,b', 'say "hi"', 'two\r\nlines', 'Zoë 電話']]
    const read = await readCsv(writeCsv(['one', 'two', 'three', 'four'], rows), ['one'], 10)
    expect(read).toMatchObject({ ok: true, value: [{ lineNumber: 2, cells: { one: 'a,b', two: 'say "hi"', three: 'two\r\nlines', four: 'Zoë 電話' } }] })
  })

  it.each(['=1+1', '+cmd|calc', '-2+3', '@SUM(A1)', '\t=1', '＝1+1'])('never hand a spreadsheet the formula %j', (formula) => {
    const cell = writeCsv(['a'], [[formula]]).split('\r\n')[1]
    expect(cell?.replaceAll('"', '').startsWith("'")).toBe(true)
  })

  it.each(['=1+1', '＠SUM(A1)', "O'Neil", "'t Hart"])('give back %j from an export', async (text) => {
    expect(await readCsv(writeCsv(['a'], [[text]]), ['a'], 1)).toMatchObject({ ok: true, value: [{ cells: { a: text } }] })
  })

  it('go out in pieces when they are long, with their header even when they are empty', async () => {
    const pieces = async (rows: readonly (readonly number[])[]): Promise<string[]> => Array.fromAsync(streamCsv(['n'], rows))
    const long = await pieces(Array.from({ length: 1200 }, (_, index) => [index]))
    expect(long.length).toBe(3)
    expect(long.join('')).toBe(`n\r\n${Array.from({ length: 1200 }, (_, index) => `${index}\r\n`).join('')}`)
    expect(await pieces([])).toEqual(['n\r\n'])
  })

  it('leave signed numbers numbers', () => {
    expect(writeCsv(['a', 'b'], [[-1.5, '+18015551212']])).toBe('a,b\r\n-1.5,+18015551212\r\n')
  })

  it('of which one header stands twice say so: which of the two columns is meant, nobody knows', async () => {
    expect(await readCsv('a,b,A\n1,2,3', ['a'], 10)).toMatchObject({ ok: false, error: { lineNumber: 1, column: 'a', error: 'ColumnTwice' } })
    expect(await readCsv('x,y,x\n1,2,3', [], 10)).toMatchObject({ ok: false, error: { column: 'x', error: 'ColumnTwice' } })
    // Spreadsheets leave empty ones behind.
    expect(await readCsv('a,,\n1,,', ['a'], 10)).toMatchObject({ ok: true, value: [{ cells: { a: '1' } }] })
  })

  it('are put together from several, each with its own line ends: every line is a row, under its number', async () => {
    const read = await readCsv('a,b\r\n"1\r2",2\n3,4\r\n\r\n5,6\r7,8', ['a'], 10)
    expect(read.ok && read.value.map(({ lineNumber, cells }) => [lineNumber, cells['a'], cells['b']])).toEqual([
      [2, '1\r2', '2'],
      [4, '3', '4'],
      [6, '5', '6'],
      [7, '7', '8'],
    ])
  })

  it('whose bytes were no UTF-8 are refused: a name is not stored with holes in it', async () => {
    const latin1 = new TextDecoder().decode(Buffer.from('a,b\r\nJane,Roe\r\nZo\u00eb,Roe\r\n', 'latin1'))
    expect(await readCsv(latin1, ['a'], 10)).toMatchObject({ ok: false, error: { lineNumber: 3, error: 'Utf8Required', input: 'Zo' } })
    const utf16 = new TextDecoder().decode(Buffer.from('a,b\r\n1,2\r\n', 'utf16le'))
    expect(await readCsv(utf16, [], 10)).toMatchObject({ ok: false, error: { lineNumber: 1, error: 'Utf8Required' } })
  })

  it('with a comma in a cell that has no quotes name the line, and take nothing of it', async () => {
    const text = 'a,b\n1,2\n3,4,,\n5,Bonn, Rhein,6\n'
    expect(await readCsv(text, ['a'], 10)).toMatchObject({ ok: false, error: { lineNumber: 4, error: 'TooManyCells', input: '5,Bonn, Rhein,6' } })
    const kept = await readCsv(text, ['a'], 10, 'kept')
    expect(kept.ok && kept.value.map((row) => row.hasTooManyCells)).toEqual([false, false, true])
  })

  it('with other signs between their cells say so', async () => {
    expect(await readCsv('a;b\r\n1;2', ['a'], 10)).toMatchObject({ ok: false, error: { lineNumber: 1, error: 'CommasRequired', input: 'a;b' } })
    expect(await readCsv('a\tb\n1\t2', [], 10)).toMatchObject({ ok: false, error: { error: 'CommasRequired' } })
  })

  it('keep nobody waiting, however long they are; an endless line is refused', async () => {
    const others = setImmediateCount()
    expect(await readCsv(`a\n${'1\n'.repeat(50_000)}`, ['a'], 50_000)).toMatchObject({ ok: true })
    expect(others.stop()).toBeGreaterThan(10)
    expect(await readCsv(`a\n${','.repeat(20_000)}`, ['a'], 10)).toMatchObject({ ok: false, error: { error: 'RowTooLong' } })
    expect(await readCsv(`a\n"${'x'.repeat(1_100_000)}"`, ['a'], 10)).toMatchObject({ ok: false, error: { error: 'RowTooLong' } })
  })

  it('say which header is missing, which line is meant, and where they end', async () => {
    expect(await readCsv('a,b\n1,2', ['a', 'c'], 10)).toMatchObject({ ok: false, error: { column: 'c', error: 'ColumnRequired' } })
    expect(await readCsv('A , b\n\n1,2\n', ['a'], 10)).toMatchObject({ ok: true, value: [{ lineNumber: 3, cells: { a: '1', b: '2' } }] })
    expect(await readCsv('a\n1\n2\n3\n', ['a'], 2)).toMatchObject({ ok: false, error: { error: 'TooManyRows' } })
    expect(await readCsv('a\n"1', ['a'], 2)).toMatchObject({ ok: false, error: { error: 'UnclosedQuote' } })
  })
})

/** How often others had their turn. */
function setImmediateCount() {
  let turns = 0
  let waiting = setImmediate(function count() {
    turns++
    waiting = setImmediate(count)
  })
  return {
    stop: () => {
      clearImmediate(waiting)
      return turns
    },
  }
}
