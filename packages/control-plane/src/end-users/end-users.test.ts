import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let platform: TestControlPlane
let sequence = 0

beforeAll(async () => {
  platform = await startTestControlPlane()
})
afterAll(() => platform.stop())

async function newAccount(overrides: Record<string, unknown> = {}): Promise<{ id: string; users: string }> {
  sequence++
  const { status, body } = await platform.call('POST', `/v2/partition/${platform.partitionId}/account`, {
    accountNumber: `U-${sequence}`,
    accountName: 'Users',
    ...overrides,
  })
  expect(status, JSON.stringify(body)).toBe(200)
  const id = String(body['id'])
  return { id, users: `/v2/partition/${platform.partitionId}/account/${id}/user` }
}

/** The request of the account guide, S1-54. */
function guideRequest(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  sequence++
  return {
    username: `john.smith.${sequence}@example.com`,
    firstName: 'John',
    lastName: 'Smith',
    emailAddress: `john.smith.${sequence}@example.com`,
    userProductPlan: 'STANDARD',
    timeZone: 'US/Mountain',
    extension: '4000',
    endUserType: 'STANDARD',
    allowPortalAccess: true,
    blockEmail: false,
    ...overrides,
  }
}

describe('creating a user', () => {
  it('S1-54 … S1-60: answers with the fields and defaults of the guide', async () => {
    const account = await newAccount()
    const request = guideRequest()
    const { status, body } = await platform.call('POST', account.users, request)
    expect(status, JSON.stringify(body)).toBe(200)
    expect(body).toMatchObject({
      username: request['username'],
      firstName: 'John',
      lastName: 'Smith',
      mustChangePassword: true,
      languageTag: 'en-US',
      partitionId: platform.partitionId,
      accountId: account.id,
      callingPlans: [
        { referenceId: body['id'], referenceType: 'END_USER', planMinutes: 20000, secondsRemaining: 1200000, startDate: '2026-11-21T12:00:00.000Z' },
      ],
      devices: [],
      timeZone: 'US/Mountain',
      extension: '4000',
      callerIdConfig: { externalCallerIdVisible: false, extensionCallerIdVisible: true },
      callHandlingSettings: {
        callWaitingEnabled: true,
        doNotDisturbEnabled: false,
        callHandlingOptionType: 'RingPhone',
        ringPhoneCallHandling: {
          busyCallHandling: { type: 'Voicemail' },
          noAnswerCallHandling: { type: 'Voicemail', timeout: 20 },
          unregisteredCallHandling: { type: 'Voicemail' },
        },
      },
      callScreeningSettings: {
        anonymousCallScreen: 'Allow',
        anonymousRingType: 'StandardRing',
        tollFreeCallScreen: 'Allow',
        tollFreeRingType: 'StandardRing',
        defaultCallScreen: 'Allow',
        defaultRingType: 'StandardRing',
      },
      callHandlingSchedules: [],
      endUserType: 'STANDARD',
      userProductPlan: 'STANDARD',
      pinLockedOut: false,
      welcomeEmailSent: '2026-11-21T12:00:00.000+00:00',
      blockEmail: false,
      allowPortalAccess: true,
    })
    expect(body['voicemailBoxId']).toMatch(/^[\w-]{22}$/)
    expect((await platform.call('GET', `${account.users}/${String(body['id'])}`)).body).toEqual(body)
    expect((await platform.call('GET', `/v2/partition/${platform.partitionId}/account/${account.id}`)).body['endUserCount']).toBe(1)
  })

  it('S1-47: the welcome mail brings a password that logs in and has to be changed', async () => {
    const account = await newAccount()
    const request = guideRequest()
    await platform.call('POST', account.users, request)
    const mail = await platform.plane.context.database.sql
      .selectFrom('outgoing_message')
      .selectAll()
      .where('recipient', '=', String(request['emailAddress']))
      .executeTakeFirstOrThrow()
    const password = /password: +(\S+)/.exec(mail.body)?.[1] ?? ''
    const session = await platform.logIn(String(request['username']), password)
    expect(session.body).toMatchObject({ userType: 'EndUser', accountId: account.id, mustChangePassword: true })
    const token = String(session.body['authToken'])
    expect((await platform.call('GET', `${account.users}/${String(session.body['userId'])}`, undefined, token)).status).toBe(200)
    expect((await platform.call('GET', account.users, undefined, token)).status).toBe(403)
    expect((await platform.call('GET', `/v2/partition/${platform.partitionId}/account`, undefined, token)).status).toBe(403)
  })

  it('S1-53: blockEmail keeps the mail back', async () => {
    const account = await newAccount()
    const request = guideRequest({ blockEmail: true })
    expect((await platform.call('POST', account.users, request)).body).not.toHaveProperty('welcomeEmailSent')
    const mails = await platform.plane.context.database.sql
      .selectFrom('outgoing_message')
      .selectAll()
      .where('recipient', '=', String(request['emailAddress']))
      .execute()
    expect(mails).toEqual([])
  })

  it.each([
    ['S1-44 firstName is missing', { firstName: undefined }, 'FirstNameRequired'],
    ['S1-45 the extension is too short', { extension: '400' }, 'InvalidExtension'],
    ['S1-45 the extension begins with 9', { extension: '9000' }, 'InvalidExtension'],
    ['S1-45 C-19 the extension begins with 1', { extension: '1001' }, 'InvalidExtension'],
    ['S1-46 the plan is unknown', { userProductPlan: 'GOLD' }, 'InvalidUserProductPlan'],
    ['S1-48 the user type is unknown', { endUserType: 'BOSS' }, 'InvalidEndUserType'],
    ['S1-49 portal access without a user name', { username: undefined }, 'UsernameRequired'],
    ['S1-51 portal access without an e-mail address', { emailAddress: undefined }, 'EmailAddressRequired'],
    ['C-21 ADVANCED switches portal access on', { allowPortalAccess: undefined, userProductPlan: 'ADVANCED', username: undefined }, 'UsernameRequired'],
    ['S1-52 the time zone is unknown', { timeZone: 'Mars/Olympus' }, 'InvalidTimeZone'],
    ['a caller ID of somebody else', { callerIdConfig: { callerIdNumber: '18015551212' } }, 'InvalidCallerIdNumber'],
    ['a forward without a number', { callHandlingSettings: { callHandlingOptionType: 'ForwardAlways' } }, 'ForwardToNumberRequired'],
  ])('refuses a user when %s', async (_case, overrides, code) => {
    const account = await newAccount()
    const { status, body } = await platform.call('POST', account.users, guideRequest(overrides))
    expect(status).toBe(400)
    expect(body['errorCode']).toBe(code)
    expect((await platform.call('GET', account.users)).list).toEqual([])
  })

  it('C-18 C-19: a numeric extension is accepted, and one that begins with 1 where the account allows it', async () => {
    const account = await newAccount({ allowDangerousExtensions: true })
    expect((await platform.call('POST', account.users, guideRequest({ extension: 1001 }))).body['extension']).toBe('1001')
  })

  it('S1-45 S1-49: of two users at the same time one gets the extension, and names are unique on the platform', async () => {
    const account = await newAccount()
    const [first, second] = await Promise.all([guideRequest(), guideRequest()].map((request) => platform.call('POST', account.users, request)))
    expect([first?.status ?? 0, second?.status ?? 0].toSorted((one, other) => one - other)).toEqual([200, 400])
    expect([first, second].find((answer) => answer?.status === 400)?.body['errorCode']).toBe('ExtensionAlreadyInUse')
    const elsewhere = await newAccount()
    const taken = guideRequest({ username: String([first, second].find((answer) => answer?.status === 200)?.body['username']).toUpperCase() })
    expect((await platform.call('POST', elsewhere.users, taken)).body['errorCode']).toBe('DuplicateUsername')
    expect((await platform.call('POST', elsewhere.users, guideRequest({ username: 'operator@example.com' }))).body['errorCode']).toBe('DuplicateUsername')
  })

  it('S1-19 C-22: a SIMPLE account has one user, without a product plan', async () => {
    const account = await newAccount({ accountType: 'SIMPLE' })
    const first = await platform.call('POST', account.users, guideRequest())
    expect(first.status, JSON.stringify(first.body)).toBe(200)
    expect(first.body).not.toHaveProperty('userProductPlan')
    expect((await platform.call('POST', account.users, guideRequest({ extension: '4001' }))).body['errorCode']).toBe('AccountUserLimitReached')
  })
})

describe('changing and deleting a user', () => {
  it('PATCH merges into call handling, and the call plane routes by it at once', async () => {
    const account = await newAccount()
    const user = (await platform.call('POST', account.users, guideRequest())).body
    const item = `${account.users}/${String(user['id'])}`
    const patched = await platform.call('PATCH', item, { callHandlingSettings: { doNotDisturbEnabled: true } })
    expect(patched.body).toEqual({ ...user, callHandlingSettings: { ...(user['callHandlingSettings'] as object), doNotDisturbEnabled: true } })
    expect(platform.plane.view.snapshotOf(account.id)?.users.get(String(user['id']))?.callHandling.doNotDisturbEnabled).toBe(true)
  })

  it('frees the extension and takes plan, box and sessions along; an account with users cannot be deleted', async () => {
    const account = await newAccount()
    const user = (await platform.call('POST', account.users, guideRequest())).body
    expect((await platform.call('DELETE', `/v2/partition/${platform.partitionId}/account/${account.id}`)).body['errorCode']).toBe('AccountInUse')
    expect((await platform.call('DELETE', `${account.users}/${String(user['id'])}`)).status).toBe(204)
    const { sql } = platform.plane.context.database
    expect(await sql.selectFrom('voicemail_box').selectAll().where('account_id', '=', account.id).execute()).toEqual([])
    expect(await sql.selectFrom('calling_plan').selectAll().where('account_id', '=', account.id).execute()).toEqual([])
    expect((await platform.call('POST', account.users, guideRequest())).status).toBe(200)
  })

  it('S1-31: plan minutes are full again at midnight UTC on the billing day', async () => {
    const account = await newAccount({ billingCycleDay: 31 })
    const user = (await platform.call('POST', account.users, guideRequest())).body
    const { sql } = platform.plane.context.database
    await sql.updateTable('calling_plan').set({ seconds_remaining: 5 }).where('account_id', '=', account.id).execute()
    const remaining = async (): Promise<unknown> =>
      ((await platform.call('GET', `${account.users}/${String(user['id'])}`)).body['callingPlans'] as { secondsRemaining: number }[])[0]?.secondsRemaining
    expect(await remaining()).toBe(5)
    // November has 30 days: the cycle begins on the 30th.
    const plan = await sql.selectFrom('calling_plan').select('resets_at').where('account_id', '=', account.id).executeTakeFirstOrThrow()
    expect(plan.resets_at.toISOString()).toBe('2026-11-30T00:00:00.000Z')
  })
})
