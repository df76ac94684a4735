import { addNumberTo, startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { SYSTEM_ACTOR, systemScope } from '../access/index.ts'
import { switchForward } from './index.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

let platform: TestControlPlane
let accountId: string
let base: string
let lines: readonly string[]
let sequence = 0

beforeAll(async () => {
  platform = await startTestControlPlane()
})
afterAll(() => platform.stop())

async function newAccount(): Promise<string> {
  const accounts = `/v2/partition/${platform.partitionId}/account`
  return String((await platform.call('POST', accounts, { accountNumber: `HG-${++sequence}`, accountName: 'Lobby' })).body['id'])
}
async function newLine(name: string, on = base): Promise<string> {
  return String((await platform.call('POST', `${on}/business-line`, { name })).body['id'])
}
beforeEach(async () => {
  accountId = await newAccount()
  base = `/v2/partition/${platform.partitionId}/account/${accountId}`
  lines = [await newLine('Door 1'), await newLine('Door 2'), await newLine('Door 3')]
})

const groups = (rest = '') => `${base}/business-line-hunt-group${rest}`
const linear = (members: readonly unknown[] = lines.map((businessLineId, position) => ({ businessLineId, sequenceOrder: position + 1 }))) => ({
  '@type': 'LinearHuntingConfiguration',
  ringTimeoutSeconds: 20,
  members,
})
const create = (changes: object = {}) => platform.call('POST', groups(), { name: 'Doors', huntingConfiguration: linear(), ...changes })
async function newGroup(changes: object = {}): Promise<string> {
  const { status, body } = await create(changes)
  expect(status, JSON.stringify(body)).toBe(200)
  return String(body['id'])
}
const problem = (answer: { status: number; body: Record<string, unknown> }) => [answer.status, answer.body['errorCode']]

describe('hunt groups of business lines', () => {
  it('S1-99: are created, read, listed, replaced and deleted', async () => {
    const { status, body } = await create({ id: 'string', accountId: 'string', partitionId: 'string' })
    const expected = { id: body['id'], name: 'Doors', partitionId: platform.partitionId, accountId, huntingConfiguration: linear() }
    expect([status, body]).toEqual([200, expected])
    expect(body['id']).toMatch(/^[0-9a-f-]{36}$/)
    const item = groups(`/${String(body['id'])}`)
    expect((await platform.call('GET', item)).body).toEqual(expected)
    expect((await platform.call('GET', groups())).list).toEqual([expected])
    expect((await platform.call('PUT', item, { ...expected, name: 'Gates' })).body).toEqual({ ...expected, name: 'Gates' })
    expect((await platform.call('PATCH', item, { name: 'Doors' })).body).toEqual(expected)
    expect((await platform.call('DELETE', item)).status).toBe(204)
    expect(problem(await platform.call('GET', item))).toEqual([404, 'EntityNotFound'])
  })

  it('C-57: ring in line, in sequence, all at once or in turn', async () => {
    const [one, other] = lines
    const id = await newGroup()
    const kept = async (huntingConfiguration: object) =>
      (await platform.call('PUT', groups(`/${id}`), { name: 'Doors', huntingConfiguration })).body['huntingConfiguration']
    const sequential = {
      '@type': 'SequentialHuntingConfiguration',
      members: [
        { businessLineId: one, ringTimeoutSeconds: 5, sequenceOrder: 0 },
        { businessLineId: other, ringTimeoutSeconds: 0, sequenceOrder: 7 },
      ],
    }
    expect(await kept(sequential)).toEqual(sequential)
    expect(await kept({ ...sequential, members: sequential.members.toReversed() })).toEqual(sequential)
    const simultaneous = { '@type': 'SimultaneousHuntingConfiguration', ringTimeoutSeconds: 30, members: [other, one] }
    expect(await kept(simultaneous)).toEqual(simultaneous)
    const turn = { ...linear(), '@type': 'RoundRobinHuntingConfiguration' }
    expect(await kept(turn)).toEqual(turn)
  })

  it.each([
    ['no name', () => ({ name: undefined }), 400, 'NameRequired'],
    ['no hunting', () => ({ huntingConfiguration: undefined }), 400, 'HuntingConfigurationRequired'],
    ['hunting of no kind', () => ({ huntingConfiguration: { ...linear(), '@type': 'Chaotic' } }), 400, undefined],
    ['no time', () => ({ huntingConfiguration: { ...linear(), ringTimeoutSeconds: undefined } }), 400, 'RingTimeoutSecondsRequired'],
    ['a time below zero', () => ({ huntingConfiguration: { ...linear(), ringTimeoutSeconds: -1 } }), 400, undefined],
    ['an empty list', () => ({ huntingConfiguration: linear([]) }), 400, undefined],
    ['a member twice', () => ({ huntingConfiguration: linear([1, 2].map((sequenceOrder) => ({ businessLineId: lines[0], sequenceOrder }))) }), 400, 'DuplicateMembers'],
    ['a place twice', () => ({ huntingConfiguration: linear(lines.map((businessLineId) => ({ businessLineId, sequenceOrder: 1 }))) }), 400, 'DuplicateSequenceOrder'],
    ['no place', () => ({ huntingConfiguration: linear([{ businessLineId: lines[0] }]) }), 400, undefined],
    ['a line of nobody', () => ({ huntingConfiguration: linear([{ businessLineId: '9231f6e3-32b6-4e8c-b6d4-cb51227a54c7', sequenceOrder: 1 }]) }), 404, 'EntityNotFound'],
    ['a forward of nobody', () => ({ activeForwardConfigurationId: '9231f6e3-32b6-4e8c-b6d4-cb51227a54c7' }), 404, 'EntityNotFound'],
  ] as const)('%s is refused, nothing is stored', async (_what, changes, status, code) => {
    const answer = await create(changes())
    expect(answer.status, JSON.stringify(answer.body)).toBe(status)
    if (code !== undefined) expect(answer.body['errorCode']).toBe(code)
    expect((await platform.call('GET', groups())).list).toEqual([])
  }) // prettier-ignore

  it('a line of another account is no member, and a group of another account is not found', async () => {
    const other = `/v2/partition/${platform.partitionId}/account/${await newAccount()}`
    const foreign = await newLine('Theirs', other)
    expect(problem(await create({ huntingConfiguration: linear([{ businessLineId: foreign, sequenceOrder: 1 }]) }))).toEqual([404, 'EntityNotFound'])
    const id = await newGroup()
    for (const rest of ['', '/failover-action/BUSY', '/forward-configuration', '/forward-configuration/*/constraints/star-code'])
      expect((await platform.call('GET', `${other}/business-line-hunt-group/${id}${rest}`)).status).toBe(404)
    expect((await platform.call('DELETE', `${other}/business-line-hunt-group/${id}`)).status).toBe(404)
  })

  it('a line in a group stays, and so does a group that a number rings', async () => {
    const id = await newGroup()
    expect(problem(await platform.call('DELETE', `${base}/business-line/${String(lines[0])}`))).toEqual([400, 'BusinessLineInUse'])
    const number = await addNumberTo(platform, accountId, ++sequence)
    const patched = await platform.call('PATCH', `${base}/telephonenumber/${number}`, { referenceType: 'LINE_HUNTGROUP', referenceId: id })
    expect(patched.status, JSON.stringify(patched.body)).toBe(200)
    expect(problem(await platform.call('DELETE', groups(`/${id}`)))).toEqual([400, 'BusinessLineHuntGroupInUse'])
    expect((await platform.call('GET', groups(`/${id}`))).status).toBe(200)
  })

  it('a race of deleting a line and taking it into a group leaves one of them', async () => {
    const fresh = await newLine('Door 4')
    const [deleted, created] = await Promise.all([
      platform.call('DELETE', `${base}/business-line/${fresh}`),
      create({ huntingConfiguration: linear([{ businessLineId: fresh, sequenceOrder: 1 }]) }),
    ])
    expect([deleted.status, created.status]).toEqual(deleted.status === 204 ? [204, 404] : [400, 200])
  })
})

describe('failover of a hunt group', () => {
  const action = (id: string, reason: string, body?: object) =>
    platform.call(body === undefined ? 'GET' : 'PUT', groups(`/${id}/failover-action/${reason}`), body)

  it('is busy at first, then what was put, by reason; a new hunting keeps it', async () => {
    const id = await newGroup()
    expect((await action(id, 'BUSY')).body).toEqual({ '@type': 'BusyFailoverAction', failoverReason: 'BUSY' })
    const box = await platform.call('POST', `${base}/business-line/voicemail-box`, { name: 'Doors' })
    const voicemail = { '@type': 'VoicemailFailoverAction', failoverReason: 'NO_ANSWER', voicemailBoxId: box.body['id'] }
    expect((await action(id, 'NO_ANSWER', voicemail)).body).toEqual(voicemail)
    const forward = { '@type': 'ForwardFailoverAction', failoverReason: 'UNREGISTERED', forwardToPhoneNumber: '18015551212' }
    expect((await action(id, 'UNREGISTERED', forward)).body).toEqual(forward)
    await platform.call('PUT', groups(`/${id}`), { name: 'Doors', huntingConfiguration: linear() })
    await platform.call('PATCH', groups(`/${id}`), { name: 'Gates' })
    expect((await action(id, 'NO_ANSWER')).body).toEqual(voicemail)
    expect((await action(id, 'UNREGISTERED')).body).toEqual(forward)
    const boxItem = `${base}/business-line/voicemail-box/${String(box.body['id'])}`
    expect((await platform.call('GET', `${boxItem}/views/expanded`)).body['assignedTo']).toEqual([{ id, display: 'Gates' }])
    expect(problem(await platform.call('DELETE', boxItem))).toEqual([400, 'VoicemailBoxInUse'])
  })

  it.each([
    ['another reason than the path', { '@type': 'BusyFailoverAction', failoverReason: 'NO_ANSWER' }, 400, 'InvalidFailoverReason'],
    ['no kind', { failoverReason: 'BUSY' }, 400, '@typeRequired'],
    ['a forward to nowhere', { '@type': 'ForwardFailoverAction' }, 400, 'ForwardToPhoneNumberRequired'],
    ['a forward to 911', { '@type': 'ForwardFailoverAction', forwardToPhoneNumber: '911' }, 400, 'InvalidForwardToPhoneNumber'],
    ['voicemail without a box', { '@type': 'VoicemailFailoverAction' }, 400, 'VoicemailBoxIdRequired'],
    ['a box of nobody', { '@type': 'VoicemailFailoverAction', voicemailBoxId: 'AAAAAAAAAAAAAAAAAAAAAA' }, 404, 'EntityNotFound'],
  ])('%s is refused', async (_what, body, status, code) => {
    const id = await newGroup()
    expect(problem(await action(id, 'BUSY', body))).toEqual([status, code])
    expect((await action(id, 'BUSY')).body['@type']).toBe('BusyFailoverAction')
  })

  it('of an unknown reason or group is refused', async () => {
    expect((await action(await newGroup(), 'BORED')).status).toBe(400)
    expect((await action('9231f6e3-32b6-4e8c-b6d4-cb51227a54c7', 'BUSY')).status).toBe(404)
  })
})

describe('forwards of a hunt group', () => {
  const forwards = (id: string, rest = '') => groups(`/${id}/forward-configuration${rest}`)
  const night = (changes: object = {}) => ({
    name: 'Night',
    starCode: '*31',
    forwardConfigurationType: 'FIXED',
    forwardToPhoneNumber: '18015551212',
    ...changes,
  })
  const codes = async (id: string, forward = '*') =>
    (await platform.call('GET', forwards(id, `/${forward}/constraints/star-code`))).body['constraintValue'] as readonly string[]

  it('are created, read, listed, replaced and deleted', async () => {
    const id = await newGroup()
    const { status, body } = await platform.call('POST', forwards(id), { ...night(), huntGroupId: 'string' })
    expect([status, body]).toEqual([200, { id: expect.stringMatching(/^[0-9a-f-]{36}$/), huntGroupId: id, ...night() }])
    const item = forwards(id, `/${String(body['id'])}`)
    expect((await platform.call('GET', item)).body).toEqual(body)
    expect((await platform.call('GET', forwards(id))).list).toEqual([body])
    expect((await platform.call('PUT', item, night({ forwardConfigurationType: 'VARIABLE' }))).body).toEqual({ ...body, forwardConfigurationType: 'VARIABLE' })
    expect((await platform.call('DELETE', item)).status).toBe(204)
    expect(problem(await platform.call('GET', item))).toEqual([404, 'EntityNotFound'])
  })

  it.each([
    ['no name', { name: undefined }, 400, 'NameRequired'],
    ['no code', { starCode: undefined }, 400, 'StarCodeRequired'],
    ['a code without a star', { starCode: '31' }, 400, 'InvalidStarCode'],
    ['a code that phones know for something else', { starCode: '*72' }, 400, 'InvalidStarCode'],
    ['another kind', { forwardConfigurationType: 'SOMETIMES' }, 400, 'InvalidForwardConfigurationType'],
    ['no number', { forwardToPhoneNumber: undefined }, 400, 'ForwardToPhoneNumberRequired'],
    ['911', { forwardToPhoneNumber: '911' }, 400, 'InvalidForwardToPhoneNumber'],
  ])('%s is refused', async (_what, changes, status, code) => {
    const id = await newGroup()
    expect(problem(await platform.call('POST', forwards(id), night(changes)))).toEqual([status, code])
    expect((await platform.call('GET', forwards(id))).list).toEqual([])
  })

  it('a star code is of one forward in the account; the free ones are told, with that of the forward itself', async () => {
    const [id, other] = [await newGroup(), await newGroup({ huntingConfiguration: linear() })]
    const free = await codes('*')
    expect(free).toContain('*31')
    expect(free).not.toContain('*72')
    const one = await platform.call('POST', forwards(id), night())
    expect(problem(await platform.call('POST', forwards(other), night()))).toEqual([400, 'DuplicateStarCode'])
    expect(await codes(other)).not.toContain('*31')
    expect(await codes(id, String(one.body['id']))).toContain('*31')
    const answers = await Promise.all([id, other].map((group) => platform.call('POST', forwards(group), night({ starCode: '*32' }))))
    expect(answers.map((answer) => answer.status).toSorted((left, right) => left - right)).toEqual([200, 400])
  })

  it('the dial plan of the partition has its codes for itself, or keeps some for hunt groups', async () => {
    const created = await platform.call('POST', `/v2/partition/${platform.partitionId}/partition`, {
      name: `Plan ${++sequence}`,
      manager: { username: `plan-${sequence}@example.com`, password: 'Another-horse-2', firstName: 'Pat', lastName: 'Plan' },
    })
    const partition = `/v2/partition/${String(created.body['id'])}`
    const account = await platform.call('POST', `${partition}/account`, { accountNumber: 'PLAN', accountName: 'Plan' })
    const free = async () =>
      (
        await platform.call(
          'GET',
          `${partition}/account/${String(account.body['id'])}/business-line-hunt-group/*/forward-configuration/*/constraints/star-code`,
        )
      ).body['constraintValue']
    const rules = async (...serviceDialPlanRules: object[]) =>
      expect((await platform.call('PUT', partition, { name: `Plan ${sequence}`, serviceDialPlanRules })).status).toBe(200)
    await rules({ mask: '*3x', actionType: 'CallTrace' })
    expect(await free()).not.toContain('*31')
    expect(await free()).toContain('*41')
    await rules({ mask: '*72', actionType: 'ReservedForHuntGroup' }, { mask: '*44', actionType: 'ReservedForHuntGroup' })
    expect(await free()).toEqual(['*44', '*72'])
  })

  it('is switched on and off from a phone, with another number if one was dialed, and by nobody else than its group', async () => {
    const id = await newGroup()
    const forward = String((await platform.call('POST', forwards(id), night())).body['id'])
    const scope = systemScope(platform.partitionId, accountId)
    const toggle = (isOn: boolean, forwardToPhoneNumber?: string) =>
      switchForward(platform.plane.context, SYSTEM_ACTOR, scope, { configurationId: forward, isOn, forwardToPhoneNumber })
    const active = async () => (await platform.call('GET', groups(`/${id}`))).body['activeForwardConfigurationId']
    expect((await toggle(true)).ok).toBe(true)
    expect(await active()).toBe(forward)
    expect((await toggle(true, '12125550100')).ok).toBe(true)
    expect((await platform.call('GET', forwards(id, `/${forward}`))).body['forwardToPhoneNumber']).toBe('12125550100')
    expect(await toggle(true, '911')).toMatchObject({ ok: false })
    expect((await toggle(false)).ok).toBe(true)
    expect(await active()).toBeUndefined()
    const elsewhere = systemScope(platform.partitionId, await newAccount())
    expect(
      await switchForward(platform.plane.context, SYSTEM_ACTOR, elsewhere, { configurationId: forward, isOn: true, forwardToPhoneNumber: undefined }),
    ).toMatchObject({ ok: false })
  })

  it('one that is switched on stays, is one of the group itself, and goes with the group', async () => {
    const [id, other] = [await newGroup(), await newGroup()]
    const forward = String((await platform.call('POST', forwards(id), night())).body['id'])
    const activate = (group: string) =>
      platform.call('PUT', groups(`/${group}`), { name: 'Doors', huntingConfiguration: linear(), activeForwardConfigurationId: forward })
    expect(problem(await activate(other))).toEqual([404, 'EntityNotFound'])
    expect((await activate(id)).body['activeForwardConfigurationId']).toBe(forward)
    expect(problem(await platform.call('DELETE', forwards(id, `/${forward}`)))).toEqual([400, 'ForwardConfigurationInUse'])
    expect(problem(await platform.call('GET', forwards(other, `/${forward}`)))).toEqual([404, 'EntityNotFound'])
    expect(problem(await platform.call('PUT', forwards(other, `/${forward}`), night()))).toEqual([404, 'EntityNotFound'])
    expect(problem(await platform.call('DELETE', forwards(other, `/${forward}`)))).toEqual([404, 'EntityNotFound'])
    expect((await platform.call('DELETE', groups(`/${id}`))).status).toBe(204)
    expect((await platform.call('GET', forwards(id))).status).toBe(404)
    expect(await codes(other)).toContain('*31')
  })
})
