import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

let platform: TestControlPlane
let accounts: string
let base: string
let groups: string
let sequence = 0

beforeAll(async () => {
  platform = await startTestControlPlane()
  accounts = `/v2/partition/${platform.partitionId}/account`
})
afterAll(() => platform.stop())
beforeEach(async () => {
  base = await newAccount()
  groups = `${base}/siptrunkgroup`
})

async function newAccount(): Promise<string> {
  const { body } = await platform.call('POST', accounts, { accountNumber: `G-${++sequence}`, accountName: 'PBXs' })
  return `${accounts}/${String(body['id'])}`
}

async function newTrunk(more: object = {}, at = base): Promise<string> {
  platform.time.advance(1000)
  const login = { sipUsername: `pbx-user-${++sequence}`, sipPassword: 'secret1' }
  const made = await platform.call('POST', `${at}/siptrunk_2`, { trunkName: `PBX ${sequence}`, concurrentCalls: 10, ...login, ...more })
  expect(made.status, JSON.stringify(made.body)).toBe(200)
  return String(made.body['id'])
}

const create = (more: object = {}) => platform.call('POST', groups, { name: 'Both', ...more })
const groupOfTrunk = async (trunkId: string) => (await platform.call('GET', `${base}/siptrunk_2/${trunkId}`)).body['sipTrunkGroupId']

describe('a trunk group', () => {
  it('and its trunks say the same of each other, whichever was told', async () => {
    const [one, two] = [await newTrunk(), await newTrunk()]
    const made = await create({ sipTrunksIds: [two, one] })
    expect(made).toMatchObject({ status: 201, body: { name: 'Both', unreachableForward: [], capacityForward: [], sipTrunksIds: [one, two] } })
    const id = made.body['id']
    expect(await groupOfTrunk(one)).toBe(id)
    await platform.call('PATCH', `${base}/siptrunk_2/${one}`, { sipTrunkGroupId: null })
    expect((await platform.call('GET', `${groups}/${String(id)}`)).body['sipTrunksIds']).toEqual([two])
    const three = await newTrunk({ sipTrunkGroupId: id })
    expect((await platform.call('GET', groups)).list).toMatchObject([{ id, sipTrunksIds: [two, three] }])
    expect((await platform.call('PATCH', `${groups}/${String(id)}`, { sipTrunksIds: [one] })).body['sipTrunksIds']).toEqual([one])
    expect([await groupOfTrunk(one), await groupOfTrunk(two), await groupOfTrunk(three)]).toEqual([id, undefined, undefined])
    expect((await platform.call('PUT', `${groups}/${String(id)}`, { name: 'Renamed' })).body).toMatchObject({ name: 'Renamed', sipTrunksIds: [one] })
  })

  it('takes a trunk out of the group it was in', async () => {
    const trunk = await newTrunk()
    const first = await create({ sipTrunksIds: [trunk] })
    const second = await create({ name: 'Second', sipTrunksIds: [trunk] })
    expect((await platform.call('GET', `${groups}/${String(first.body['id'])}`)).body['sipTrunksIds']).toEqual([])
    expect(await groupOfTrunk(trunk)).toBe(second.body['id'])
  })

  it('two at once asking for the same trunk: one has it, and both views agree', async () => {
    const trunk = await newTrunk()
    const made = await Promise.all(['A', 'B', 'C'].map((name) => create({ name, sipTrunksIds: [trunk] })))
    expect(made.map((answer) => answer.status)).toEqual([201, 201, 201])
    const { list } = await platform.call('GET', groups)
    const holders = list.filter((group) => (group['sipTrunksIds'] as string[]).includes(trunk))
    expect(holders.map((group) => group['id'])).toEqual([await groupOfTrunk(trunk)])
  })

  it('has trunks of its own account only, each once, and a name of its own; nothing is stored otherwise', async () => {
    const foreign = await newTrunk({}, await newAccount())
    expect((await create({ sipTrunksIds: [foreign] })).body).toMatchObject({ status: 404, data: { type: 'SIPTrunk', id: foreign } })
    const trunk = await newTrunk()
    expect((await create({ sipTrunksIds: [trunk, trunk] })).body['errorCode']).toBe('InvalidSipTrunksIds')
    expect((await platform.call('GET', groups)).list).toEqual([])
    await create()
    expect((await create({ name: 'both' })).body['errorCode']).toBe('DuplicateName')
    expect((await platform.call('POST', groups, {})).body['errorCode']).toBe('NameRequired')
    const other = `${await newAccount()}/siptrunkgroup`
    const [group] = (await platform.call('GET', groups)).list
    expect((await platform.call('GET', `${other}/${String(group?.['id'])}`)).status).toBe(404)
    expect((await platform.call('DELETE', `${other}/${String(group?.['id'])}`)).status).toBe(404)
  })

  it('forwards by the rules of a trunk, to what is on the account', async () => {
    const { body } = await create()
    const forward = `${groups}/${String(body['id'])}/forward`
    const user = await platform.call('POST', `${base}/user`, { firstName: 'Ann', lastName: 'F', extension: '4000' })
    const trunk = await newTrunk()
    const rules = {
      unconditionalForward: { enabled: true, referenceType: 'END_USER', referenceId: user.body['id'] },
      unreachableForward: [{ referenceType: 'SIP_TRUNK', referenceId: trunk }, { referenceType: 'VOICEMAIL', referenceId: user.body['voicemailBoxId'] }],
      capacityForward: [{ referenceType: 'TELEPHONE', referenceId: '18015550123' }, { referenceType: 'BUSY' }],
    } // prettier-ignore
    expect(await platform.call('PUT', forward, rules)).toMatchObject({ status: 200, body: { sipTrunkGroupId: body['id'], ...rules } })
    expect((await platform.call('GET', `${groups}/${String(body['id'])}`)).body).toMatchObject({ name: 'Both', ...rules })
    expect((await platform.call('DELETE', `${base}/siptrunk_2/${trunk}`)).body).toMatchObject({
      errorCode: 'SIPTrunkInUse',
      data: { usedBy: [{ type: 'SIP_TRUNK_GROUP', name: 'Both', role: 'forwardTo' }] },
    })
    const wrong = async (target: object) => (await platform.call('PUT', forward, { capacityForward: [target] })).body['errorCode']
    expect(await wrong({ referenceType: 'IVR', referenceId: 'nowhere' })).toBe('EntityNotFound')
    expect(await wrong({ referenceType: 'TELEPHONE', referenceId: 'tel' })).toBe('InvalidForwardRule')
    expect(await wrong({ referenceType: 'END_USER' })).toBe('InvalidForwardRule')
    expect((await platform.call('GET', forward)).body).toMatchObject(rules)
    expect((await platform.call('PUT', forward, {})).body).toMatchObject({ unreachableForward: [], capacityForward: [] })
    expect((await platform.call('DELETE', `${base}/siptrunk_2/${trunk}`)).status).toBe(204)
  })

  it('goes without its trunks, which keep what they forward to', async () => {
    const trunk = await newTrunk()
    await platform.call('PUT', `${base}/siptrunk_2/${trunk}/forward`, { forwardOnFailure: [{ referenceType: 'BUSY' }] })
    const { body } = await create({ sipTrunksIds: [trunk] })
    expect((await platform.call('DELETE', `${groups}/${String(body['id'])}`)).status).toBe(204)
    expect(await groupOfTrunk(trunk)).toBeUndefined()
    expect((await platform.call('GET', `${base}/siptrunk_2/${trunk}/forward`)).body).toMatchObject({ forwardOnFailure: [{ referenceType: 'BUSY' }] })
    expect((await platform.call('DELETE', `${groups}/${String(body['id'])}`)).status).toBe(404)
  })
})
