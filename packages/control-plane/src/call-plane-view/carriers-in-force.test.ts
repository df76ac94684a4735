import { describe, expect, it } from 'vitest'
import { type CarrierPartition, carrierPartitionOf, heirsOfCarriers } from './carriers-in-force.ts'

/** root → brand → reseller, and a foreign brand beside. */
const tree = (usingOwn: readonly string[] = []): ReadonlyMap<string, CarrierPartition> =>
  new Map(
    ([['root', null], ['brand', 'root'], ['reseller', 'brand'], ['foreign', 'root']] as const).map(([id, parentId]) => [
      id,
      { id, parentId, usesOwnCarrier: usingOwn.includes(id) },
    ]),
  ) // prettier-ignore
const having =
  (...ids: readonly string[]) =>
  (id: string): boolean =>
    ids.includes(id)

describe('S1-11: by whose carriers the calls of a partition go', () => {
  it.each<[string, string, readonly string[], readonly string[], string | undefined]>([
    ['its own before those above', 'reseller', ['reseller', 'brand', 'root'], [], 'reseller'],
    ['those of the partition above', 'reseller', ['brand', 'root'], [], 'brand'],
    ['those of the nearest above that has any', 'reseller', ['root'], [], 'root'],
    ['the platform’s when nobody in the line has any', 'reseller', [], [], undefined],
    ['never those of a foreign partition', 'reseller', ['foreign'], [], undefined],
    ['never those of a partition below', 'brand', ['reseller'], [], undefined],
    ['none when it wants its own and has none', 'reseller', ['brand'], ['reseller'], 'reseller'],
    ['none when the partition above wants its own and has none', 'reseller', ['root'], ['brand'], 'brand'],
    ['the platform’s for a partition that is not known', 'nobody', ['root'], [], undefined],
  ])('%s', (_case, partition, carriersOf, usingOwn, expected) => {
    expect(carrierPartitionOf(partition, tree(usingOwn), having(...carriersOf))).toBe(expected)
  })

  it('each carrier is had by the partitions below up to the next that has its own', () => {
    expect(heirsOfCarriers(tree(), having('root'))).toEqual(new Map([['root', ['brand', 'reseller', 'foreign']]]))
    expect(heirsOfCarriers(tree(), having('root', 'brand'))).toEqual(new Map([['brand', ['reseller']], ['root', ['foreign']]])) // prettier-ignore
    expect(heirsOfCarriers(tree(['brand']), having('root'))).toEqual(new Map([['brand', ['reseller']], ['root', ['foreign']]])) // prettier-ignore
  })
})
