import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { byNumber, itemsNamedBy, summarize, type TestOutcome } from '../acceptance/test-report.ts'

const test = (name: string, state: TestOutcome['state'] = 'passed'): TestOutcome => ({ file: 'a.test.ts', name, state })

describe('counting seed items', () => {
  it('knows 440 different items', () => {
    const items = Object.values(
      JSON.parse(readFileSync(join(import.meta.dirname, '..', 'acceptance', 'seed-items.json'), 'utf8')) as Record<string, readonly string[]>,
    ).flat()
    expect([items.length, new Set(items).size]).toEqual([440, 440])
    expect(items.every((item) => /^S[0-4]-\d{2,3}$/.test(item))).toBe(true)
  })

  it('reads every item a test names, once', () => {
    expect(itemsNamedBy(test('group > S1-04 S1-100, S0-11: does something of S1-04 (C-40, RFC 3261)'))).toEqual(['S1-04', 'S1-100', 'S0-11'])
  })

  it('counts an item only when every test naming it passed and at least one did', () => {
    const { proven } = summarize([
      test('S1-04 one'),
      test('S1-04 two'),
      test('S1-05 one'),
      test('S1-05 two', 'failed'),
      test('S1-06 one', 'skipped'),
      test('S1-07 x'),
      test('S1-07 y', 'skipped'),
    ])
    expect(Object.keys(proven)).toEqual(['S1-04'])
    expect(proven['S1-04']).toEqual(['a.test.ts: S1-04 one', 'a.test.ts: S1-04 two'])
  })

  it('sorts by seed and number', () => {
    expect(['S1-100', 'S0-11', 'S1-99', 'S0-02'].toSorted(byNumber)).toEqual(['S0-02', 'S0-11', 'S1-99', 'S1-100'])
  })
})
