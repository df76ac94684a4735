import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { fillInventory, sandboxInventory } from '../telephone-numbers/index.ts'
import { matchesCriteria, rankNumbers } from './rank-numbers.ts'
import { readSearchCriteria, type SearchDialect, TELEPHONE_NUMBER_SEARCH, TELEPHONENUMBER_SEARCH } from './search-criteria.ts'
import { searchPathOf } from './search-path.ts'

let platform: TestControlPlane
const inventory = sandboxInventory()

beforeAll(async () => {
  platform = await startTestControlPlane()
  await fillInventory(platform.plane.context.database, {
    partitionId: platform.partitionId,
    carrierId: 'sandbox',
    now: new Date(platform.time.nowMs()),
    numbers: inventory,
  })
})
afterAll(() => platform.stop())
beforeEach(() => platform.plane.context.database.sql.deleteFrom('number_search_hold').execute())

const base = () => `/v2/partition/${platform.partitionId}/telephonenumber`
const find = async (query: Readonly<Record<string, string>>, token?: string) => {
  const answer = await platform.call('GET', `${base()}/search?${new URLSearchParams(query).toString()}`, undefined, token)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.list
}
const numbersOf = (list: readonly Record<string, unknown>[]) => list.map((found) => String(found['phoneNumber']))

function criteriaOf(query: Readonly<Record<string, string>>, dialect: SearchDialect) {
  const criteria = readSearchCriteria(query, dialect)
  if (!criteria.ok) throw new Error(JSON.stringify(criteria.error))
  return criteria.value
}

describe('the indexes find what looking at every number would find', () => {
  it.each([
    ['range', { npa: '607' }],
    ['range', { npa: '607', nxx: '123', maxResults: '100' }],
    ['range', { npa: '801', pattern: '801769*' }],
    ['range', { pattern: '8017690817' }],
    ['range', { npa: '607', pattern: '*2*' }],
    ['exchanges', { type: 'LAT_LONG', lat: '40.332492', long: '-111.728167' }],
    ['exchanges', { type: 'LAT_LONG', lat: '40.332492', long: '-111.728167', maxResults: '100' }],
    ['exchanges', { type: 'LAT_LONG', lat: '61', long: '-179.9' }],
    ['exchanges', { type: 'LAT_LONG', lat: '-33.9', long: '151.2', maxResults: '60' }],
    ['exchanges', { type: 'LAT_LONG', lat: '42', long: '-76', npa: '315' }],
    ['exchanges', { type: 'LAT_LONG', lat: '42', long: '-76', pattern: '*7' }],
    ['exchanges', { type: 'RATECENTER', q: 'BINGHAMTON, NY', maxResults: '100' }],
    ['exchanges', { type: 'RATECENTER', q: 'NOWHERE' }],
    ['exchanges', { state: 'NY', maxResults: '100' }],
    ['exchanges', { rateCenter: 'BINGHAMTON', state: 'UT' }],
    ['ending', { pattern: '*0000' }],
    ['ending', { pattern: '*1234', state: 'NY', maxResults: '100' }],
    ['ending', { type: 'LAT_LONG', lat: '42', long: '-76', pattern: '*1234' }],
    ['digits', { npa: '607', pattern: '*1234*', maxResults: '100' }],
    ['digits', { pattern: '*234*', npa: '801', maxResults: '100' }],
    ['digits', { pattern: '60*7721*', maxResults: '100' }],
    ['ending', { functiontype: 'TollFree', pattern: '*1234', maxResults: '100' }],
    ['range', { functiontype: 'TollFree', maxResults: '100' }],
  ])('along the %s: %j', async (kind, query) => {
    const criteria = criteriaOf(query, TELEPHONENUMBER_SEARCH)
    expect(searchPathOf(criteria).kind).toBe(kind)
    const expected = rankNumbers(inventory.filter((number) => matchesCriteria(criteria, number)), criteria.near, criteria) // prettier-ignore
    expect(numbersOf(await find(query))).toEqual(expected.map((number) => number.phoneNumber))
  })

  it('consecutive numbers: the longest run first, and nothing else', async () => {
    const found = numbersOf(await find({ npa: '801', nxx: '769', sequential: 'true' }))
    expect(found).toHaveLength(15)
    for (const [position, number] of found.entries()) expect(Number(number)).toBe(Number(found[0]) + position)
  })

  it('a number added later is found by its new exchange', async () => {
    const line = { functionType: 'ELS', rateCenter: 'OWEGO', rateCenterReorderName: 'OWEGO', state: 'NY', country: 'USA', lata: '138', latitude: 42.1, longitude: -76.26 } // prettier-ignore
    await fillInventory(platform.plane.context.database, {
      partitionId: platform.partitionId,
      carrierId: 'sandbox',
      now: new Date(platform.time.nowMs()),
      numbers: [{ phoneNumber: '16076870001', prefix: '1607687', ...line }],
    })
    expect(numbersOf(await find({ type: 'RATECENTER', q: 'OWEGO' }))).toEqual(['16076870001'])
  })

  it('S1-69: a postal code finds the nearest and says which lie in it; one that nobody knows finds nothing', async () => {
    const found = await find({ type: 'POSTALCODE', q: '84062', maxResults: '3' })
    expect(found.map((each) => [each['rateCenter'], each['matchesZip']])).toEqual(Array.from({ length: 3 }, () => ['PLEASANT GROVE', true]))
    expect((await find({ type: 'POSTALCODE', q: '84042', maxResults: '1' }))[0]).toMatchObject({ rateCenter: 'PLEASANT GROVE', matchesZip: false })
    expect(await find({ type: 'POSTALCODE', q: '00000' })).toEqual([])
  })
})

describe('C-26: what a search shows is held for the searcher', () => {
  it('thirty minutes out of the searches of others, in his own still; nobody is hindered from reserving it', async () => {
    const manager = { username: 'searcher@example.com', password: 'Another-horse-2', firstName: 'Sub', lastName: 'Operator' }
    const child = await platform.call('POST', `/v2/partition/${platform.partitionId}/partition`, { name: 'Searcher', manager })
    const token = String((await platform.logIn(manager.username, manager.password)).body['authToken'])
    const childBase = `/v2/partition/${String(child.body['id'])}/telephonenumber`
    const first = numbersOf(await find({ npa: '607', nxx: '123', maxResults: '5' }))
    const others = async () => numbersOf((await platform.call('GET', `${childBase}/search?npa=607&nxx=123&maxResults=5`, undefined, token)).list)
    const theirs = await others()
    expect(theirs).toHaveLength(5)
    expect(theirs.filter((number) => first.includes(number))).toEqual([])
    expect(numbersOf(await find({ npa: '607', nxx: '123', maxResults: '5' }))).toEqual(first)
    expect(numbersOf((await platform.call('GET', `${childBase}/search?q=${first[0]}&type=TN`, undefined, token)).list)).toEqual([first[0]])
    platform.time.advance(30 * 60_000)
    expect(await others()).toEqual(first)
    expect((await platform.call('PUT', `${base()}/${first[0]}/reserve`)).status).toBe(200)
    expect(await others()).not.toContain(first[0])
  })

  it('fifty searches at once leave fifty answers', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => platform.call('GET', `${base()}/search?npa=801&maxResults=50`)))
    expect(answers.map((answer) => [answer.status, answer.list.length])).toEqual(Array.from({ length: 50 }, () => [200, 50]))
  })
})

it('the dialect of the other surface reads into the same criteria', () => {
  expect(criteriaOf({ npa: '607', quantity: '5' }, TELEPHONE_NUMBER_SEARCH)).toEqual(criteriaOf({ npa: '607', maxResults: '5' }, TELEPHONENUMBER_SEARCH))
})
