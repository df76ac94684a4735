import { describe, expect, it } from 'vitest'
import { TurnoverMap } from './turnover-map.ts'

describe('TurnoverMap', () => {
  it('answers as a Map does, whatever comes and goes', () => {
    const map = new TurnoverMap<string, { readonly step: number }>()
    const reference = new Map<string, { readonly step: number }>()
    for (let step = 0; step < 2_000; step++) {
      // Some keys come again while they are there, some after they have left.
      const [set, left] = [String((step * 7) % 40), String((step * 11) % 40)]
      map.set(set, { step })
      reference.set(set, { step })
      expect(map.delete(left)).toBe(reference.delete(left))
      expect(map.get(set)).toEqual(reference.get(set))
      expect(map.has(left)).toBe(false)
      expect(map.get(left)).toBeUndefined()
      expect(map.size).toBe(reference.size)
    }
    expect([...map.keys()]).toEqual([...reference.keys()])
    expect(map.values()).toEqual([...reference.values()])
    map.clear()
    expect([map.size, map.values()]).toEqual([0, []])
  })

  it('gives a place that was left to the next one', () => {
    const map = new TurnoverMap<number, object>()
    const [first, second] = [{}, {}]
    map.set(1, first)
    map.delete(1)
    map.set(2, second)
    expect([map.get(1), map.get(2)]).toEqual([undefined, second])
  })
})
