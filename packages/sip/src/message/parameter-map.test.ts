import { describe, expect, it } from 'vitest'
import { ParameterMap } from './parameter-map.ts'

describe('ParameterMap', () => {
  it.each([0, 1, 2, 3, 40])('of %i parameters reads like the Map of them, the first of a name counting', (count) => {
    const entries = Array.from({ length: count }, (_, n): [string, string] => [`name${n}`, n === 1 ? '' : `value${n}`])
    const parameters = new ParameterMap()
    for (const [name, value] of [...entries, ...entries.map(([again]): [string, string] => [again, 'again'])]) parameters.add(name, value)
    const map = new Map(entries)
    expect([...parameters]).toEqual(entries)
    expect([parameters.size, [...parameters.keys()], [...parameters.values()]]).toEqual([map.size, [...map.keys()], [...map.values()]])
    for (const name of ['name0', 'name1', 'name2', 'name39', 'other']) {
      expect([parameters.get(name), parameters.has(name)]).toEqual([map.get(name), map.has(name)])
    }
    const seen: string[] = []
    parameters.forEach((value, name) => seen.push(`${name}=${value}`))
    expect(seen).toEqual(entries.map(([name, value]) => `${name}=${value}`))
  })
})
