import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let platform: TestControlPlane
let partition: string
let account: string

beforeAll(async () => {
  platform = await startTestControlPlane()
  partition = `/v2/partition/${platform.partitionId}`
  account = `${partition}/account/${String((await platform.call('POST', `${partition}/account`, { accountNumber: 'IDS-1', accountName: 'Ids Inc' })).body['id'])}`
})
afterAll(() => platform.stop())

const FORWARD = { id: 'out', type: 'FORWARD', toNumber: '18015550100' }
const MENU = {
  name: 'Menu',
  ivrComponents: [{ id: 'in', type: 'INCOMING' }, FORWARD],
  ivrComponentMappings: [{ fromIvrComponentId: 'in', toIvrComponentId: 'out' }],
}

describe('what is deleted with 200 is named in the answer, where the public interface has a text', () => {
  it.each([
    ['accountuser', () => account, { firstName: 'Ada', lastName: 'Min', username: 'ada.min@example.com', emailAddress: 'ada.min@example.com' }],
    ['managementuser', () => partition, { firstName: 'Mana', lastName: 'Ger', username: 'mana.ger@example.com' }],
    ['callpark', () => account, { spotNumber: '701' }],
    ['ivr', () => account, MENU],
    ['vfax', () => account, { name: 'Fax', emailAddresses: ['fax@example.com'] }],
  ] as const)('%s', async (kind, base, body) => {
    const made = await platform.call('POST', `${base()}/${kind}`, body)
    const id = String(made.body['id'])
    const deleted = await platform.plane.http.inject({ method: 'DELETE', url: `${base()}/${kind}/${id}`, headers: { 'x-auth-token': platform.token } })
    expect([deleted.statusCode, deleted.body, deleted.headers['content-type']], JSON.stringify(made.body)).toEqual([
      200,
      JSON.stringify(id),
      'application/json; charset=utf-8',
    ])
  })
})
