import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ErrorBody } from './http-client.ts'
import { type Account, done, type Identified, type Person, Tenant, unique } from './tenant.ts'

interface UsedBy {
  readonly type: string
  readonly id: string
  readonly name: string
  readonly role: string
}

interface InUse {
  readonly errorCode: string
  readonly data: { readonly usedBy: readonly UsedBy[] }
}

interface NumberBody {
  readonly referenceType: string
  readonly referenceId: string
}

let tenant: Tenant
let account: Account
let ann: Person
let bob: Person

beforeAll(async () => {
  tenant = await Tenant.logIn()
})
beforeEach(async () => {
  account = await tenant.createAccount()
  ann = await account.createUser('4000')
  bob = await account.createUser('4001')
})

const make = async (path: string, body: object): Promise<string> => done(await tenant.http.post<Identified>(`${account.path}/${path}`, body)).id
const huntGroup = (more: object = {}) => make('hunt-group', { name: unique('Sales '), members: [{ userId: ann.userId }, { userId: bob.userId }], ...more })
const usersOf = async (type: string, id: string) => done(await tenant.http.get<readonly UsedBy[]>(`${account.path}/used-by/${type}/${id}`))

async function refusedDeletion(path: string): Promise<readonly [string, readonly UsedBy[]]> {
  const answer = await tenant.http.delete<InUse>(`${account.path}/${path}`)
  expect(answer.status, answer.text).toBe(400)
  return [answer.body.errorCode, answer.body.data.usedBy]
}

const incoming = { id: 'in', type: 'INCOMING' }
const way = (fromIvrComponentId: string, toIvrComponentId: string) => ({ fromIvrComponentId, toIvrComponentId })
const goodbye = { id: 'bye', type: 'HANGUP', goodBye: '' }
const menu = (id: string, digits: readonly string[], prompt = '') => ({
  id,
  type: 'MENU',
  initPromptId: prompt,
  menuPromptId: prompt,
  allowBargeInDuringInitPrompt: true,
  menuRepeatDelay: 5,
  dtmf: digits.map((digit) => ({ id: `${id}-${digit}`, type: 'DTMF', digit })),
  failure: { id: `${id}-failure`, type: 'MENU_FAILURE', menuTimeout: 5, invalidSelectionPrompt: prompt, maxInvalidSelections: 3 },
})

/** A second of mu-law silence. */
function silence(): Buffer {
  const bytes = Buffer.alloc(44 + 8000, 0xff)
  bytes.write('RIFF', 0, 'latin1')
  bytes.writeUInt32LE(36 + 8000, 4)
  bytes.write('WAVEfmt ', 8, 'latin1')
  for (const [at, value] of [[16, 16], [24, 8000], [28, 8000], [40, 8000]] as const) bytes.writeUInt32LE(value, at) // prettier-ignore
  for (const [at, value] of [[20, 7], [22, 1], [32, 1], [34, 8]] as const) bytes.writeUInt16LE(value, at) // prettier-ignore
  bytes.write('data', 36, 'latin1')
  return bytes
}

async function uploadPrompt(): Promise<{ readonly id: string; readonly url: string }> {
  const head = '--b\r\nContent-Disposition: form-data; name="file"; filename="Welcome.wav"\r\nContent-Type: audio/wav\r\n\r\n'
  const content = Buffer.concat([Buffer.from(head), silence(), Buffer.from('\r\n--b--\r\n')])
  const raw = { content, contentType: 'multipart/form-data; boundary=b' }
  return done(await tenant.http.post<{ id: string; url: string }>(`${account.path}/media_2`, undefined, { raw }))
}

describe('what a number can ring', () => {
  it('a device line, an IVR or a hunt group of the account, and nothing of another account', async () => {
    const { lineId } = await account.createLine(ann.userId)
    const ivrId = await make('ivr', { name: 'Menu', options: [{ digit: '1', action: 'TRANSFER', destination: '4000' }] })
    const groupId = await huntGroup()
    const number = `${account.path}/telephonenumber/${await account.addNumber()}`
    for (const [referenceType, referenceId] of [['LINE_APPEARANCE', lineId], ['IVR', ivrId], ['HUNT_GROUP', groupId]] as const) {
      done(await tenant.http.patch(number, { referenceType, referenceId }))
      expect(done(await tenant.http.get<NumberBody>(number))).toMatchObject({ referenceType, referenceId })
    } // prettier-ignore
    const other = await tenant.createAccount()
    const foreign = done(await tenant.http.post<Identified>(`${other.path}/hunt-group`, { name: 'Foreign' })).id
    const refused = await tenant.http.patch<ErrorBody>(number, { referenceType: 'HUNT_GROUP', referenceId: foreign })
    expect([refused.status, refused.body.errorCode]).toEqual([404, 'EntityNotFound'])
    expect(done(await tenant.http.get<NumberBody>(number)).referenceId).toBe(groupId)
  })

  it('S2-32, S2-41: a hunt group and a call queue get their number by their own path', async () => {
    const objects = [['hunt-group', await huntGroup()], ['call-queue', await make('call-queue', { name: 'Support' })]] as const // prettier-ignore
    for (const [path, id] of objects) {
      const telephoneNumber = await account.addNumber()
      done(await tenant.http.put(`${account.path}/${path}/${id}/telephone-number`, { telephoneNumber }))
      expect(done(await tenant.http.get<NumberBody>(`${account.path}/telephonenumber/${telephoneNumber}`)).referenceId).toBe(id)
      const [code, usedBy] = await refusedDeletion(`${path}/${id}`)
      expect([code, usedBy[0]?.type]).toEqual([path === 'hunt-group' ? 'HuntGroupInUse' : 'CallQueueInUse', 'TELEPHONE_NUMBER'])
    }
  })
})

describe('number → IVR → hunt group → user', () => {
  it('nobody in the chain is deleted before what points at it, and each says who that is', async () => {
    const groupId = await huntGroup()
    const ivrId = await make('ivr', {
      name: 'Front desk',
      ivrComponents: [incoming, { id: 'sales', type: 'LINE_HUNTGROUP', lineHuntGroupId: groupId }],
      ivrComponentMappings: [way('in', 'sales')],
    })
    const phoneNumber = await account.addNumber()
    done(await tenant.http.patch(`${account.path}/telephonenumber/${phoneNumber}`, { referenceType: 'IVR', referenceId: ivrId }))
    expect(await refusedDeletion(`user/${ann.userId}`)).toEqual([
      'EndUserInUse',
      [expect.objectContaining({ type: 'HUNT_GROUP', id: groupId, role: 'member' })],
    ])
    expect(await refusedDeletion(`hunt-group/${groupId}`)).toEqual(['HuntGroupInUse', [expect.objectContaining({ type: 'IVR', name: 'Front desk' })]])
    expect(await refusedDeletion(`ivr/${ivrId}`)).toEqual(['IVRInUse', [expect.objectContaining({ type: 'TELEPHONE_NUMBER', id: phoneNumber })]])
    expect(await usersOf('HUNT_GROUP', groupId)).toMatchObject([{ type: 'IVR', id: ivrId, role: 'destination' }])
    expect(await usersOf('IVR', ivrId)).toMatchObject([{ type: 'TELEPHONE_NUMBER', id: phoneNumber }])
    done(await tenant.http.patch(`${account.path}/telephonenumber/${phoneNumber}`, { referenceType: 'END_USER', referenceId: bob.userId }))
    for (const path of [`ivr/${ivrId}`, `hunt-group/${groupId}`, `user/${ann.userId}`]) done(await tenant.http.delete(`${account.path}/${path}`))
    expect((await tenant.http.get(`${account.path}/user/${ann.userId}`)).status).toBe(404)
  })
})

describe('menus', () => {
  it('lead to a paging group or a pickup group, and a hunt group leads to a call queue', async () => {
    const members = await make('group', { name: 'All', type: 'USER', memberIds: [ann.userId, bob.userId] })
    const paging = await make('grouppaging', { name: 'Page', type: 'STANDARD', extension: '4900', groupIds: [members] })
    const pickup = await make('grouppickup', { name: 'Pick', groupIds: [members] })
    const to = (id: string, referenceType: string, referenceId: string) => ({ id, type: 'DESTINATION', destination: { referenceType, referenceId } })
    await make('ivr', {
      name: 'Warehouse',
      ivrComponents: [incoming, menu('m', ['1', '2']), to('page', 'PAGING_GROUP', paging), to('pick', 'PICKUP_GROUP', pickup), goodbye],
      ivrComponentMappings: [way('in', 'm'), way('m-1', 'page'), way('m-2', 'pick'), way('m-failure', 'bye')],
    })
    expect((await refusedDeletion(`grouppaging/${paging}`))[1]).toMatchObject([{ type: 'IVR', name: 'Warehouse' }])
    expect((await refusedDeletion(`grouppickup/${pickup}`))[1]).toMatchObject([{ type: 'IVR', name: 'Warehouse' }])
    const queue = await make('call-queue', { name: 'Later' })
    const group = await huntGroup({ overflow: { referenceType: 'CALL_QUEUE', referenceId: queue } })
    expect((await refusedDeletion(`call-queue/${queue}`))[1]).toMatchObject([{ type: 'HUNT_GROUP', id: group, role: 'overflow' }])
    const back = { overflow: { referenceType: 'HUNT_GROUP', referenceId: group } }
    expect((await tenant.http.patch<ErrorBody>(`${account.path}/call-queue/${queue}`, back)).body.errorCode).toBe('OverflowCircle')
  })

  it('have several levels and play prompts of the account, which stay while they are played', async () => {
    const prompt = await uploadPrompt()
    const sound = await fetch(prompt.url)
    expect([sound.status, sound.headers.get('content-type'), Buffer.from(await sound.arrayBuffer()).equals(silence())]).toEqual([200, 'audio/wav', true])
    const tree = {
      name: 'Two levels',
      ivrComponents: [incoming, menu('first', ['1', '9'], prompt.id), menu('second', ['1'], prompt.id), { id: 'ann', type: 'USER', userId: ann.userId }, goodbye],
      ivrComponentMappings: [way('in', 'first'), way('first-1', 'second'), way('second-1', 'ann'), way('first-9', 'bye'), way('first-failure', 'bye'), way('second-failure', 'first')],
    } // prettier-ignore
    const ivrId = await make('ivr', tree)
    expect(done(await tenant.http.get(`${account.path}/ivr/${ivrId}`))).toMatchObject(tree)
    expect((await refusedDeletion(`media/${prompt.id}`))[1]).toMatchObject([{ type: 'IVR', id: ivrId, role: 'prompt' }])
  })
})

describe('how several people are rung', () => {
  it('at once, in order, or in turn, as the hunt group says, in the order it was given', async () => {
    for (const strategy of ['SIMULTANEOUS', 'SEQUENTIAL', 'ROUND_ROBIN']) {
      const members = [{ userId: bob.userId, priority: 1 }, { userId: ann.userId, priority: 2 }] // prettier-ignore
      const id = await huntGroup({ strategy, members, ringTimeout: 15 })
      expect(done(await tenant.http.get(`${account.path}/hunt-group/${id}`))).toMatchObject({ strategy, members, ringTimeout: 15 })
    }
    const wrong = await tenant.http.post<ErrorBody>(`${account.path}/hunt-group`, { name: 'Odd', strategy: 'RANDOM' })
    expect([wrong.status, wrong.body.errorCode]).toEqual([400, 'InvalidStrategy'])
  })
})

describe('extensions', () => {
  it('are of one person or thing, and the directory has them all', async () => {
    const groupId = await huntGroup({ extension: '4100' })
    await make('call-queue', { name: 'Support', extension: '4200' })
    const taken = await tenant.http.post<ErrorBody>(`${account.path}/call-queue`, { name: 'Late', extension: '4100' })
    expect([taken.status, taken.body.errorCode]).toEqual([400, 'ExtensionAlreadyInUse'])
    const directory = done(await tenant.http.get<{ totalRecords: number; results: readonly unknown[] }>(`${account.path}/directory?limit=3`))
    expect(directory).toMatchObject({ totalRecords: 4, results: [{ extension: '4000', type: 'END_USER', id: ann.userId }, { extension: '4001' }, { extension: '4100', id: groupId }] }) // prettier-ignore
  })
})
