import { beforeAll, describe, expect, it } from 'vitest'
import type { ErrorBody } from './http-client.ts'
import { type Account, done, type Person, Tenant, unique, uniqueMac } from './tenant.ts'

interface LineBody {
  readonly id: string
  readonly [field: string]: unknown
}

let tenant: Tenant
let account: Account
let user: Person

beforeAll(async () => {
  tenant = await Tenant.logIn()
  account = await tenant.createAccount()
  user = await account.createUser('4000')
})

const exampleRequest = () => ({
  accountId: account.id,
  partitionId: tenant.partitionId,
  userId: user.userId,
  deviceName: 'Line',
  deviceId: 'SPA112',
  emergencyNumber: '',
  lineNumber: 1,
  macAddress: uniqueMac(),
})
const create = (changes: Readonly<Record<string, unknown>> = {}) =>
  account.http.post<LineBody>(`${account.path}/deviceline`, { ...exampleRequest(), ...changes })
const refused = async (changes: Readonly<Record<string, unknown>>): Promise<readonly [number, string]> => {
  const answer = await account.http.post<ErrorBody>(`${account.path}/deviceline`, { ...exampleRequest(), ...changes })
  return [answer.status, answer.body.messages?.[0] ?? '']
}

describe('POST deviceline', () => {
  it('S1-91 S1-92 S1-93 S1-97 S1-98: the example request (deviceId and all) gives the example answer, without the password', async () => {
    const request = exampleRequest()
    const answer = await account.http.post<LineBody>(`${account.path}/deviceline`, request)
    expect(answer.status).toBe(201)
    const { id, ...rest } = answer.body
    expect(id).toMatch(/^[A-Za-z0-9_-]{22}$/)
    expect(rest).toMatchObject({
      deviceTypeId: 'SPA112',
      accountId: account.id,
      partitionId: tenant.partitionId,
      macAddress: request.macAddress,
      deviceName: 'Line',
      emergencyNumber: '',
      faxEnabled: false,
      lineNumber: 1,
      userId: user.userId,
      sipUsername: id,
      lineType: 'Line',
    })
    expect(answer.text).not.toMatch(/password/i)
    expect(done(await account.http.get(`${account.path}/deviceline/${id}`))).toEqual(answer.body)
  })

  it('S1-93: deviceTypeId is accepted as the other spelling, an unknown type is not', async () => {
    expect(done(await create({ deviceId: undefined, deviceTypeId: 'VVX400' }))['deviceTypeId']).toBe('VVX400')
    const [status] = await refused({ deviceId: 'TOASTER' })
    expect([400, 404]).toContain(status)
  })

  it('S1-93: GET /v2/ref/devicetype lists the types of the guide', async () => {
    const types = done(await tenant.http.get<readonly { id: string }[]>('/v2/ref/devicetype')).map((type) => type.id)
    expect(types).toEqual(expect.arrayContaining(['SPA112', 'SPA122', 'TM604G', 'VVX400', 'VVX500', 'SPIP650']))
  })

  it('S1-94: a MAC address has 12 hex digits, in any notation; a line number lies on the device; both are taken once', async () => {
    const macAddress = uniqueMac()
    const colons = macAddress.toUpperCase().replace(/..(?=.)/g, '$&:')
    expect(done(await create({ macAddress: colons }))['macAddress']).toBe(macAddress)
    expect(await refused({ macAddress })).toEqual([400, 'DuplicateMACAddressLineNumber'])
    expect((await create({ macAddress, lineNumber: 2 })).status).toBe(201)
    for (const wrong of ['12345', 'zz3456abcabc', `${macAddress}00`]) expect(await refused({ macAddress: wrong })).toEqual([400, 'InvalidMacAddress'])
    for (const wrong of [0, -1, 3, 1.5]) expect(await refused({ lineNumber: wrong })).toEqual([400, 'InvalidLineNumber'])
    const other = await tenant.createAccount()
    const stranger = await other.createUser('4000')
    const taken = await other.http.post<ErrorBody>(`${other.path}/deviceline`, {
      userId: stranger.userId,
      deviceName: 'x',
      deviceTypeId: 'SPA112',
      lineNumber: 2,
      macAddress,
    })
    expect([taken.status, taken.body.messages]).toEqual([400, ['DuplicateMACAddress']])
  })

  it('C-51: a SIP username may be given and is taken once on the platform', async () => {
    const sipUsername = unique('line-')
    expect(done(await create({ sipUsername }))['sipUsername']).toBe(sipUsername)
    expect(await refused({ sipUsername })).toEqual([400, 'SipUsernameInUse'])
    expect((await refused({ sipUsername: 'a b' }))[0]).toBe(400)
  })

  it('S1-95: emergencyNumber is kept and must be a number of the account', async () => {
    const number = await account.addNumber()
    expect(done(await create({ emergencyNumber: number }))['emergencyNumber']).toBe(number)
    expect((await refused({ emergencyNumber: '19995550100' }))[0]).toBe(400)
  })

  it('refuses a user that is not of this account', async () => {
    const other = await tenant.createAccount()
    const stranger = await other.createUser('4000')
    for (const userId of [stranger.userId, 'AAAAAAAAAAAAAAAAAAAAAA']) expect([400, 403, 404]).toContain((await refused({ userId }))[0])
  })

  it('S1-19: the device of a home phone account is an ATA', async () => {
    const home = await tenant.createAccount({ accountType: 'SIMPLE' })
    const person = await home.createUser('4000')
    const line = { userId: person.userId, deviceName: 'x', lineNumber: 1, macAddress: uniqueMac() }
    expect((await home.http.post(`${home.path}/deviceline`, { ...line, deviceTypeId: 'VVX400' })).status).toBe(400)
    expect((await home.http.post(`${home.path}/deviceline`, { ...line, deviceTypeId: 'SPA112' })).status).toBe(201)
  })

  it('S1-24: a home phone account has one user, one number and one device', async () => {
    const home = await tenant.createAccount({ accountType: 'SIMPLE' })
    const person = await home.createUser('4000')
    const line = (changes: Readonly<Record<string, unknown>>) =>
      home.http.post(`${home.path}/deviceline`, {
        userId: person.userId,
        deviceName: 'x',
        deviceTypeId: 'SPA112',
        lineNumber: 1,
        macAddress: uniqueMac(),
        ...changes,
      })
    expect((await line({})).status).toBe(201)
    expect((await line({})).status).toBe(400)
    expect((await home.http.post(`${home.path}/user`, { firstName: 'A', lastName: 'B', extension: '4001' })).status).toBe(400)
    await home.addNumber()
    await expect(home.addNumber()).rejects.toThrow(/400/)
  })
})

describe('the line afterwards', () => {
  it('is listed, patched, replaced and deleted', async () => {
    const created = done(await create())
    const path = `${account.path}/deviceline/${created.id}`
    expect(done(await account.http.get<readonly LineBody[]>(`${account.path}/deviceline`)).map((line) => line.id)).toContain(created.id)
    expect(done(await account.http.patch<LineBody>(path, { deviceName: 'West Lobby' }))).toEqual({ ...created, deviceName: 'West Lobby' })
    expect(done(await account.http.put<LineBody>(path, { ...created, deviceName: 'East Lobby' }))['deviceName']).toBe('East Lobby')
    expect((await account.http.delete(path)).status).toBe(204)
    const gone = await account.http.get<ErrorBody>(path)
    expect([gone.status, gone.body.messages]).toEqual([404, ['EntityNotFound']])
  })

  it('S4-42: registrationstatus says false before any phone registered', async () => {
    const created = done(await create())
    expect(done(await account.http.get(`${account.path}/deviceline/${created.id}/registrationstatus`))).toEqual({ registered: false })
    expect((await account.http.get(`${account.path}/deviceline/AAAAAAAAAAAAAAAAAAAAAA/registrationstatus`)).status).toBe(404)
  })

  it('shows its credentials and the server only in the provisioning view', async () => {
    const created = done(await create())
    const login = await account.loginOf(created.id)
    expect(login.sipUsername).toBe(created['sipUsername'])
    expect(login.sipPassword.length).toBeGreaterThanOrEqual(12)
    expect([login.server, login.serverPort]).toEqual([tenant.platform.sipHost, tenant.platform.sipPort])
    for (const path of [`${account.path}/deviceline`, `${account.path}/deviceline/${created.id}`, `${account.path}/user/${user.userId}`, account.path])
      expect((await account.http.get(path)).text).not.toContain(login.sipPassword)
  })
})
