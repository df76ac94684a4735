import { describe, expect, it } from 'vitest'
import { readCsv, streamCsv, writeCsv } from './index.ts'

describe('CSV files', () => {
  it('come back as they were written, with commas, quotes, line ends and other alphabets', () => {
    const rows = [['a,b', 'say "hi"', 'two\r\nlines', 'Zoë 電話']]
    const read = readCsv(writeCsv(['one', 'two', 'three', 'four'], rows), ['one'], 10)
    expect(read).toMatchObject({ ok: true, value: [{ lineNumber: 2, cells: { one: 'a,b', two: 'say "hi"', three: 'two\r\nlines', four: 'Zoë 電話' } }] })
  })

  it.each(['=1+1', '+cmd|calc', '-2+3', '@SUM(A1)', '\t=1', '＝1+1'])('never hand a spreadsheet the formula %j', (formula) => {
    const cell = writeCsv(['a'], [[formula]]).split('\r\n')[1]
    expect(cell?.replaceAll('"', '').startsWith("'")).toBe(true)
  })

  it.each(['=1+1', '＠SUM(A1)', "O'Neil", "'t Hart"])('give back %j from an export', (text) => {
    expect(readCsv(writeCsv(['a'], [[text]]), ['a'], 1)).toMatchObject({ ok: true, value: [{ cells: { a: text } }] })
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

  it('of which one header stands twice say so: which of the two columns is meant, nobody knows', () => {
    expect(readCsv('a,b,A\n1,2,3', ['a'], 10)).toMatchObject({ ok: false, error: { lineNumber: 1, column: 'a', error: 'ColumnTwice' } })
    expect(readCsv('x,y,x\n1,2,3', [], 10)).toMatchObject({ ok: false, error: { column: 'x', error: 'ColumnTwice' } })
    // Spreadsheets leave empty ones behind.
    expect(readCsv('a,,\n1,,', ['a'], 10)).toMatchObject({ ok: true, value: [{ cells: { a: '1' } }] })
  })

  it('say which header is missing, which line is meant, and where they end', () => {
    expect(readCsv('a,b\n1,2', ['a', 'c'], 10)).toMatchObject({ ok: false, error: { column: 'c', error: 'ColumnRequired' } })
    expect(readCsv('A , b\n\n1,2\n', ['a'], 10)).toMatchObject({ ok: true, value: [{ lineNumber: 3, cells: { a: '1', b: '2' } }] })
    expect(readCsv('a\n1\n2\n3\n', ['a'], 2)).toMatchObject({ ok: false, error: { error: 'TooManyRows' } })
    expect(readCsv('a\n"1', ['a'], 2)).toMatchObject({ ok: false, error: { error: 'UnclosedQuote' } })
  })
})
