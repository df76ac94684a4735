import { describe, expect, it } from 'vitest'
import { NumberIndex } from './number-index.ts'

/** Any numbers of 32 bits, the same in every run. */
function* numbers(count: number, from = 1): Iterable<number> {
  let state = from
  for (let n = 0; n < count; n++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    yield state
  }
}

describe('NumberIndex', () => {
  it('has what a Map has after many comings and goings, whatever lies side by side', () => {
    const [index, map] = [new NumberIndex(), new Map<number, number>()]
    let step = 0
    for (const drawn of numbers(60_000)) {
      // Few of them, and many neighbours: every kind of hole is made.
      const number = (drawn >>> 20) - 2_000
      if (step % 3 === 0 && map.has(number)) {
        index.delete(number)
        map.delete(number)
      } else {
        index.set(number, step)
        map.set(number, step)
      }
      step++
    }
    expect(index.size).toBe(map.size)
    for (let number = -2_000; number < 2_100; number++) expect([number, index.get(number)]).toEqual([number, map.get(number) ?? -1])
  })

  it('holds both ends of 32 bits and zero, and forgets all at once', () => {
    const index = new NumberIndex()
    const ends = [0, -1, 2 ** 31 - 1, -(2 ** 31)]
    for (const [place, number] of ends.entries()) index.set(number, place)
    expect(ends.map((number) => index.get(number))).toEqual([0, 1, 2, 3])
    index.delete(7)
    expect(index.size).toBe(4)
    index.clear()
    expect([index.size, ...ends.map((number) => index.get(number))]).toEqual([0, -1, -1, -1, -1])
  })

  it('lets everything go again that came', () => {
    const index = new NumberIndex()
    const all = [...new Set(numbers(20_000, 7))]
    for (const number of all) index.set(number, 1)
    expect(index.size).toBe(all.length)
    for (const number of all) index.delete(number)
    expect([index.size, all.some((number) => index.get(number) >= 0)]).toEqual([0, false])
  })
})
