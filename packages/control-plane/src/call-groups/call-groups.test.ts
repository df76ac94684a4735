import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let platform: TestControlPlane
let base: string
let [ann, bob]: readonly string[] = []

beforeAll(async () => {
  platform = await startTestControlPlane()
  const account = await platform.call('POST', `/v2/partition/${platform.partitionId}/account`, { accountNumber: 'groups', accountName: 'Groups' })
  base = `/v2/partition/${platform.partitionId}/account/${String(account.body['id'])}`
  ann = await newUser('4000')
  bob = await newUser('4001')
})
afterAll(() => platform.stop())

async function newUser(extension: string): Promise<string> {
  return String((await platform.call('POST', `${base}/user`, { firstName: 'U', lastName: extension, extension })).body['id'])
}

describe('call groups, and the paging and pickup groups made of them', () => {
  it('hold people or phones, each once', async () => {
    const group = await platform.call('POST', `${base}/group`, { name: 'Sales', type: 'USER', memberIds: [ann, bob] })
    expect(group).toMatchObject({ status: 201, body: { name: 'Sales', type: 'USER', subType: 'ANY_USER', memberIds: [ann, bob] } })
    expect((await platform.call('POST', `${base}/group`, { name: 'Twice', type: 'USER', memberIds: [ann, ann] })).body['errorCode']).toBe('InvalidMemberIds')
    expect((await platform.call('POST', `${base}/group`, { name: 'Phones', type: 'DEVICE', memberIds: [ann] })).body).toMatchObject({
      status: 404,
      data: { type: 'Device', id: ann },
    })
    expect((await platform.call('POST', `${base}/group`, { name: 'Odd', type: 'USER', subType: 'PAGING_DEVICE', memberIds: [] })).body['errorCode']).toBe(
      'InvalidSubType',
    )
    expect((await platform.call('POST', `${base}/group`, { name: 'sales', type: 'USER', memberIds: [] })).body['errorCode']).toBe('DuplicateName')
    for (const nobody of [{ memberIds: null }, {}])
      expect((await platform.call('POST', `${base}/group`, { name: 'Nobody', type: 'USER', ...nobody })).body).toMatchObject({
        status: 400,
        errorCode: 'MemberIdsRequired',
      })
    const path = `${base}/group/${String(group.body['id'])}`
    expect((await platform.call('PATCH', path, { memberIds: null })).body).toMatchObject({ status: 400, errorCode: 'MemberIdsRequired' })
    expect((await platform.call('GET', path)).body['memberIds']).toEqual([ann, bob])
  })

  it('are found by their members', async () => {
    await platform.call('POST', `${base}/group`, { name: 'Only Bob', type: 'USER', memberIds: [bob] })
    const names = async (query: string) => (await platform.call('GET', `${base}/group?${query}`)).list.map((group) => group['name'])
    expect(await names(`memberId=${ann}`)).toEqual(['Sales'])
    expect(await names(`memberId=${bob}&memberType=USER`)).toEqual(['Sales', 'Only Bob'])
    expect(await names(`memberId=${bob}&memberType=DEVICE`)).toEqual([])
  })

  it('a member leaves the group by PATCH, and only then the account', async () => {
    const carl = await newUser('4002')
    const group = await platform.call('POST', `${base}/group`, { name: 'Short', type: 'USER', memberIds: [carl] })
    expect((await platform.call('DELETE', `${base}/user/${carl}`)).body['errorCode']).toBe('EndUserInUse')
    expect((await platform.call('PATCH', `${base}/group/${String(group.body['id'])}`, { memberIds: [] })).body['memberIds']).toEqual([])
    expect((await platform.call('DELETE', `${base}/user/${carl}`)).status).toBe(204)
  })

  it('a paging group has an extension of the account that nobody else has, and keeps its call groups', async () => {
    const [sales] = (await platform.call('GET', `${base}/group`)).list
    const page = (extension: string) => ({ name: `Page ${extension}`, type: 'STANDARD', extension, groupIds: [sales?.['id']] })
    expect((await platform.call('POST', `${base}/grouppaging`, page('4000'))).body['errorCode']).toBe('ExtensionAlreadyInUse')
    expect((await platform.call('POST', `${base}/grouppaging`, page('90'))).body['errorCode']).toBe('InvalidExtension')
    const made = await platform.call('POST', `${base}/grouppaging`, page('4900'))
    expect(made).toMatchObject({ status: 200, body: { extension: '4900', groupIds: [sales?.['id']] } })
    expect((await platform.call('DELETE', `${base}/group/${String(sales?.['id'])}`)).body).toMatchObject({
      errorCode: 'CallGroupInUse',
      data: { usedBy: [{ type: 'PAGING_GROUP', name: 'Page 4900' }] },
    })
    expect((await platform.call('DELETE', `${base}/grouppaging/${String(made.body['id'])}`)).status).toBe(204)
    const pickup = await platform.call('POST', `${base}/grouppickup`, { name: 'Pick', groupIds: [sales?.['id']] })
    expect(pickup).toMatchObject({ status: 200, body: { name: 'Pick' } })
    expect((await platform.call('DELETE', `${base}/grouppickup/${String(pickup.body['id'])}`)).status).toBe(204)
  })

  it('a parking spot has a number of its own', async () => {
    expect((await platform.call('POST', `${base}/callpark`, { name: 'Lobby', spotNumber: '71' })).body).toMatchObject({ spotNumber: '71', timeout: 120 })
    expect((await platform.call('POST', `${base}/callpark`, { spotNumber: '71' })).body['errorCode']).toBe('DuplicateSpotNumber')
    expect((await platform.call('POST', `${base}/callpark`, { spotNumber: 'lobby' })).body['errorCode']).toBe('InvalidSpotNumber')
  })
})
