import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

import { lazyPlaceTables, readTable } from './place-tables.ts'

const FOLDER = new URL('./tables/', import.meta.url)

describe('the packed tables', () => {
  it('are the text that tools/data made', () => {
    const checksums: unknown = JSON.parse(readFileSync(new URL('checksums.json', FOLDER), 'utf8'))
    const actual = Object.fromEntries(
      (['exchanges', 'postal-codes'] as const).map((name) => [name, createHash('sha256').update(readTable(FOLDER, name)).digest('hex')]),
    )
    expect(actual).toEqual(checksums)
  })

  it('come with the notice their licences ask for', () => {
    const notice = readFileSync(new URL('NOTICE.md', FOLDER), 'utf8')
    expect(notice).toContain('Apache License, Version 2.0')
    expect(notice).toContain('Copyright (c) 2007, Dav Glass')
    expect(notice).toContain('Copyright (c) 2020, Nick Viens')
  })

  it('are read when first asked for, once, and not before', () => {
    const absent = lazyPlaceTables(new URL('./no-such-folder/', import.meta.url))
    expect(() => absent.postalCodes()).toThrow(/ENOENT/)
    const tables = lazyPlaceTables()
    expect(tables.postalCodes()).toBe(tables.postalCodes())
    expect(tables.exchanges()).toBe(tables.exchanges())
    expect(lazyPlaceTables().postalCodes()).toBe(tables.postalCodes())
  })

  it('hold the codes in ascending order, which look-up by halving needs', () => {
    const tables = lazyPlaceTables()
    for (const codes of [tables.postalCodes().codes, tables.exchanges().codes]) {
      expect(codes.length).toBeGreaterThan(30_000)
      expect(codes.every((code, row) => row === 0 || code > (codes[row - 1] ?? 0))).toBe(true)
    }
  })
})
