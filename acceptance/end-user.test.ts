import { beforeAll, describe, expect, it } from 'vitest'
import type { ErrorBody } from './http-client.ts'
import { type Account, done, Tenant, unique, type Identified } from './tenant.ts'

interface UserBody {
  readonly id: string
  readonly [field: string]: unknown
}

let tenant: Tenant
let account: Account
let nextExtension = 4000

beforeAll(async () => {
  tenant = await Tenant.logIn()
  account = await tenant.createAccount()
})

const extension = (): string => String(nextExtension++)
const create = (changes: Readonly<Record<string, unknown>> = {}, within = account) =>
  within.http.post<UserBody>(`${within.path}/user`, { firstName: 'John', lastName: 'Smith', extension: extension(), ...changes })
const refused = async (changes: Readonly<Record<string, unknown>>): Promise<readonly [number, string]> => {
  const answer = await account.http.post<ErrorBody>(`${account.path}/user`, { firstName: 'John', lastName: 'Smith', extension: extension(), ...changes })
  return [answer.status, answer.body.messages?.[0] ?? '']
}

describe('POST user', () => {
  it('S1-43 S1-44 S1-54 S1-55 S1-56 S1-57 S1-58 S1-59 S1-60: the example request gives the example answer with every default', async () => {
    const emailAddress = `${unique('john.smith')}@example.com`
    const request = {
      username: emailAddress,
      firstName: 'John',
      lastName: 'Smith',
      emailAddress,
      userProductPlan: 'STANDARD',
      timeZone: 'US/Mountain',
      extension: extension(),
      endUserType: 'STANDARD',
      allowPortalAccess: true,
      blockEmail: false,
    }
    const answer = await create(request)
    expect(answer.status).toBe(200)
    const { id, voicemailBoxId, welcomeEmailSent, callingPlans, ...rest } = answer.body
    expect(id).toMatch(/^[A-Za-z0-9_-]{22}$/)
    expect(voicemailBoxId).toMatch(/^[A-Za-z0-9_-]{22}$/)
    expect(welcomeEmailSent).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00$/)
    expect(callingPlans).toEqual([
      expect.objectContaining({
        referenceId: id,
        referenceType: 'END_USER',
        callingPlanProductId: expect.stringMatching(/^[A-Za-z0-9_-]{22}$/),
        startDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        planMinutes: 20_000,
        secondsRemaining: 1_200_000,
      }),
    ])
    expect(rest).toMatchObject({
      ...request,
      mustChangePassword: true,
      languageTag: 'en-US',
      partitionId: tenant.partitionId,
      accountId: account.id,
      devices: [],
      pinLockedOut: false,
    })
    expect(rest['callerIdConfig']).toMatchObject({ externalCallerIdVisible: false, extensionCallerIdVisible: true })
    expect(rest['callHandlingSettings']).toMatchObject({
      callWaitingEnabled: true,
      doNotDisturbEnabled: false,
      callHandlingOptionType: 'RingPhone',
      ringPhoneCallHandling: {
        busyCallHandling: { type: 'Voicemail' },
        noAnswerCallHandling: { type: 'Voicemail', timeout: 20 },
        unregisteredCallHandling: { type: 'Voicemail' },
      },
    })
    expect(rest['callScreeningSettings']).toMatchObject({
      anonymousCallScreen: 'Allow',
      anonymousRingType: 'StandardRing',
      tollFreeCallScreen: 'Allow',
      tollFreeRingType: 'StandardRing',
      defaultCallScreen: 'Allow',
      defaultRingType: 'StandardRing',
    })
    expect(rest['callHandlingSchedules']).toEqual([])
  })

  it('S0-26: first name, last name and extension are enough', async () => {
    const answer = await create()
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({
      firstName: 'John',
      lastName: 'Smith',
      userProductPlan: 'STANDARD',
      endUserType: 'STANDARD',
      allowPortalAccess: false,
      timeZone: 'US/Mountain',
    })
    expect(answer.text).not.toMatch(/"(sip)?password/i)
  })

  it('S1-42: the id serves for lines and number references', async () => {
    const user = done(await create())
    expect(
      (
        await account.http.post(`${account.path}/deviceline`, {
          userId: user.id,
          deviceName: 'Line',
          deviceTypeId: 'SPA112',
          lineNumber: 1,
          macAddress: '0200c0ffee01',
        })
      ).status,
    ).toBe(201)
    const number = await account.addNumber()
    await account.assignNumber(number, user.id)
    const read = done(await account.http.get<UserBody>(`${account.path}/user/${user.id}`))
    expect(read['devices']).toHaveLength(1)
    expect(read['callerIdConfig']).toMatchObject({ callerIdNumber: number })
  })

  it('S1-45: an extension has the length of the account, 2000 to 8999, and is taken once', async () => {
    for (const wanted of ['2000', '8999', 5432]) expect(done(await create({ extension: wanted }))['extension']).toBe(String(wanted))
    expect(await refused({ extension: '2000' })).toEqual([400, 'ExtensionAlreadyInUse'])
    for (const wrong of ['1999', '9000', '0999', '200', '20000', '2a00', '', -2000])
      expect(await refused({ extension: wrong })).toEqual([400, 'InvalidExtension'])
    const other = await tenant.createAccount({ extensionLength: 3 })
    expect((await create({ extension: '200' }, other)).status).toBe(200)
  })

  it('C-19: allowDangerousExtensions also lets extensions begin with 1', async () => {
    const open = await tenant.createAccount({ allowDangerousExtensions: true })
    expect((await create({ extension: '1001' }, open)).status).toBe(200)
    expect(await refused({ extension: '1001' })).toEqual([400, 'InvalidExtension'])
  })

  it('S1-46 S1-48: the plans and user types of the guide, and no other', async () => {
    for (const userProductPlan of ['STANDARD', 'ADVANCED', 'PROFESSIONAL']) {
      const emailAddress = `${unique('plan')}@example.com`
      expect(done(await create({ userProductPlan, username: emailAddress, emailAddress }))['userProductPlan']).toBe(userProductPlan)
    }
    expect(await refused({ userProductPlan: 'GOLD' })).toEqual([400, 'InvalidUserProductPlan'])
    for (const endUserType of ['STANDARD', 'BASIC_ADMIN', 'STANDARD_ADMIN', 'ADVANCED_ADMIN', 'SUPER_ADMIN'])
      expect(done(await create({ endUserType }))['endUserType']).toBe(endUserType)
    expect(await refused({ endUserType: 'KING' })).toEqual([400, 'InvalidEndUserType'])
  })

  it('S1-47 S1-49 S1-51: the portal is on by default for ADVANCED and PROFESSIONAL and needs a username and an e-mail address', async () => {
    const emailAddress = `${unique('portal')}@example.com`
    expect(done(await create({ userProductPlan: 'ADVANCED', username: emailAddress, emailAddress }))['allowPortalAccess']).toBe(true)
    expect(await refused({ userProductPlan: 'PROFESSIONAL', emailAddress })).toEqual([400, 'UsernameRequired'])
    expect(await refused({ allowPortalAccess: true, username: unique('user') })).toEqual([400, 'EmailAddressRequired'])
    expect((await create({ allowPortalAccess: false })).status).toBe(200)
  })

  it('S1-49: a username is letters and digits, an e-mail address or a phone number, and taken once on the whole platform', async () => {
    const elsewhere = await tenant.createAccount()
    for (const username of [unique('jsmith'), `${unique('j')}@example.com`, `1801${String(Date.now()).slice(-7)}`]) {
      expect(done(await create({ username }))['username']).toBe(username)
      const taken = await elsewhere.http.post<ErrorBody>(`${elsewhere.path}/user`, {
        firstName: 'A',
        lastName: 'B',
        extension: '4000',
        username: username.toUpperCase(),
      })
      expect([taken.status, taken.body.messages]).toEqual([400, ['DuplicateUsername']])
    }
  })

  it('S1-52: the fifteen time zones', async () => {
    expect(done(await create({ timeZone: 'Canada/Newfoundland' }))['timeZone']).toBe('Canada/Newfoundland')
    expect(await refused({ timeZone: 'Nowhere' })).toEqual([400, 'InvalidTimeZone'])
  })

  it('S1-47 S1-51 S1-53: the welcome e-mail goes out unless it is blocked', async () => {
    interface Messages {
      readonly messages?: readonly { readonly to: string }[]
    }
    const [wanted, blocked] = [`${unique('welcome')}@example.com`, `${unique('silent')}@example.com`]
    done(await create({ username: wanted, emailAddress: wanted, allowPortalAccess: true }))
    const silent = done(await create({ username: blocked, emailAddress: blocked, allowPortalAccess: true, blockEmail: true }))
    const sent = await tenant.http.get<Messages>('/v2/sandbox/messages')
    expect(sent.status).toBe(200)
    expect(sent.text).toContain(wanted)
    expect(sent.text).not.toContain(blocked)
    expect(silent['blockEmail']).toBe(true)
    expect(silent['welcomeEmailSent'] ?? null).toBeNull()
  })
})

describe('reading and changing users', () => {
  it('the account counts its users and lists them', async () => {
    const own = await tenant.createAccount()
    const [first, second] = [await own.createUser('4000'), await own.createUser('4001')]
    expect(done(await own.http.get<UserBody>(own.path))['endUserCount']).toBe(2)
    const listed = done(await own.http.get<readonly UserBody[]>(`${own.path}/user`))
    expect(listed.map((user) => user.id).toSorted()).toEqual([first.userId, second.userId].toSorted())
  })

  it('PATCH merges, PUT replaces, and a deleted user is gone with the extension free again', async () => {
    const created = done(await create())
    const path = `${account.path}/user/${created.id}`
    const patched = done(await account.http.patch<UserBody>(path, { lastName: 'Jones' }))
    expect(patched).toEqual({ ...created, lastName: 'Jones' })
    expect(done(await account.http.put<UserBody>(path, { ...patched, firstName: 'Jane' }))).toMatchObject({
      firstName: 'Jane',
      lastName: 'Jones',
      extension: created['extension'],
    })
    expect((await account.http.delete(path)).status).toBe(204)
    expect((await account.http.get(path)).status).toBe(404)
    expect((await create({ extension: created['extension'] })).status).toBe(200)
  })

  it('S0-17: GET /v2/partition/{p}/users lists the users of every account', async () => {
    const created = done(await create())
    const PAGE = 1000
    // In the order they were made, by pages: this one is on the last.
    const found = async (offset: number): Promise<boolean> => {
      const page = done(await tenant.http.get<readonly Identified[]>(`${tenant.path}/users?limit=${PAGE}&offset=${offset}`))
      return page.some(({ id }) => id === created.id) || (page.length === PAGE && (await found(offset + PAGE)))
    }
    expect(await found(0)).toBe(true)
  })

  it('a home phone account has one user (C-22)', async () => {
    const home = await tenant.createAccount({ accountType: 'SIMPLE' })
    expect((await create({}, home)).status).toBe(200)
    expect((await create({}, home)).status).toBe(400)
  })
})
