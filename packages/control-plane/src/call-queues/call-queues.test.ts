import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defaultMedia, defaultMediaFile } from '../reference-data/index.ts'

let platform: TestControlPlane
let base: string
let ann: string
const [arpeggio] = defaultMedia('HoldMusic')

beforeAll(async () => {
  platform = await startTestControlPlane()
  base = await newAccount('queues')
  ann = String((await platform.call('POST', `${base}/user`, { firstName: 'Ann', lastName: 'A', extension: '4000' })).body['id'])
})
afterAll(() => platform.stop())

async function newAccount(accountNumber: string): Promise<string> {
  const accounts = `/v2/partition/${platform.partitionId}/account`
  return `${accounts}/${String((await platform.call('POST', accounts, { accountNumber, accountName: 'Queue' })).body['id'])}`
}

async function uploadPrompt(): Promise<string> {
  const sound = defaultMediaFile(arpeggio?.storageId ?? '') ?? Buffer.alloc(0)
  const head = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\n'
  const payload = Buffer.concat([Buffer.from(head), sound, Buffer.from('\r\n--b--\r\n')])
  const headers = { 'x-auth-token': platform.token, 'content-type': 'multipart/form-data; boundary=b' }
  return (await platform.plane.http.inject({ method: 'POST', url: `${base}/media_2`, headers, payload })).json<{ id: string }>().id
}

let made = 0
const create = (more: object = {}, at = base) => platform.call('POST', `${at}/call-queue`, { name: `Queue ${++made}`, ...more })
const refused = async (more: object) => (await create(more)).body['errorCode']

describe('a call queue', () => {
  it('in the short form has everything a caller needs', async () => {
    const queue = await create({ maxWaitTime: 300, holdMusic: 'default', positionAnnouncements: true, agents: [{ userId: ann }] })
    expect(queue, JSON.stringify(queue.body)).toMatchObject({
      status: 201,
      body: { maxWaitTime: 300, maxCallers: 100, strategy: 'LONGEST_IDLE', positionAnnouncements: true, wrapUpTime: 0, agents: [{ userId: ann, penalty: 0, skills: [] }] },
    }) // prettier-ignore
    expect(queue.body['holdMusic']).toBeUndefined()
    const item = `${base}/call-queue/${String(queue.body['id'])}`
    const patched = await platform.call('PATCH', item, { wrapUpTime: 30, extension: '4200' })
    expect(patched.body).toEqual({ ...queue.body, wrapUpTime: 30, extension: '4200' })
    expect((await platform.call('DELETE', `${base}/user/${ann}`)).body).toMatchObject({ errorCode: 'EndUserInUse' })
    expect((await platform.call('DELETE', item)).status).toBe(204)
  })

  it('has agents of the account with skills, and asks for skills somebody has', async () => {
    const skilled = await create({ requiredSkills: ['Spanish'], agents: [{ userId: ann, penalty: 3, skills: ['spanish ', 'Sales'] }] })
    expect(skilled.body).toMatchObject({ requiredSkills: ['spanish'], agents: [{ penalty: 3, skills: ['spanish', 'sales'] }] })
    expect(await refused({ requiredSkills: ['french'], agents: [{ userId: ann }] })).toBe('InvalidRequiredSkills')
    expect((await create({ requiredSkills: ['french'] })).status).toBe(201)
    expect(await refused({ agents: [{ userId: ann }, { userId: ann }] })).toBe('InvalidMember')
    expect((await create({ agents: [{ userId: ann }] }, await newAccount('other'))).status).toBe(404)
  })

  it('plays music of the platform or of the account, and no prompt', async () => {
    expect((await create({ holdMusic: arpeggio?.storageId })).body['holdMusic']).toBe(arpeggio?.storageId)
    expect((await create({ holdMusic: 'nothing' })).body).toMatchObject({ status: 404, data: { type: 'Media' } })
    expect(await refused({ holdMusic: await uploadPrompt() })).toBe('InvalidHoldMusic')
  })

  it('has agents that log in, out and pause; a change of the queue keeps that, and strangers are none', async () => {
    const bob = String((await platform.call('POST', `${base}/user`, { firstName: 'Bob', lastName: 'B', extension: '4001' })).body['id'])
    const queue = `${base}/call-queue/${String((await create({ agents: [{ userId: ann }, { userId: bob }] })).body['id'])}`
    const status = async () => (await platform.call('GET', `${queue}/status`)).body
    expect(await status()).toMatchObject({
      callsWaiting: 0,
      longestWaitSeconds: 0,
      agentsLoggedIn: 2,
      agents: [{ userId: ann, state: 'AVAILABLE', registered: false }, {}],
    })
    const since = new Date(platform.time.nowMs()).toISOString()
    const paused = await platform.call('PUT', `${queue}/agent/${ann}`, { state: 'PAUSED' })
    expect(paused).toMatchObject({ status: 200, body: { userId: ann, state: 'PAUSED', since } })
    await platform.call('PUT', `${queue}/agent/${bob}`, { state: 'LOGGED_OUT' })
    platform.time.advance(5_000)
    // Said again it is the same pause.
    await platform.call('PUT', `${queue}/agent/${ann}`, { state: 'PAUSED' })
    await platform.call('PATCH', queue, { wrapUpTime: 30 })
    expect(await status()).toMatchObject({ agentsLoggedIn: 1, agents: [{ state: 'PAUSED', since }, { state: 'LOGGED_OUT' }] })
    const seen = platform.plane.context.directory.snapshotOf(base.split('/').at(-1) ?? '')?.services
    const id = queue.split('/').at(-1) ?? ''
    expect(seen?.queues.get(id)?.agents.map(({ duty }) => duty)).toEqual(['PAUSED', 'LOGGED_OUT'])
    expect(seen?.ringGroups.get(`queue:${id}`)?.members).toEqual([])
    expect((await platform.call('PUT', `${queue}/agent/nobody`, { state: 'PAUSED' })).body).toMatchObject({ status: 404, data: { type: 'Agent' } })
    expect((await platform.call('PUT', `${queue}/agent/${ann}`, { state: 'BUSY' })).status).toBe(400)
    expect((await platform.call('GET', `${base}/call-queue/nothing/status`)).status).toBe(404)
    await platform.call('DELETE', queue)
  })

  it('names what is out of range', async () => {
    for (const [field, value] of [['maxWaitTime', 9], ['maxWaitTime', 7201], ['maxCallers', 0], ['maxCallers', 1001], ['wrapUpTime', 601], ['ringTimeout', 4]] as const)
      expect(await refused({ [field]: value }), `${field} ${value}`).toBe(`Invalid${field.charAt(0).toUpperCase()}${field.slice(1)}`) // prettier-ignore
    expect(await refused({ agents: [{ userId: ann, penalty: 101 }] })).toBe('InvalidPenalty')
    expect(await refused({ extension: '4000' })).toBe('ExtensionAlreadyInUse')
    expect(await refused({ overflow: { referenceType: 'VOICEMAIL', referenceId: 'nowhere' } })).toBe('EntityNotFound')
    await create({ name: 'Support' })
    expect(await refused({ name: 'support' })).toBe('DuplicateName')
  })
})
