import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let platform: TestControlPlane
let base: string

beforeAll(async () => {
  platform = await startTestControlPlane()
  base = await newAccount('directory')
  await platform.call('POST', `${base}/user`, { firstName: 'Ann', lastName: 'Able', extension: '4000' })
  await platform.call('POST', `${base}/user`, { firstName: 'Bob', lastName: '100%_Baker', extension: '4010' })
  await platform.call('POST', `${base}/hunt-group`, { name: 'Sales', extension: '4005' })
  await platform.call('POST', `${base}/hunt-group`, { name: 'Without' })
  await platform.call('POST', `${base}/call-queue`, { name: 'Support', extension: '4100' })
  await platform.call('POST', `${base}/callpark`, { name: 'Lobby', spotNumber: '4200' })
})
afterAll(() => platform.stop())

async function newAccount(accountNumber: string): Promise<string> {
  const accounts = `/v2/partition/${platform.partitionId}/account`
  return `${accounts}/${String((await platform.call('POST', accounts, { accountNumber, accountName: 'D' })).body['id'])}`
}

const names = async (query = '') =>
  ((await platform.call('GET', `${base}/directory${query}`)).body['results'] as readonly { extension: string; type: string }[]).map(
    ({ extension, type }) => `${extension} ${type}`,
  )

describe('the directory of an account', () => {
  it('has everything with an extension, whatever it is, in the order of the extensions', async () => {
    expect((await platform.call('GET', `${base}/directory`)).body).toMatchObject({
      totalRecords: 4,
      limit: 100,
      offset: 0,
      results: [
        { extension: '4000', type: 'END_USER', name: 'Ann Able' },
        { extension: '4005', type: 'HUNT_GROUP', name: 'Sales' },
        { extension: '4010', type: 'END_USER' },
        { extension: '4100', type: 'CALL_QUEUE', name: 'Support' },
      ],
    })
  })

  it('comes in pages, by kind, by name and by extension; a search is no pattern', async () => {
    expect(await names('?limit=2&offset=1')).toEqual(['4005 HUNT_GROUP', '4010 END_USER'])
    expect(await names('?type=END_USER')).toEqual(['4000 END_USER', '4010 END_USER'])
    expect(await names('?q=SAL')).toEqual(['4005 HUNT_GROUP'])
    expect(await names('?q=401')).toEqual(['4010 END_USER'])
    expect(await names(`?q=${encodeURIComponent('%_B')}`)).toEqual(['4010 END_USER'])
    expect((await platform.call('GET', `${base}/directory?limit=0`)).body['errorCode']).toBe('InvalidLimit')
  })

  it('is of this account alone', async () => {
    expect((await platform.call('GET', `${await newAccount('empty')}/directory`)).body).toMatchObject({ totalRecords: 0, results: [] })
  })
})
