import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let platform: TestControlPlane
let base: string
let otherBase: string
let ann: string
let bob: string
let box: string

beforeAll(async () => {
  platform = await startTestControlPlane()
  base = await newAccount('hunting')
  otherBase = await newAccount('other')
  const user = await platform.call('POST', `${base}/user`, { firstName: 'Ann', lastName: 'A', extension: '4000' })
  ann = String(user.body['id'])
  box = String(user.body['voicemailBoxId'])
  bob = String((await platform.call('POST', `${base}/user`, { firstName: 'Bob', lastName: 'B', extension: '4001' })).body['id'])
})
afterAll(() => platform.stop())

async function newAccount(accountNumber: string): Promise<string> {
  const accounts = `/v2/partition/${platform.partitionId}/account`
  return `${accounts}/${String((await platform.call('POST', accounts, { accountNumber, accountName: 'Hunt' })).body['id'])}`
}

let sequence = 0
const group = (more: object = {}) => ({ name: `Group ${++sequence}`, members: [{ userId: ann }, { userId: bob }], ...more })
const create = (more: object = {}, at = base) => platform.call('POST', `${at}/hunt-group`, group(more))
const refused = async (more: object) => (await create(more)).body['errorCode']

describe('a hunt group', () => {
  it('is kept with its members, their order and what it does with nobody there', async () => {
    const made = await create({ strategy: 'SEQUENTIAL', extension: '4100', members: [{ userId: bob, priority: 5, ringTimeout: 10 }, { userId: ann }], ringTimeout: 15, voicemailEnabled: true, voicemailBoxId: box }) // prettier-ignore
    expect(made, JSON.stringify(made.body)).toMatchObject({
      status: 201,
      body: {
        strategy: 'SEQUENTIAL',
        extension: '4100',
        members: [{ userId: bob, priority: 5, ringTimeout: 10 }, { userId: ann, priority: 2 }],
        ringTimeout: 15,
        voicemailEnabled: true,
        voicemailBoxId: box,
      },
    }) // prettier-ignore
    const item = `${base}/hunt-group/${String(made.body['id'])}`
    expect((await platform.call('GET', item)).body).toEqual(made.body)
    const patched = await platform.call('PATCH', item, { voicemailEnabled: false, voicemailBoxId: null, overflow: { referenceType: 'BUSY' } })
    expect(patched.body).toMatchObject({ extension: '4100', members: made.body['members'], voicemailEnabled: false, overflow: { referenceType: 'BUSY' } })
    expect(patched.body['voicemailBoxId']).toBeUndefined()
    expect((await platform.call('GET', item.replace(base, otherBase))).status).toBe(404)
    expect((await platform.call('DELETE', item)).status).toBe(204)
  })

  it('C-57: rings in five ways, and in no other', async () => {
    for (const strategy of ['SIMULTANEOUS', 'LINEAR', 'SEQUENTIAL', 'ROUND_ROBIN', 'LONGEST_IDLE'])
      expect((await create({ strategy })).body['strategy']).toBe(strategy)
    expect(await refused({ strategy: 'RANDOM' })).toBe('InvalidStrategy')
    expect((await create()).body).toMatchObject({ strategy: 'SIMULTANEOUS', ringTimeout: 20, voicemailEnabled: false })
  })

  it('has people and phones of the account, each once', async () => {
    expect(await refused({ members: [{ userId: ann }, { userId: ann }] })).toBe('InvalidMember')
    expect(await refused({ members: [{}] })).toBe('InvalidMember')
    expect(await refused({ members: [{ userId: ann, lineId: 'x' }] })).toBe('InvalidMember')
    expect((await create({ members: [{ lineId: 'stranger' }] })).body).toMatchObject({ status: 404, data: { type: 'Device' } })
    expect((await create({ members: [{ userId: ann }] }, otherBase)).body).toMatchObject({ status: 404, data: { type: 'EndUser', id: ann } })
  })

  it('has one way for unanswered calls, that does not lead back to it', async () => {
    expect(await refused({ voicemailEnabled: true, overflow: { referenceType: 'BUSY' } })).toBe('InvalidOverflow')
    expect(await refused({ voicemailBoxId: box })).toBe('InvalidVoicemailBoxId')
    expect(await refused({ voicemailEnabled: true, members: [] })).toBe('VoicemailBoxIdRequired')
    expect(await refused({ overflow: { referenceType: 'IVR' } })).toBe('InvalidDestination')
    expect(await refused({ overflow: { referenceType: 'TELEPHONE', referenceId: 'tel:1' } })).toBe('InvalidDestination')
    expect(await refused({ overflow: { referenceType: 'CALL_QUEUE', referenceId: 'nowhere' } })).toBe('EntityNotFound')
    const first = await create()
    const queue = await platform.call('POST', `${base}/call-queue`, {
      name: 'Between',
      overflow: { referenceType: 'HUNT_GROUP', referenceId: first.body['id'] },
    })
    expect(queue.status).toBe(201)
    const item = `${base}/hunt-group/${String(first.body['id'])}`
    const toQueue = { overflow: { referenceType: 'CALL_QUEUE', referenceId: queue.body['id'] } }
    expect((await platform.call('PATCH', item, toQueue)).body).toMatchObject({ errorCode: 'OverflowCircle', data: { hops: 2 } })
    expect((await platform.call('PATCH', item, { overflow: { referenceType: 'HUNT_GROUP', referenceId: first.body['id'] } })).body['errorCode']).toBe(
      'OverflowCircle',
    )
  })

  it('two closing a circle at once: one is refused', async () => {
    const [one, two] = [await create(), await create()]
    const point = (from: typeof one, to: typeof one) =>
      platform.call('PATCH', `${base}/hunt-group/${String(from.body['id'])}`, { overflow: { referenceType: 'HUNT_GROUP', referenceId: to.body['id'] } })
    const answers = await Promise.all([point(one, two), point(two, one)])
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200, 400]))
  })

  it('has an extension nobody else has, of the length of the account, and a name of its own', async () => {
    expect(await refused({ extension: '4000' })).toBe('ExtensionAlreadyInUse')
    expect(await refused({ extension: '90' })).toBe('InvalidExtension')
    const { body } = await create()
    expect(await refused({ name: String(body['name']).toUpperCase() })).toBe('DuplicateName')
  })

  it('names what is out of range', async () => {
    expect(await refused({ ringTimeout: 4 })).toBe('InvalidRingTimeout')
    expect(await refused({ ringTimeout: 601 })).toBe('InvalidRingTimeout')
    expect(await refused({ members: [{ userId: ann, priority: 0 }] })).toBe('InvalidPriority')
    expect(await refused({ members: [{ userId: ann, ringTimeout: 10 }] })).toBe('InvalidRingTimeout')
    expect(await refused({ name: '' })).toBe('InvalidName')
  })
})
