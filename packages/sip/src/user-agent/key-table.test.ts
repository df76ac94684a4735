import { describe, expect, it } from 'vitest'
import { KeyTable } from './key-table.ts'

const table = () => new KeyTable<{ readonly key: string }>(({ key }) => key)
/** Texts with the same 32 bits of FNV-1a, known from the literature. */
const [ONE, OTHER] = ['costarring', 'liquid']

describe('KeyTable', () => {
  it('finds what was put in, and nothing else', () => {
    const values = table()
    const entries = Array.from({ length: 5000 }, (_, n) => ({ key: `z9hG4bK${n * 7919}` }))
    for (const entry of entries) values.set(entry.key, entry)
    expect(values.size).toBe(5000)
    expect(entries.every((entry) => values.get(entry.key) === entry)).toBe(true)
    expect(values.get('z9hG4bK')).toBeUndefined()
    for (const entry of entries) values.delete(entry.key)
    expect([values.size, values.values()]).toEqual([0, []])
  })

  it.each([
    [ONE, OTHER],
    [OTHER, ONE],
  ])('keeps keys apart that share their number, whichever leaves first: %s', (first, second) => {
    const values = table()
    const [left, right] = [{ key: first }, { key: second }]
    values.set(first, left)
    values.set(second, right)
    expect([values.get(first), values.get(second), values.size]).toEqual([left, right, 2])
    values.delete(first)
    expect([values.get(first), values.get(second), values.size]).toEqual([undefined, right, 1])
    const again = { key: second }
    values.set(second, again)
    expect([values.get(second), values.size]).toEqual([again, 1])
    values.delete(second)
    expect([values.get(second), values.size]).toEqual([undefined, 0])
  })
})
