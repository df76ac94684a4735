import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import type { ErrorBody } from './http-client.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { statusOf } from './phones/sip-text.ts'
import { type Account, done, Tenant, unique, uniqueMac } from './tenant.ts'

interface Line {
  readonly id: string
  readonly [field: string]: unknown
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

let tenant: Tenant
let account: Account
let number: string
const phones: ScriptedPhone[] = []

beforeAll(async () => {
  tenant = await Tenant.logIn()
  account = await tenant.createAccount()
  number = await account.addNumber()
})

afterEach(() => {
  for (const phone of phones.splice(0)) phone.close()
})

const path = (id?: string, rest = '') => `${account.path}/business-line${id === undefined ? '' : `/${id}`}${rest}`
const create = async (body: Readonly<Record<string, unknown>> = { name: 'West Lobby' }) => done(await account.http.post<Line>(path(), body))
const problem = (answer: { readonly status: number; readonly body: ErrorBody & { errorCode?: string } }) => [answer.status, answer.body.errorCode]

/** A phone with a login that was chosen for it. */
async function open(line: Line): Promise<ScriptedPhone> {
  const login = { sipUsername: unique('lobby-'), sipPassword: 'chosen-by-client' }
  done(await account.http.put(path(line.id, '/sip-credentials'), login))
  const phone = await ScriptedPhone.open(tenant.platform, login)
  phones.push(phone)
  return phone
}

describe('business lines', () => {
  it('S1-100 S1-101 S1-102 S1-103 S2-42: the example request gives an answer like the example, without a number an ANONYMOUS one', async () => {
    const answer = await account.http.post<Line>(path(), {
      id: 'string',
      name: 'line3',
      callerIdPhoneNumber: number,
      callerIdVisible: true,
      emergencyCallbackPhoneNumber: number,
      accountId: 'string',
      partitionId: 'string',
    })
    expect(answer.status).toBe(200)
    const { id, ...rest } = answer.body
    expect(id).toMatch(UUID)
    expect(rest).toEqual({
      name: 'line3',
      callerIdPhoneNumber: number,
      callerIdName: 'CUSTOMER NAME',
      callerIdVisible: true,
      emergencyCallbackPhoneNumber: number,
      accountId: account.id,
      partitionId: tenant.partitionId,
    })
    const plain = await create({ name: 'Line 2' })
    expect(plain).toEqual({
      id: plain.id,
      name: 'Line 2',
      callerIdName: 'ANONYMOUS',
      callerIdVisible: true,
      accountId: account.id,
      partitionId: tenant.partitionId,
    })
    expect(problem(await account.http.post(path(), { name: 'x', callerIdPhoneNumber: '19995550100' }))).toEqual([400, 'InvalidCallerIdPhoneNumber'])
    expect(problem(await account.http.post(path(), { callerIdPhoneNumber: number }))).toEqual([400, 'NameRequired'])
  })

  it('S1-104 S1-105 S1-106 S1-107 S1-108 S1-109 S1-110 S1-111 S1-112: call handling of all forms is kept, and proven', async () => {
    const line = await create()
    const put = (body: Readonly<Record<string, unknown>>) => account.http.put<ErrorBody & Record<string, unknown>>(path(line.id, '/call-handling'), body)
    const example = {
      activeCallHandling: 'RING_LINE',
      callWaitingEnabled: true,
      busyFailoverAction: { '@type': 'VoicemailRingFailoverAction' },
      unregisteredFailoverAction: { '@type': 'VoicemailRingFailoverAction' },
      ringTimeoutConfiguration: { '@type': 'UnlimitedRingTimeoutConfiguration' },
      forwardToPhoneNumber: '172049281',
    }
    expect(done(await put(example))).toEqual(example)
    const box = done(await account.http.post<Line>(path('voicemail-box'), { name: 'Lobby' }))
    const full = {
      ...example,
      activeCallHandling: 'FORWARD',
      busyFailoverAction: { '@type': 'BusyRingFailoverAction' },
      unregisteredFailoverAction: { '@type': 'ForwardRingFailoverAction', forwardToPhoneNumber: '18015551212' },
      ringTimeoutConfiguration: {
        '@type': 'LimitedRingTimeoutConfiguration',
        timeoutSeconds: 20,
        noAnswerAction: { '@type': 'VoicemailRingFailoverAction' },
      },
      voicemailBoxId: box.id,
    }
    expect(done(await put(full))).toEqual(full)
    expect(done(await account.http.get(path(line.id, '/call-handling')))).toEqual(full)
    expect(problem(await put({ ...full, activeCallHandling: undefined }))).toEqual([400, 'ActiveCallHandlingRequired'])
    expect(problem(await put({ ...full, forwardToPhoneNumber: undefined }))).toEqual([400, 'ForwardToPhoneNumberRequired'])
    expect(problem(await put({ ...full, voicemailBoxId: ' Voicemail 1' }))).toEqual([404, 'EntityNotFound'])
    expect((await account.http.delete(path(`voicemail-box/${box.id}`))).status).toBe(400)
  })

  it('S1-99: a port of an adapter is assigned, moved, swapped and taken away', async () => {
    const line = await create()
    const port = path(line.id, '/port-assignment')
    expect((await account.http.get(port)).status).toBe(404)
    const place = { macAddress: uniqueMac(), portNumber: 1, deviceTypeId: 'SPA112', faxEnabled: false }
    expect(done(await account.http.post(port, place))).toEqual({ businessLineId: line.id, ...place })
    expect(done(await account.http.put(port, { ...place, portNumber: 2 }))).toEqual({ businessLineId: line.id, ...place, portNumber: 2 })
    const macAddress = uniqueMac()
    expect(done(await account.http.post(`${port}/rpc/swap`, { macAddress, deviceTypeId: 'SPA112' }))).toMatchObject({ macAddress, portNumber: 2 })
    expect(done(await account.http.get(path(line.id, '/views/expanded')))).toMatchObject({ device: { macAddress, portNumber: 2 } })
    expect((await account.http.delete(port)).status).toBe(204)
    expect((await account.http.get(port)).status).toBe(404)
  })

  it('S1-99: a number that points at the line rings it, the line rings another one with its own number, and then it is gone', async () => {
    const callerId = await account.addNumber()
    const caller = await create({ name: 'East Lobby', callerIdPhoneNumber: callerId, emergencyCallbackPhoneNumber: callerId })
    const callee = await create({ name: 'West Lobby' })
    const called = await account.addNumber()
    done(await account.http.patch(`${account.path}/telephonenumber/${called}`, { referenceType: 'BUSINESS_LINE', referenceId: callee.id }))
    const [one, other] = [await open(caller), await open(callee)]
    expect([statusOf(await one.register()), statusOf(await other.register())]).toEqual([200, 200])
    const registration = async () => done(await account.http.get<{ registered: boolean; lockedOut: boolean }>(path(callee.id, '/registration')))
    await eventually('registered', 2000, async () => ((await registration()).registered ? true : undefined))
    const call = await one.call(called)
    const ringing = await other.nextCall()
    expect(ringing.from).toContain(callerId.slice(1))
    await ringing.answer()
    expect(await call.finalStatus()).toBe(200)
    expect(await call.hangUp()).toBe(200)
    await ringing.ended()
    expect(problem(await account.http.delete(path(callee.id)))).toEqual([400, 'BusinessLineInUse'])
    done(await account.http.patch(`${account.path}/telephonenumber/${called}`, { referenceType: null, referenceId: null }))
    expect((await account.http.delete(path(callee.id))).status).toBe(204)
    expect(statusOf(await other.register())).toBe(401)
  })

  it('S1-99: a hunt group takes lines of the account, each once, and keeps them, and its forwards have star codes of their own', async () => {
    const [one, other] = [await create({ name: 'Door 1' }), await create({ name: 'Door 2' })]
    const groups = `${account.path}/business-line-hunt-group`
    const hunting = (...ids: readonly string[]) => ({
      '@type': 'LinearHuntingConfiguration',
      ringTimeoutSeconds: 20,
      members: ids.map((businessLineId, sequenceOrder) => ({ businessLineId, sequenceOrder })),
    })
    const group = done(await account.http.post<Line>(groups, { name: 'Doors', huntingConfiguration: hunting(one.id, other.id) }))
    expect(group.id).toMatch(UUID)
    expect(done(await account.http.get<Line>(`${groups}/${group.id}`))['huntingConfiguration']).toEqual(hunting(one.id, other.id))
    expect(problem(await account.http.post(groups, { name: 'Doors', huntingConfiguration: hunting(one.id, one.id) }))).toEqual([400, 'DuplicateMembers'])
    expect(problem(await account.http.delete(path(one.id)))).toEqual([400, 'BusinessLineInUse'])
    const codes = done(await account.http.get<{ constraintValue: readonly string[] }>(`${groups}/${group.id}/forward-configuration/*/constraints/star-code`))
    const forward = { name: 'Night', starCode: codes.constraintValue[0], forwardConfigurationType: 'FIXED', forwardToPhoneNumber: '18015551212' }
    const made = done(await account.http.post<Line>(`${groups}/${group.id}/forward-configuration`, forward))
    expect(made).toEqual({ id: made.id, huntGroupId: group.id, ...forward })
    expect(problem(await account.http.post(`${groups}/${group.id}/forward-configuration`, forward))).toEqual([400, 'DuplicateStarCode'])
    expect((await account.http.delete(`${groups}/${group.id}`)).status).toBe(204)
    expect((await account.http.delete(path(one.id))).status).toBe(204)
  })

  it('is invisible from another account', async () => {
    const line = await create()
    const other = await tenant.createAccount()
    for (const rest of ['', '/call-handling', '/port-assignment', '/sip-credentials', '/registration', '/views/expanded'])
      expect((await other.http.get(`${other.path}/business-line/${line.id}${rest}`)).status).toBe(404)
    expect((await other.http.delete(`${other.path}/business-line/${line.id}`)).status).toBe(404)
  })
})
