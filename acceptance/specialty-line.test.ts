import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { expectOneRecord } from './call-records.ts'
import { eventually, pause } from './eventually.ts'
import type { ErrorBody } from './http-client.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { statusOf } from './phones/sip-text.ts'
import { type Account, done, Tenant, unique, uniqueMac } from './tenant.ts'

interface Line {
  readonly id: string
  readonly deviceId: string
  readonly sipUsername: string
  readonly sipPassword: string
  readonly linkedPhoneNumbers: readonly string[] | null
  readonly [field: string]: unknown
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const FAR_AWAY = '12125550199'

let tenant: Tenant
let account: Account
let number: string
let planId: string
const phones: ScriptedPhone[] = []

beforeAll(async () => {
  tenant = await Tenant.logIn()
  account = await tenant.createAccount()
  number = await account.addNumber()
  planId = done(await tenant.http.get<readonly { id: string }[]>(`${tenant.path}/callingplanproduct`))[0]?.id ?? ''
})

afterEach(() => {
  for (const phone of phones.splice(0)) phone.close()
})

/** The request of the guide. */
const exampleRequest = () => ({
  callerId: number,
  callingPlanIds: [planId],
  e911CallbackNumber: number,
  name: 'Intercom 4',
  macAddress: uniqueMac().toUpperCase(),
  portNumber: 5,
  deviceType: 'SIP_8_Port_MTA',
})
/** Without a device: the login is typed into one by hand. */
const plainRequest = (on: { callerId: string } = { callerId: number }) => ({
  callerId: on.callerId,
  callingPlanIds: [planId],
  e911CallbackNumber: on.callerId,
  name: 'Elevator 2',
})
const path = (on = account) => `${on.path}/specialty-line`
const create = async (body: Readonly<Record<string, unknown>> = exampleRequest(), on = account) => done(await on.http.post<Line>(path(on), body))
const refused = async (changes: Readonly<Record<string, unknown>>): Promise<readonly [number, string | undefined]> => {
  const answer = await account.http.post<ErrorBody & { errorCode?: string }>(path(), { ...exampleRequest(), ...changes })
  return [answer.status, answer.body.errorCode]
}

describe('POST specialty-line', () => {
  it('S4-12 S4-13 S4-14 S4-20 S4-21 S4-22 S4-23 S4-24: the example request gives the example answer: line, device and random login in one call', async () => {
    const request = exampleRequest()
    const answer = await account.http.post<Line>(path(), request)
    expect(answer.status).toBe(201)
    const { id, sipUsername, sipPassword, ...rest } = answer.body
    expect(id).toMatch(UUID)
    expect(rest).toEqual({
      accountId: account.id,
      partitionId: tenant.partitionId,
      name: 'Intercom 4',
      linkedPhoneNumbers: null,
      callerId: number,
      e911CallbackNumber: number,
      callingPlanIds: [planId],
      deviceType: 'SIP_8_Port_MTA',
      deviceId: id,
      macAddress: request.macAddress.toLowerCase(),
      portNumber: 5,
    })
    expect(sipUsername).toHaveLength(14)
    expect(sipPassword.length).toBeGreaterThanOrEqual(12)
    const again = await create()
    expect([again.sipUsername, again.sipPassword]).not.toEqual([sipUsername, sipPassword])
  })

  it.each(['SIP_4_Port_MTA', 'SIP_8_Port_MTA', 'SIP_24_Port_MTA', 'SIP_50_Port_MTA'])(
    'S4-19 S4-21: the last port of a %s exists, the one behind it does not',
    async (deviceType) => {
      const portNumber = Number(/\d+/.exec(deviceType)?.[0])
      expect((await create({ ...exampleRequest(), deviceType, portNumber }))['portNumber']).toBe(portNumber)
      expect(await refused({ deviceType, portNumber: portNumber + 1 })).toEqual([400, 'InvalidLineNumber'])
    },
  )

  it('S4-20: a MAC address in both notations of the guide is one device', async () => {
    const macAddress = uniqueMac()
    const colons = macAddress.replace(/..(?=.)/g, '$&:')
    expect((await create({ ...exampleRequest(), macAddress: colons }))['macAddress']).toBe(macAddress)
    expect(await refused({ macAddress })).toEqual([409, 'DuplicateMACAddressLineNumber'])
    expect((await create({ ...exampleRequest(), macAddress, portNumber: 6 }))['macAddress']).toBe(macAddress)
  })

  it('S4-15 S4-16 S4-17 S4-18: name, caller ID, callback number and plans are required, and must be there', async () => {
    expect(await refused({ name: undefined })).toEqual([400, 'NameRequired'])
    expect(await refused({ callerId: undefined })).toEqual([400, 'CallerIdRequired'])
    expect(await refused({ callerId: '19995550100' })).toEqual([400, 'InvalidCallerId'])
    expect(await refused({ e911CallbackNumber: undefined })).toEqual([400, 'E911CallbackNumberRequired'])
    expect(await refused({ e911CallbackNumber: '19995550100' })).toEqual([400, 'InvalidE911CallbackNumber'])
    expect(await refused({ callingPlanIds: undefined })).toEqual([400, 'CallingPlanIdsRequired'])
    expect(await refused({ callingPlanIds: [] })).toEqual([400, 'InvalidCallingPlanIds'])
    expect(await refused({ callingPlanIds: ['AAAAAAAAAAAAAAAAAAAAAA'] })).toEqual([404, 'EntityNotFound'])
  })

  it('S4-05: an account without a number cannot have one', async () => {
    const empty = await tenant.createAccount()
    expect((await empty.http.post(path(empty), plainRequest())).status).toBe(400)
    expect(done(await empty.http.get(path(empty)))).toEqual([])
  })

  it('the interface: a failure is {errorCode, message, traceId}', async () => {
    const answer = await account.http.post<Record<string, unknown>>(path(), { ...exampleRequest(), portNumber: 9 })
    expect(answer.body).toMatchObject({ errorCode: 'InvalidLineNumber', message: expect.any(String), traceId: expect.any(String) })
  })
})

describe('the login', () => {
  it('S4-22 S4-29: a username is validated first, given with the line, and then taken on the whole platform', async () => {
    const validate = (username: string) => tenant.http.post<boolean>('/v2/rpc/specialty-line/validate-sip-username', { username })
    const free = await validate('enduser@email.com')
    expect([free.status, free.text]).toEqual([200, 'true'])
    const sipUsername = unique('spl-')
    expect((await validate(sipUsername)).text).toBe('true')
    const line = await create({ ...plainRequest(), sipUsername, sipPassword: 'chosen-by-client' })
    expect([line.sipUsername, line.sipPassword]).toEqual([sipUsername, 'chosen-by-client'])
    expect((await validate(sipUsername)).text).toBe('false')
    expect(await refused({ sipUsername })).toEqual([400, 'SipUsernameInUse'])
    const user = await account.createUser(String(4000 + Math.floor(Math.random() * 900)))
    expect(
      (
        await account.http.post(`${account.path}/deviceline`, {
          userId: user.userId,
          deviceName: 'x',
          deviceTypeId: 'SPA112',
          lineNumber: 1,
          macAddress: uniqueMac(),
          sipUsername,
        })
      ).status,
    ).toBe(400)
  })

  it('S4-08 S4-24 S4-41 S4-42: registers a phone; the registration status is asked by the deviceId', async () => {
    const line = await create(plainRequest())
    const status = async () => done(await account.http.get(`${account.path}/deviceline/${line.deviceId}/registrationstatus`))
    expect(await status()).toEqual({ registered: false })
    const phone = await open(line)
    expect(statusOf(await phone.register())).toBe(200)
    await eventually('registered', 2000, async () => ((await account.isRegistered(line.deviceId)) ? true : undefined))
    await phone.unregister()
    await eventually('unregistered', 2000, async () => ((await account.isRegistered(line.deviceId)) ? undefined : true))
  })
})

describe('calls of a specialty line', () => {
  it('S4-06 S4-07 S4-16: reach the outside with its caller ID, are recorded for the line and take minutes of its plan', async () => {
    const own = await tenant.createAccount()
    const callerId = await own.addNumber()
    const line = await create(plainRequest({ callerId }), own)
    const phone = await open(line)
    const call = await phone.call(FAR_AWAY)
    expect(await call.finalStatus()).toBe(200)
    await pause(1100)
    expect(await call.hangUp()).toBe(200)
    const record = await expectOneRecord(own, 'ANSWERED')
    expect(record).toMatchObject({ origNumber: callerId, dialedNumber: FAR_AWAY, referenceType: 'SPECIALTY_LINE', referenceId: line.id })
    const plans = done(
      await own.http.get<readonly { planMinutes: number; secondsRemaining: number }[]>(
        `${own.path}/callingplan?referenceType=SPECIALTY_LINE&referenceId=${line.id}`,
      ),
    )
    expect(plans).toHaveLength(1)
    expect(plans[0]?.secondsRemaining).toBeLessThan(Number(plans[0]?.planMinutes) * 60)
  })

  it('S4-17: 911 gives the PSAP its callback number and the address of that number', async () => {
    const own = await tenant.createAccount()
    const callerId = await own.addNumber()
    const e911CallbackNumber = await own.addNumber()
    const line = await create({ ...plainRequest({ callerId }), e911CallbackNumber }, own)
    const phone = await open(line)
    const call = await phone.call('911')
    expect(await call.finalStatus()).toBe(200)
    await call.hangUp()
    const calls = await eventually('the call at the PSAP', 5000, async () => {
      const body = done(await tenant.http.get<readonly Record<string, unknown>[] | { calls: readonly Record<string, unknown>[] }>('/v2/sandbox/psap-calls'))
      const found = ('calls' in body ? body.calls : body).filter((each) => String(each['callbackNumber']).includes(e911CallbackNumber.slice(1)))
      return found.length > 0 ? found : undefined
    })
    expect(calls[0]?.['location']).toMatchObject({ city: 'Lindon', state: 'UT' })
  })

  it('S4-25 S4-26 S4-27 S4-28 S4-34: a number that is set to the line rings it; the line shows the number, and only the number changes that', async () => {
    const own = await tenant.createAccount()
    const callerId = await own.addNumber()
    const line = await create(plainRequest({ callerId }), own)
    const patched = await own.http.patch<Record<string, unknown>>(`${own.path}/telephonenumber/${callerId}`, {
      referenceId: line.id,
      referenceType: 'SPECIALTY_LINE',
    })
    expect(patched.status).toBe(200)
    expect(patched.body).toMatchObject({
      phoneNumber: callerId,
      referenceType: 'SPECIALTY_LINE',
      referenceId: line.id,
      carrierStatus: 'ACTIVE',
      tollFree: false,
    })
    const shown = done(await own.http.get<Line>(`${path(own)}/${line.id}`))
    expect(shown.linkedPhoneNumbers).toEqual([callerId])
    const kept = done(await own.http.put<Line>(`${path(own)}/${line.id}`, { ...shown, linkedPhoneNumbers: [] }))
    expect(kept.linkedPhoneNumbers).toEqual([callerId])
    const phone = await open(line)
    await phone.register()
    done(await tenant.http.post('/v2/sandbox/inbound-call', { from: FAR_AWAY, to: callerId, seconds: 2 }))
    const ringing = await phone.nextCall()
    await ringing.answer()
    await ringing.ended()
  })

  it('a device out of service: its phone can neither register nor call, except for help', async () => {
    const own = await tenant.createAccount()
    const line = await create({ ...exampleRequest(), callerId: await own.addNumber(), ...own911(await own.addNumber()) }, own)
    const [device] = done(await own.http.get<readonly { id: string }[]>(`${own.path}/device`))
    done(await own.http.put(`${own.path}/device/${device?.id ?? ''}`, { status: 'INACTIVE' }))
    const phone = await open(line)
    expect(statusOf(await phone.register())).toBe(403)
    expect(await (await phone.call(FAR_AWAY)).finalStatus()).toBe(403)
    const help = await phone.call('911')
    expect(await help.finalStatus()).toBe(200)
    await help.hangUp()
  })
})

describe('a specialty line afterwards', () => {
  it('S4-04 S4-30 S4-31 S4-32 S4-33 S4-35: is listed, read, replaced with all its fields, and deleted', async () => {
    const own = await tenant.createAccount()
    const line = await create({ ...exampleRequest(), callerId: await own.addNumber(), ...own911(await own.addNumber()) }, own)
    expect(done(await own.http.get(path(own)))).toEqual([line])
    const item = `${path(own)}/${line.id}`
    const read = done(await own.http.get<Line>(item))
    expect(read).toEqual(line)
    expect(done(await own.http.put<Line>(item, { ...read, name: 'Intercom 5' }))).toEqual({ ...line, name: 'Intercom 5' })
    const login = await open(line)
    await login.register()
    expect((await own.http.delete(item)).status).toBe(204)
    const gone = await own.http.get<ErrorBody>(item)
    expect([gone.status, gone.body.messages]).toEqual([404, ['EntityNotFound']])
    expect(statusOf(await login.register())).toBe(401)
    expect((await own.http.get(`${own.path}/deviceline/${line.deviceId}/registrationstatus`)).status).toBe(404)
  })

  it('S4-36 S4-37: the numbers to choose from are listed under the spelling of the guide', async () => {
    const listed = done(await account.http.get<readonly Record<string, unknown>[]>(`${account.path}/telephonenumer`))
    expect(listed).toContainEqual(
      expect.objectContaining({ phoneNumber: number, id: number, functionType: 'ELS', carrierStatus: 'ACTIVE', tollFree: false, accountId: account.id }),
    )
  })

  it('S4-11 S4-38 S4-39: the plans to choose from are listed with their terms', async () => {
    const products = done(await tenant.http.get<readonly Record<string, unknown>[]>(`${tenant.path}/callingplanproduct`))
    expect(products[0]).toMatchObject({
      id: expect.any(String), name: expect.any(String), planMinutes: expect.any(Number), unlimitedDisplay: expect.any(Boolean), allowOverage: expect.any(Boolean),
      preventForwarding: expect.any(Boolean), defaultPlan: expect.any(Boolean), callRateFor411: expect.any(Number), allow411: expect.any(Boolean), rateTypeFor411: expect.any(String),
      callRateForOperator: expect.any(Number), allowOperator: expect.any(Boolean), rateTypeForOperator: expect.any(String), partitionId: tenant.partitionId,
      allowUnlimitedLocal: expect.any(Boolean), rateIntraPartitionAsFree: expect.any(Boolean),
    }) // prettier-ignore
  })

  it('is invisible from another account', async () => {
    const line = await create()
    const other = await tenant.createAccount()
    for (const answer of [await other.http.get(`${path(other)}/${line.id}`), await other.http.delete(`${path(other)}/${line.id}`)])
      expect(answer.status).toBe(404)
  })
})

const own911 = (e911CallbackNumber: string) => ({ e911CallbackNumber })

async function open(line: Line): Promise<ScriptedPhone> {
  const phone = await ScriptedPhone.open(tenant.platform, line)
  phones.push(phone)
  return phone
}
