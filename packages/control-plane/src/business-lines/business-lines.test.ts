import { addNumberTo, startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

let platform: TestControlPlane
let base: string
let accountId: string
let number: string
let sequence = 0

beforeAll(async () => {
  platform = await startTestControlPlane()
})
afterAll(() => platform.stop())

async function newAccount(): Promise<string> {
  sequence++
  const created = await platform.call('POST', `/v2/partition/${platform.partitionId}/account`, { accountNumber: `BL-${sequence}`, accountName: 'Lobby' })
  return String(created.body['id'])
}
const addNumber = (to = accountId): Promise<string> => addNumberTo(platform, to, sequence++)

beforeEach(async () => {
  accountId = await newAccount()
  base = `/v2/partition/${platform.partitionId}/account/${accountId}`
  number = await addNumber()
})

const mac = (): string => (++sequence).toString(16).padStart(12, 'b')
const create = (body: Record<string, unknown> = { name: 'West Lobby' }) => platform.call('POST', `${base}/business-line`, body)
async function newLine(body?: Record<string, unknown>): Promise<string> {
  const { status, body: line } = await create(body)
  expect(status, JSON.stringify(line)).toBe(200)
  return String(line['id'])
}
const item = (id: string, rest = '') => `${base}/business-line/${id}${rest}`
const problem = (answer: { status: number; body: Record<string, unknown> }) => [answer.status, answer.body['errorCode']]

describe('a business line', () => {
  it('S1-101 S1-103: is created, read, listed, replaced and deleted; without a number its name is ANONYMOUS', async () => {
    const { status, body } = await create({ id: 'string', name: 'Line 2', callerIdVisible: true, accountId: 'string', partitionId: 'string' })
    expect([status, body]).toEqual([
      200,
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        name: 'Line 2',
        callerIdName: 'ANONYMOUS',
        callerIdVisible: true,
        accountId,
        partitionId: platform.partitionId,
      },
    ])
    const id = String(body['id'])
    expect((await platform.call('GET', item(id))).body).toEqual(body)
    expect((await platform.call('GET', `${base}/business-line`)).list).toEqual([body])
    const replaced = await platform.call('PUT', item(id), { name: 'Line 3', callerIdPhoneNumber: number.slice(1), emergencyCallbackPhoneNumber: number })
    expect(replaced.body).toMatchObject({ name: 'Line 3', callerIdPhoneNumber: number, callerIdName: 'LOBBY INC', emergencyCallbackPhoneNumber: number })
    expect((await platform.call('PUT', item(id), { ...replaced.body, callerIdVisible: false })).body['callerIdName']).toBe('ANONYMOUS')
    expect((await platform.call('DELETE', item(id))).status).toBe(204)
    expect(problem(await platform.call('GET', item(id)))).toEqual([404, 'EntityNotFound'])
    expect(problem(await platform.call('DELETE', item(id)))).toEqual([404, 'EntityNotFound'])
  })

  it.each([
    ['no name', { name: undefined }, 'NameRequired'],
    ['a caller ID that is not on the account', { callerIdPhoneNumber: '18015551212' }, 'InvalidCallerIdPhoneNumber'],
    ['a caller ID that is no number', { callerIdPhoneNumber: 'string' }, 'InvalidCallerIdPhoneNumber'],
    ['a short caller ID', { callerIdPhoneNumber: '1801' }, 'InvalidCallerIdPhoneNumber'],
    ['a callback number of nobody', { emergencyCallbackPhoneNumber: '18015551212' }, 'InvalidEmergencyCallbackPhoneNumber'],
  ])('S1-101: %s is refused, nothing is stored', async (_what, changes, code) => {
    expect(problem(await create({ name: 'West Lobby', ...changes }))).toEqual([400, code])
    expect((await platform.call('GET', `${base}/business-line`)).list).toEqual([])
  })

  it('a number of another account is not its own, not even when it is the same customer’s', async () => {
    const foreign = await addNumber(await newAccount())
    expect(problem(await create({ name: 'x', callerIdPhoneNumber: foreign }))).toEqual([400, 'InvalidCallerIdPhoneNumber'])
  })

  it('the call plane knows its login, its caller ID and whom help calls back', async () => {
    const id = await newLine({ name: 'West Lobby', callerIdPhoneNumber: number, emergencyCallbackPhoneNumber: number })
    const { sipUsername } = (await platform.call('GET', item(id, '/sip-credentials'))).body
    const { view } = platform.plane
    expect(view.credentialsOf(String(sipUsername))).toMatchObject({ lineId: id, accountId, adminState: 'ACTIVE' })
    expect(view.snapshotOf(accountId)?.lines.get(id)).toMatchObject({
      userId: undefined,
      emergencyNumber: number,
      callerId: { number, name: 'West Lobby', visible: true },
    })
    await platform.call('PUT', item(id), { name: 'West Lobby', callerIdPhoneNumber: number, callerIdVisible: false })
    expect(view.snapshotOf(accountId)?.lines.get(id)).toMatchObject({ emergencyNumber: undefined, callerId: { visible: false } })
    await platform.call('DELETE', item(id))
    expect(view.credentialsOf(String(sipUsername))).toBeUndefined()
  })

  it('every change is in the history of the account', async () => {
    const id = await newLine()
    await platform.call('PUT', item(id), { name: 'East Lobby' })
    await platform.call('PUT', item(id, '/call-handling'), { activeCallHandling: 'FORWARD', forwardToPhoneNumber: '18015550199' })
    await platform.call('PUT', item(id, '/sip-credentials'), { sipUsername: `lobby-${id}`.slice(0, 36), sipPassword: 'a-long-secret' })
    await platform.call('POST', item(id, '/port-assignment'), { deviceTypeId: 'SPA112', portNumber: 1, macAddress: mac() })
    await platform.call('DELETE', item(id))
    const rows = await platform.plane.context.database.sql
      .selectFrom('account_history')
      .selectAll()
      .where('reference_id', '=', id)
      .orderBy('sequence')
      .execute()
    expect(rows.map((row) => `${row.type} ${row.action}`)).toEqual([
      'BUSINESS_LINE CREATE',
      'BUSINESS_LINE UPDATE',
      'CALL_FORWARDING UPDATE',
      'SIP_CREDENTIALS UPDATE',
      'PROVISIONING UPDATE',
      'BUSINESS_LINE DELETE',
    ])
    expect(JSON.stringify(rows)).not.toContain('a-long-secret')
  })

  it('a line that a number rings stays, and so does a number that a line shows', async () => {
    const id = await newLine({ name: 'West Lobby', callerIdPhoneNumber: number })
    const patched = await platform.call('PATCH', `${base}/telephonenumber/${number}`, { referenceType: 'BUSINESS_LINE', referenceId: id })
    expect(patched.status, JSON.stringify(patched.body)).toBe(200)
    expect(problem(await platform.call('DELETE', item(id)))).toEqual([400, 'BusinessLineInUse'])
    expect((await platform.call('DELETE', `${base}/telephonenumber/${number}`)).status).toBe(400)
    expect((await platform.call('GET', item(id))).status).toBe(200)
  })

  it('a race of deleting a line and ringing it with a number leaves one of them', async () => {
    const id = await newLine()
    const [deleted, assigned] = await Promise.all([
      platform.call('DELETE', item(id)),
      platform.call('PATCH', `${base}/telephonenumber/${number}`, { referenceType: 'BUSINESS_LINE', referenceId: id }),
    ])
    expect([deleted.status, assigned.status]).toEqual(deleted.status === 204 ? [204, 404] : [400, 200])
  })
})

describe('call handling', () => {
  const handling = {
    activeCallHandling: 'RING_LINE',
    callWaitingEnabled: true,
    busyFailoverAction: { '@type': 'VoicemailRingFailoverAction' },
    unregisteredFailoverAction: { '@type': 'VoicemailRingFailoverAction' },
    ringTimeoutConfiguration: { '@type': 'UnlimitedRingTimeoutConfiguration' },
    forwardToPhoneNumber: '172049281',
  }
  const put = (id: string, body: Record<string, unknown>) => platform.call('PUT', item(id, '/call-handling'), body)

  it('S1-105 S1-106 S1-107 S1-111 S1-112: is that of a new line, then what was put', async () => {
    const id = await newLine()
    expect((await platform.call('GET', item(id, '/call-handling'))).body).toEqual({
      activeCallHandling: 'RING_LINE',
      callWaitingEnabled: true,
      busyFailoverAction: { '@type': 'BusyRingFailoverAction' },
      unregisteredFailoverAction: { '@type': 'BusyRingFailoverAction' },
      ringTimeoutConfiguration: { '@type': 'UnlimitedRingTimeoutConfiguration' },
    })
    expect((await put(id, handling)).body).toEqual(handling)
    expect((await platform.call('GET', item(id, '/call-handling'))).body).toEqual(handling)
  })

  it('S1-108 S1-109 S1-110: every form of the unions is kept', async () => {
    const id = await newLine()
    const box = await platform.call('POST', `${base}/voicemailbox`, { name: 'Lobby', type: 'BUSINESS_LINE' })
    const full = {
      activeCallHandling: 'FORWARD',
      callWaitingEnabled: false,
      busyFailoverAction: { '@type': 'BusyRingFailoverAction' },
      unregisteredFailoverAction: { '@type': 'ForwardRingFailoverAction', forwardToPhoneNumber: '18015551212' },
      ringTimeoutConfiguration: {
        '@type': 'LimitedRingTimeoutConfiguration',
        timeoutSeconds: 20,
        noAnswerAction: { '@type': 'VoicemailRingFailoverAction' },
      },
      forwardToPhoneNumber: '18015551213',
      voicemailBoxId: box.body['id'],
    }
    expect((await put(id, full)).body).toEqual(full)
    const { voicemailBoxId, ...rest } = full
    expect((await put(id, { ...rest, voicemailBoxID: voicemailBoxId })).body).toEqual(full)
    expect(problem(await platform.call('DELETE', `${base}/voicemailbox/${String(voicemailBoxId)}`))).toEqual([400, 'VoicemailBoxInUse'])
    expect((await put(id, handling)).status).toBe(200)
    expect((await platform.call('DELETE', `${base}/voicemailbox/${String(voicemailBoxId)}`)).status).toBe(204)
  })

  it.each([
    ['no activeCallHandling', { activeCallHandling: undefined }, 400, 'ActiveCallHandlingRequired'],
    ['an unknown one', { activeCallHandling: 'RING_USER' }, 400, 'InvalidActiveCallHandling'],
    ['a forward to nowhere', { activeCallHandling: 'FORWARD', forwardToPhoneNumber: undefined }, 400, 'ForwardToPhoneNumberRequired'],
    ['a failover to nowhere', { busyFailoverAction: { '@type': 'ForwardRingFailoverAction' } }, 400, 'ForwardToPhoneNumberRequired'],
    ['a union of another kind', { busyFailoverAction: { '@type': 'BusyFailoverAction' } }, 400, 'InvalidBusyFailoverAction.@type'],
    ['a union without a kind', { unregisteredFailoverAction: {} }, 400, '@typeRequired'],
    ['a time without what comes after it', { ringTimeoutConfiguration: { '@type': 'LimitedRingTimeoutConfiguration', timeoutSeconds: 5 } }, 400, 'NoAnswerActionRequired'],
    ['no time at all', { ringTimeoutConfiguration: { '@type': 'LimitedRingTimeoutConfiguration', timeoutSeconds: 0, noAnswerAction: { '@type': 'BusyRingFailoverAction' } } }, 400, undefined],
    ['a forward to words', { forwardToPhoneNumber: 'string' }, 400, 'InvalidForwardToPhoneNumber'],
    ['a forward to 911', { forwardToPhoneNumber: '911' }, 400, 'InvalidForwardToPhoneNumber'],
    ['a forward to an extension of nobody', { forwardToPhoneNumber: '4711' }, 404, 'EntityNotFound'],
    ['a box that is not there', { voicemailBoxId: ' Voicemail 1' }, 404, 'EntityNotFound'],
  ] as const)('S1-105 S1-107 S1-108: %s is refused, the old one stays', async (_what, changes, status, code) => {
    const id = await newLine()
    const answer = await put(id, { ...handling, ...changes })
    expect(answer.status, JSON.stringify(answer.body)).toBe(status)
    if (code !== undefined && !code.includes('@')) expect(answer.body['errorCode']).toBe(code)
    expect((await platform.call('GET', item(id, '/call-handling'))).body['busyFailoverAction']).toEqual({ '@type': 'BusyRingFailoverAction' })
  }) // prettier-ignore

  it('a box of another account is not found', async () => {
    const id = await newLine()
    const other = `/v2/partition/${platform.partitionId}/account/${await newAccount()}`
    const box = await platform.call('POST', `${other}/voicemailbox`, { name: 'Theirs', type: 'BUSINESS_LINE' })
    expect(problem(await put(id, { ...handling, voicemailBoxId: box.body['id'] }))).toEqual([404, 'EntityNotFound'])
    expect((await platform.call('GET', `${other}/business-line/${id}/call-handling`)).status).toBe(404)
  })
})

describe('the port of a line', () => {
  const port = (id: string, rest = '') => item(id, `/port-assignment${rest}`)

  it('S1-99: is assigned, changed and taken away; GET is 404 before and after', async () => {
    const id = await newLine({ name: 'West Lobby', emergencyCallbackPhoneNumber: number })
    expect(problem(await platform.call('GET', port(id)))).toEqual([404, 'EntityNotFound'])
    const macAddress = mac()
    expect(problem(await platform.call('PUT', port(id), { deviceTypeId: 'SPA112' }))).toEqual([404, 'EntityNotFound'])
    const posted = await platform.call('POST', port(id), { macAddress: macAddress.toUpperCase(), portNumber: 2, deviceTypeId: 'SPA112', faxEnabled: false })
    expect([posted.status, posted.body]).toEqual([200, { businessLineId: id, macAddress, portNumber: 2, deviceTypeId: 'SPA112', faxEnabled: false }])
    expect((await platform.call('GET', port(id))).body).toEqual(posted.body)
    expect(problem(await platform.call('POST', port(id), { macAddress, portNumber: 1, deviceTypeId: 'SPA112' }))).toEqual([400, 'PortAlreadyAssigned'])
    expect((await platform.call('PUT', port(id), { macAddress, portNumber: 1, deviceTypeId: 'SPA112' })).body['portNumber']).toBe(1)
    platform.registered.add(id)
    expect((await platform.call('DELETE', port(id))).status).toBe(204)
    expect(platform.registered.has(id)).toBe(false)
    expect(problem(await platform.call('GET', port(id)))).toEqual([404, 'EntityNotFound'])
    expect(problem(await platform.call('DELETE', port(id)))).toEqual([404, 'EntityNotFound'])
    expect((await platform.call('GET', `${base}/device/${macAddress}`)).status).toBe(404)
  })

  it.each([
    ['a port beyond the device', { portNumber: 3 }, 400, 'InvalidLineNumber'],
    ['a port beyond all devices', { portNumber: 101 }, 400, 'InvalidPortNumber'],
    ['no port of a device with a MAC', { portNumber: undefined }, 400, 'PortNumberRequired'],
    ['no device type', { deviceTypeId: undefined }, 400, 'DeviceTypeIdRequired'],
    ['a device type of nobody', { deviceTypeId: 'Toaster' }, 404, 'EntityNotFound'],
    ['a MAC that is none', { macAddress: 'zz' }, 400, 'InvalidMacAddress'],
  ])('%s is refused', async (_what, changes, status, code) => {
    const id = await newLine()
    expect(problem(await platform.call('POST', port(id), { macAddress: mac(), portNumber: 1, deviceTypeId: 'SPA112', ...changes }))).toEqual([status, code])
    expect((await platform.call('GET', port(id))).status).toBe(404)
  })

  it('two lines at once on one port: one of them has it', async () => {
    const [one, other] = [await newLine(), await newLine()]
    const place = { macAddress: mac(), portNumber: 1, deviceTypeId: 'SPA112' }
    const answers = await Promise.all([one, other].map((id) => platform.call('POST', port(id), place)))
    expect(answers.map((answer) => answer.status).toSorted((left, right) => left - right)).toEqual([200, 400])
  })

  it('a device is swapped with all its lines, and what it last asked for is told', async () => {
    const [one, other] = [await newLine(), await newLine()]
    const macAddress = mac()
    await platform.call('POST', port(one), { macAddress, portNumber: 1, deviceTypeId: 'SPA112' })
    await platform.call('POST', port(other), { macAddress, portNumber: 2, deviceTypeId: 'SPA112' })
    const next = mac()
    const swapped = await platform.call('POST', port(one, '/rpc/swap'), { macAddress: next, deviceTypeId: 'SPA112' })
    expect([swapped.status, swapped.body]).toMatchObject([200, { businessLineId: one, macAddress: next, portNumber: 1 }])
    expect((await platform.call('GET', port(other))).body['macAddress']).toBe(next)
    expect((await platform.call('GET', port(one, '/push-provisioning-logs'))).body).toMatchObject({ businessLineId: one, macAddress: next, logs: [] })
    const portless = await newLine()
    expect(problem(await platform.call('POST', port(portless, '/rpc/swap'), { macAddress: mac(), deviceTypeId: 'SPA112' }))).toEqual([404, 'EntityNotFound'])
    expect(problem(await platform.call('GET', port(portless, '/push-provisioning-logs')))).toEqual([404, 'EntityNotFound'])
  })

  it('the registration says whether the phone is there, and whether its device is out of service', async () => {
    const id = await newLine()
    expect((await platform.call('GET', item(id, '/registration'))).body).toEqual({ registered: false, lockedOut: false })
    platform.registered.add(id)
    await platform.call('POST', port(id), { deviceTypeId: 'SPA112', portNumber: 1, macAddress: mac() })
    const [device] = (await platform.call('GET', `${base}/device`)).list
    await platform.call('PUT', `${base}/device/${String(device?.['id'])}`, { status: 'INACTIVE' })
    expect((await platform.call('GET', item(id, '/registration'))).body).toMatchObject({ lockedOut: true })
  })
})

describe('the login of a line', () => {
  it('shows its username alone, is replaced whole, and puts the old phone out', async () => {
    const id = await newLine()
    const before = await platform.call('GET', item(id, '/sip-credentials'))
    expect(before.body).toEqual({ sipUsername: expect.stringMatching(/^[a-z2-9]{14}$/) })
    platform.registered.add(id)
    const sipUsername = `lobby-${sequence}-phone`
    const available = () => platform.call('GET', item(id, `/sip-credentials/username-availability-check/${sipUsername}`))
    expect((await available()).body).toBe(true)
    const put = await platform.call('PUT', item(id, '/sip-credentials'), { sipUsername, sipPassword: 'a-long-secret' })
    expect([put.status, put.body]).toEqual([200, { sipUsername }])
    expect(platform.registered.has(id)).toBe(false)
    expect(platform.plane.view.credentialsOf(sipUsername)).toMatchObject({ lineId: id })
    expect(platform.plane.view.credentialsOf(String(before.body['sipUsername']))).toBeUndefined()
    const other = await newLine()
    expect((await available()).body).toBe(true)
    expect((await platform.call('GET', item(other, `/sip-credentials/username-availability-check/${sipUsername}`))).body).toBe(false)
    expect(problem(await platform.call('PUT', item(other, '/sip-credentials'), { sipUsername, sipPassword: 'a-long-secret' }))).toEqual([
      400,
      'SipUsernameInUse',
    ])
    expect(problem(await platform.call('PUT', item(other, '/sip-credentials'), { sipUsername: 'another-one' }))).toEqual([400, 'SipPasswordRequired'])
    expect(problem(await platform.call('PUT', item(other, '/sip-credentials'), { sipUsername: 'another-one', sipPassword: 'x' }))).toEqual([
      400,
      'InvalidSipPassword',
    ])
  })

  it('the expanded views have everything of a line, and no password', async () => {
    const id = await newLine({ name: 'West Lobby', callerIdPhoneNumber: number })
    const { sipUsername } = (await platform.call('GET', item(id, '/sip-credentials'))).body
    const one = await platform.call('GET', item(id, '/views/expanded'))
    expect(one.body).toMatchObject({ id, name: 'West Lobby', callHandling: { activeCallHandling: 'RING_LINE' }, sipCredentials: { sipUsername } })
    expect(one.body).not.toHaveProperty('device')
    const macAddress = mac()
    await platform.call('POST', item(id, '/port-assignment'), { deviceTypeId: 'SPA112', portNumber: 2, macAddress })
    const { list } = await platform.call('GET', `${base}/business-line/views/expanded`)
    expect(list).toEqual([{ ...one.body, device: { macAddress, portNumber: 2, deviceTypeId: 'SPA112', faxEnabled: false } }])
    expect(JSON.stringify(list)).not.toMatch(/password/i)
  })
})
