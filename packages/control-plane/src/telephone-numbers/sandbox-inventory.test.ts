import { describe, expect, it } from 'vitest'

import { distanceMiles, lazyPlaceTables, placeOfExchange, stateOfAreaCode } from '../reference-data/index.ts'

import { sandboxInventory, type SandboxNumber } from './sandbox-inventory.ts'
import { SANDBOX_RATE_CENTERS } from './sandbox-rate-centers.ts'

const inventory = sandboxInventory()
const local = inventory.filter((number) => number.functionType === 'ELS')
const byNumber = new Map(inventory.map((number) => [number.phoneNumber, number]))

function count(numbers: readonly SandboxNumber[], key: (number: SandboxNumber) => string): ReadonlyMap<string, number> {
  return new Map([...Map.groupBy(numbers, key)].map(([name, members]) => [name, members.length]))
}

describe('the sandbox inventory', () => {
  it('is the same on every start, each number once', () => {
    expect(sandboxInventory()).toEqual(inventory)
    expect(byNumber.size).toBe(inventory.length)
    expect(inventory.length).toBeGreaterThan(2500)
  })

  it('has well-formed rows: eleven digits, a prefix of seven, a place for every local number (S1-71)', () => {
    for (const number of inventory) {
      expect(number.phoneNumber).toMatch(/^1[2-9]\d{9}$/)
      expect(number.prefix).toBe(number.phoneNumber.slice(0, 7))
      expect(number.rateCenterReorderName).toBe(number.rateCenter)
    }
    for (const number of local) {
      expect(number.state).toMatch(/^[A-Z]{2}$/)
      expect(number.lata).toMatch(/^\d{3}$/)
      expect([typeof number.latitude, typeof number.longitude]).toEqual(['number', 'number'])
    }
  })

  it('has at least 25 rate centres over the US and Canada with 40 numbers and more each', () => {
    const sizes = count(local, (number) => `${number.rateCenter} ${number.state} ${number.country}`)
    expect(sizes.size).toBeGreaterThanOrEqual(25)
    expect(Math.min(...sizes.values())).toBeGreaterThanOrEqual(40)
    expect(new Set(local.map((number) => number.country))).toEqual(new Set(['USA', 'CAN']))
  })

  it('has NPA 607 BINGHAMTON NY with LATA 132, enough for one search of 100 (S2-06, S2-07, S2-08)', () => {
    const binghamton = local.filter((number) => number.rateCenter === 'BINGHAMTON')
    expect(binghamton.length).toBeGreaterThan(100)
    expect(binghamton.every((number) => number.phoneNumber.startsWith('1607') && number.state === 'NY' && number.lata === '132')).toBe(true)
  })

  it('has the numbers the guides show (S1-71, S2-08) and one for the pattern *0000 with npa 607 (S2-11)', () => {
    expect(byNumber.get('18017690817')).toMatchObject({ rateCenter: 'PLEASANT GROVE', state: 'UT', country: 'USA', prefix: '1801769' })
    expect(byNumber.get('16071234567')).toMatchObject({ rateCenter: 'BINGHAMTON' })
    expect(byNumber.has('16071234568')).toBe(true)
    expect(local.some((number) => /^1607.*0000$/.test(number.phoneNumber))).toBe(true)
  })

  it('has NPA 801 and 385 around Lindon, PLEASANT GROVE about 2.3 miles away (S1-69, S1-71)', () => {
    const lindon = { latitude: 40.332492, longitude: -111.728167 }
    const near = local.filter((number) => distanceMiles(lindon, { latitude: number.latitude ?? 0, longitude: number.longitude ?? 0 }) < 8)
    expect(near.length).toBeGreaterThan(300)
    expect(new Set(near.map((number) => number.phoneNumber.slice(1, 4)))).toEqual(new Set(['801', '385']))
    for (const prefix of ['1801769', '1801785', '1385273'])
      expect(near.some((number) => number.prefix === prefix && number.rateCenter === 'PLEASANT GROVE')).toBe(true)
    const grove = byNumber.get('18017690817')
    expect(distanceMiles(lindon, { latitude: grove?.latitude ?? 0, longitude: grove?.longitude ?? 0 })).toBeCloseTo(2.285842, 1)
  })

  it('has every toll-free prefix, without a place, and memorable ones in each (S2-04, S2-12, S2-13)', () => {
    const tollFree = inventory.filter((number) => number.functionType === 'TollFree')
    const sizes = count(tollFree, (number) => number.phoneNumber.slice(1, 4))
    expect([...sizes.keys()].toSorted()).toEqual(['800', '833', '844', '855', '866', '877', '888'])
    expect(Math.min(...sizes.values())).toBeGreaterThanOrEqual(40)
    expect(tollFree.filter((number) => number.phoneNumber.endsWith('1234'))).toHaveLength(7)
    expect(tollFree.every((number) => number.latitude === undefined && number.longitude === undefined)).toBe(true)
  })

  it('stays out of 555, whose lines mean something to the sandbox PSTN, and out of the test lines of carriers', () => {
    expect(inventory.filter((number) => number.phoneNumber.slice(4, 7) === '555')).toEqual([])
    const documented = new Set(['16071230000'])
    const reserved = inventory.filter((number) => /(?:00\d\d|99\d\d)$/.test(number.phoneNumber) && !documented.has(number.phoneNumber))
    expect(reserved).toEqual([])
  })

  it('has twenty consecutive numbers in each exchange, for sequential searches', () => {
    for (const numbers of Map.groupBy(inventory, (number) => number.prefix).values()) {
      const present = new Set(numbers.map((number) => Number(number.phoneNumber)))
      const hasRun = [...present].some((first) => Array.from({ length: 20 }, (_empty, offset) => first + offset).every((number) => present.has(number)))
      expect(hasRun).toBe(true)
    }
  })
})

describe('the rate centres of the sandbox', () => {
  const tables = lazyPlaceTables()

  it.each(SANDBOX_RATE_CENTERS.map((center) => [center.name, center] as const))('%s: its exchanges lie where the public tables say', (_name, center) => {
    for (const exchange of center.exchanges) {
      const place = placeOfExchange(tables, exchange.slice(0, 3), exchange.slice(3))
      expect(place?.state ?? stateOfAreaCode(tables, exchange.slice(0, 3))).toBe(center.state)
      if (place?.coordinates !== undefined) expect(distanceMiles(center, place.coordinates)).toBeLessThan(25)
    }
  })

  it('has no exchange twice', () => {
    const exchanges = SANDBOX_RATE_CENTERS.flatMap((center) => center.exchanges)
    expect(new Set(exchanges).size).toBe(exchanges.length)
  })
})
