import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let platform: TestControlPlane
let sequence = 0

beforeAll(async () => {
  platform = await startTestControlPlane()
})
afterAll(() => platform.stop())

interface People {
  readonly id: string
  readonly base: string
  readonly users: readonly string[]
}

async function newAccount(users: number, overrides: Record<string, unknown> = {}): Promise<People> {
  sequence++
  const created = await platform.call('POST', `/v2/partition/${platform.partitionId}/account`, {
    accountNumber: `US-${sequence}`,
    accountName: 'Settings',
    ...overrides,
  })
  const base = `/v2/partition/${platform.partitionId}/account/${String(created.body['id'])}`
  const ids: string[] = []
  for (let extension = 4000; extension < 4000 + users; extension++) ids.push(await newUser(base, { extension: String(extension) }))
  return { id: String(created.body['id']), base, users: ids }
}

async function newUser(base: string, overrides: Record<string, unknown>): Promise<string> {
  const user = await platform.call('POST', `${base}/user`, { firstName: 'Ann', lastName: 'User', ...overrides })
  expect(user.status, JSON.stringify(user.body)).toBe(200)
  return String(user.body['id'])
}

const messagesTo = (recipient: string) =>
  platform.plane.context.database.sql.selectFrom('outgoing_message').selectAll().where('recipient', '=', recipient).orderBy('created_at').execute()
const historyOf = async (userId: string) =>
  (
    await platform.plane.context.database.sql
      .selectFrom('account_history')
      .select(['type', 'action'])
      .where('reference_id', '=', userId)
      .orderBy('sequence')
      .execute()
  ).map((row) => `${row.type} ${row.action}`)
const patch = (people: People, body: unknown, user = people.users[0] ?? '') => platform.call('PATCH', `${people.base}/user/${user}`, body)
const codeOf = async (people: People, body: unknown) => (await patch(people, body)).body['errorCode']

describe('call handling', () => {
  it('takes every option with its ranges, in both spellings, and shows it as it was sent', async () => {
    const people = await newAccount(2)
    const [, other = ''] = people.users
    const handlings = [
      { callHandlingOptionType: 'ForwardAlways', forwardAlwaysToNumber: '18015551212', forwardAlwaysToNumberDescription: 'mobile' },
      {
        callHandlingOptionType: 'SimultaneousRing',
        simultaneousRingCallHandling: { forwardToNumberList: ['+16075551212', '4001'], noAnswerCallHandling: { type: 'Voicemail', timeout: 30 } },
      },
      {
        callHandlingOptionType: 'SimultaneousRing',
        simultaneousRingCallHandling: {
          forwardToTimedNumberList: [{ toNumber: '16075551212', ringDelay: 0, ringDuration: 1, continueOnBusy: true }],
          noAnswerCallHandling: { type: 'RingForever' },
        },
      },
      {
        callHandlingOptionType: 'findMeFollowMe',
        findMeFollowMeCallHandling: {
          findMeEndpoints: [
            { ringUserDevice: true, timeout: 240, continueOnBusy: true },
            { toUserId: other, timeout: 1, description: 'desk' },
            { toNumber: '18015551212', timeout: 20 },
          ],
          timeoutType: 'Voicemail',
        },
      },
    ]
    for (const handling of handlings) {
      const changed = await patch(people, { callHandlingSettings: handling })
      expect(changed.status, JSON.stringify(changed.body)).toBe(200)
      const { callHandlingOptionType, ...rest } = handling
      expect(changed.body['callHandlingSettings']).toMatchObject(rest)
      expect(String((changed.body['callHandlingSettings'] as Record<string, unknown>)['callHandlingOptionType']).toLowerCase()).toBe(
        callHandlingOptionType.toLowerCase(),
      )
    }
    expect((await platform.call('DELETE', `${people.base}/user/${other}`)).body).toMatchObject({
      errorCode: 'EndUserInUse',
      data: { usedBy: [{ role: 'findMeFollowMe' }] },
    })
  })

  it('refuses what rings nobody, what leads nowhere, people of other accounts, and values out of range; nothing changes', async () => {
    const [people, strangers] = [await newAccount(1), await newAccount(1)]
    const before = (await platform.call('GET', `${people.base}/user/${String(people.users[0])}`)).body
    const findMe = (endpoint: Record<string, unknown>) => ({
      callHandlingSettings: {
        callHandlingOptionType: 'FindMeFollowMe',
        findMeFollowMeCallHandling: { findMeEndpoints: [{ timeout: 20, ...endpoint }], timeoutType: 'Busy' },
      },
    })
    const refused: readonly (readonly [unknown, string])[] = [
      [{ callHandlingSettings: { callHandlingOptionType: 'ForwardAlways' } }, 'ForwardToNumberRequired'],
      [{ callHandlingSettings: { callHandlingOptionType: 'SimultaneousRing' } }, 'ForwardToNumberListRequired'],
      [{ callHandlingSettings: { callHandlingOptionType: 'FindMeFollowMe' } }, 'FindMeEndpointsRequired'],
      [{ callHandlingSettings: { callHandlingOptionType: 'Nobody' } }, 'InvalidCallHandlingOptionType'],
      [{ callHandlingSettings: { forwardAlwaysToNumber: '4999' } }, 'EntityNotFound'],
      [{ callHandlingSettings: { forwardAlwaysToNumber: '12' } }, 'InvalidForwardAlwaysToNumber'],
      [findMe({}), 'InvalidFindMeEndpoints'],
      [findMe({ ringUserDevice: true, toNumber: '18015551212' }), 'InvalidFindMeEndpoints'],
      [findMe({ ringUserDevice: true, continueOnBusy: true }), 'InvalidContinueOnBusy'],
      [findMe({ ringUserDevice: true, timeout: 241 }), 'InvalidTimeout'],
      [findMe({ toUserId: strangers.users[0] }), 'EntityNotFound'],
      [findMe({ toUserId: people.users[0] }), 'InvalidFindMeEndpoints'],
      [{ callHandlingSettings: { ringPhoneCallHandling: { noAnswerCallHandling: { timeout: 0 } } } }, 'InvalidTimeout'],
      [{ callScreeningSettings: { defaultCallScreen: 'Forward' } }, 'ForwardTnRequired'],
      [{ callScreeningSettings: { customCallScreenList: [{ telephoneNumber: 'abc', blockType: 'Block' }] } }, 'InvalidTelephoneNumber'],
      [
        {
          callScreeningSettings: {
            customCallScreenList: ['18015551212', '+1 801 555 1212'].map((telephoneNumber) => ({ telephoneNumber, blockType: 'Block' })),
          },
        },
        'DuplicateTelephoneNumber',
      ],
      [{ callScreeningSettings: { tollFreeRingType: 'Ring8' } }, 'InvalidTollFreeRingType'],
      [{ callerIdConfig: { callerIdNumber: '18015559999' } }, 'InvalidCallerIdNumber'],
      [{ callerIdConfig: { callerIdNumberReservationId: '18015559999' } }, 'EntityNotFound'],
      [{ voicemailBoxId: 'nobody' }, 'EntityNotFound'],
      [{ group: { id: 'nobody' } }, 'EntityNotFound'],
      [{ newCppId: 'nobody' }, 'EntityNotFound'],
      [{ mediaFriends: { enabled: true } }, 'HostRequired'],
      [{ softphoneClientType: 'OTHER' }, 'InvalidSoftphoneClientType'],
    ]
    for (const [body, code] of refused) expect(await codeOf(people, body), JSON.stringify(body)).toBe(code)
    expect((await platform.call('GET', `${people.base}/user/${String(people.users[0])}`)).body).toEqual(before)
  })

  it('S4-40: a plan that prevents forwarding lets nobody forward', async () => {
    const people = await newAccount(1)
    const product = await platform.call('POST', `/v2/partition/${platform.partitionId}/callingplanproduct`, {
      name: `No forward ${sequence}`,
      planMinutes: 1,
      preventForwarding: true,
    })
    expect((await patch(people, { newCppId: product.body['id'] })).body['callingPlans']).toMatchObject([{ callingPlanProductId: product.body['id'] }])
    expect(await codeOf(people, { callHandlingSettings: { forwardAlwaysToNumber: '18015551212' } })).toBe('ForwardingPrevented')
  })
})

describe('call handling schedules', () => {
  const schedule = (overrides: Record<string, unknown>, callHandling: Record<string, unknown> = {}) => ({
    callHandlingSchedules: [
      { schedule: { name: 'Night', type: 'WEEKLY', weekly: { MON: { startTime: '18:00', endTime: '24:00' } }, ...overrides }, callHandling },
    ],
  })

  it('are kept whole: weekly and single dates, each with a call handling of its own, and in the history', async () => {
    const people = await newAccount(1)
    const weekly = await patch(people, schedule({}, { callHandlingOptionType: 'ForwardAlways', forwardAlwaysToNumber: '18015551212' }))
    expect([weekly.status, weekly.body['callHandlingSchedules']], JSON.stringify(weekly.body)).toMatchObject([
      200,
      [
        {
          schedule: { name: 'Night', weekly: { MON: { startTime: '18:00' } } },
          callHandling: { callHandlingOptionType: 'ForwardAlways', callWaitingEnabled: true },
        },
      ],
    ])
    const custom = schedule({ type: 'CUSTOM', weekly: undefined, custom: [{ date: '2026-12-25', startTime: '00:00', endTime: '24:00' }] })
    expect((await patch(people, custom)).body['callHandlingSchedules']).toMatchObject([{ schedule: { type: 'CUSTOM', custom: [{ date: '2026-12-25' }] } }])
    expect(await historyOf(String(people.users[0]))).toEqual(['USER CREATE', 'CALL_FORWARDING UPDATE', 'CALL_FORWARDING UPDATE'])
  })

  it.each([
    ['a week without hours', schedule({ weekly: {} }), 'WeeklyRequired'],
    ['an unknown day', schedule({ weekly: { MOO: { startTime: '08:00', endTime: '09:00' } } }), 'InvalidWeekly'],
    ['an end before its start', schedule({ weekly: { MON: { startTime: '09:00', endTime: '08:00' } } }), 'InvalidEndTime'],
    ['25 o’clock', schedule({ weekly: { MON: { startTime: '09:00', endTime: '25:00' } } }), undefined],
    ['dates that are none', schedule({ type: 'CUSTOM', custom: [{ date: '2026-02-30', startTime: '00:00', endTime: '01:00' }] }), 'InvalidDate'],
    ['no dates', schedule({ type: 'CUSTOM' }), 'CustomRequired'],
    ['no name', schedule({ name: '' }), 'InvalidName'],
    ['a name twice', { callHandlingSchedules: [...schedule({}).callHandlingSchedules, ...schedule({ name: 'NIGHT' }).callHandlingSchedules] }, 'DuplicateName'],
    ['a forward to nobody', schedule({}, { callHandlingOptionType: 'ForwardAlways' }), 'ForwardToNumberRequired'],
    ['a forward to an unknown extension', schedule({}, { forwardAlwaysToNumber: '4999' }), 'EntityNotFound'],
  ])('refuses %s', async (_case, body, code) => {
    const answer = await patch(await newAccount(1), body)
    expect([400, 404]).toContain(answer.status)
    if (code !== undefined) expect(answer.body['errorCode'], JSON.stringify(answer.body)).toBe(code)
  })
})

describe('what a user shares with others', () => {
  it('a voicemail box can be shared or left out; the one that came with a user outlives him as long as it is used', async () => {
    const people = await newAccount(2)
    const [owner = '', sharer = ''] = people.users
    const box = (await platform.call('GET', `${people.base}/user/${owner}`)).body['voicemailBoxId']
    expect((await patch(people, { voicemailBoxId: box }, sharer)).body['voicemailBoxId']).toBe(box)
    expect((await platform.call('DELETE', `${people.base}/user/${owner}`)).status).toBe(204)
    expect((await platform.call('GET', `${people.base}/user/${sharer}`)).body['voicemailBoxId']).toBe(box)
    const without = await patch(people, { voicemailBoxId: null }, sharer)
    expect([without.status, without.body['voicemailBoxId']]).toEqual([200, undefined])
    expect(platform.plane.view.snapshotOf(people.id)?.users.get(sharer)?.voicemailBoxId).toBeUndefined()
  })

  it('voicemail settings choose the box; voicemail that could not be on is refused', async () => {
    const people = await newAccount(1)
    const [userId = ''] = people.users
    const voicemail = `${people.base}/enduser/${userId}/voicemail`
    const box = (await platform.call('POST', `${people.base}/voicemailbox`, { name: 'Shared', type: 'Primary' })).body['id']
    expect((await platform.call('PUT', voicemail, { enabled: true, voicemailBoxId: box })).body).toMatchObject({ enabled: true, voicemailBoxId: box })
    expect((await platform.call('GET', voicemail)).body).toMatchObject({ voicemailBoxId: box })
    expect((await platform.call('PUT', voicemail, { enabled: true, voicemailBoxId: 'nobody' })).body['errorCode']).toBe('EntityNotFound')
    await patch(people, { voicemailBoxId: null })
    const refused = await platform.call('PUT', voicemail, { enabled: true })
    expect(refused.body).toMatchObject({ status: 400, errorCode: 'InvalidEnabled', details: [{ field: 'enabled' }] })
    expect((await platform.call('GET', voicemail)).body['enabled']).toBe(false)
  })

  it('features are switched as they are written, or refused by their names', async () => {
    const people = await newAccount(1)
    const features = `${people.base}/enduser/${people.users[0] ?? ''}/features`
    const put = (body: object) => platform.call('PUT', features, body)
    const simultaneousRingCallHandling = { forwardToNumberList: ['18015551212'], noAnswerCallHandling: { type: 'Voicemail', timeout: 20 } }
    const handling = { callHandlingOptionType: 'ForwardAlways', forwardAlwaysToNumber: '18015551212', simultaneousRingCallHandling }
    expect((await patch(people, { callHandlingSettings: handling })).status).toBe(200)
    expect((await put({ callForwarding: false })).body).toMatchObject({ callForwarding: false, simultaneousRing: false })
    expect((await put({ simultaneousRing: true })).body).toMatchObject({ simultaneousRing: true, findMeFollowMe: false })
    expect((await put({ simultaneousRing: true, findMeFollowMe: true })).body).toMatchObject({ status: 400, details: [{ field: 'findMeFollowMe' }] })
    expect((await put({ findMeFollowMe: true })).body['status']).toBe(400)
    expect((await put({ callForwarding: true })).body).toMatchObject({
      status: 400,
      details: [{ field: 'callForwarding', rule: expect.stringContaining('callforwarding') }],
    })
    expect((await put({ simultaneousRing: false })).body).toMatchObject({ simultaneousRing: false })
    const shown = (await platform.call('GET', features)).body
    expect((await put({ ...shown, constructor: 'of every object' })).body).toEqual(shown)
  })

  it('pinLockedOut is opened by writing false and never shut by anybody', async () => {
    const people = await newAccount(1)
    const [userId = ''] = people.users
    expect((await patch(people, { pinLockedOut: true })).body['pinLockedOut']).toBe(false)
    await platform.plane.context.database.sql.updateTable('end_user').set({ pin_locked_out: true }).where('id', '=', userId).execute()
    expect((await patch(people, { tags: 'sales' })).body).toMatchObject({ pinLockedOut: true, tags: 'sales' })
    expect((await patch(people, { pinLockedOut: false })).body['pinLockedOut']).toBe(false)
    await platform.plane.context.database.sql.updateTable('end_user').set({ pin_locked_out: true }).where('id', '=', userId).execute()
    expect((await platform.call('PUT', `${people.base}/user/${userId}/unlockvm?resetPin=true`)).body['pinLockedOut']).toBe(false)
    const row = await platform.plane.context.database.sql.selectFrom('end_user').selectAll().where('id', '=', userId).executeTakeFirstOrThrow()
    expect([row.voicemail_pin_hash === null, row.voicemail_pin_must_change]).toEqual([false, true])
    expect(await historyOf(userId)).toContain('VOICEMAIL UPDATE')
  })
})

describe('people', () => {
  it('S1-47: repurposed, a user keeps number, extension and plan; everything of the old person goes, and he can log in no more', async () => {
    const people = await newAccount(0)
    const login = { username: `old.${sequence}`, emailAddress: `old.${sequence}@example.com` }
    const userId = await newUser(people.base, { ...login, extension: '4100', allowPortalAccess: true, callHandlingSettings: { doNotDisturbEnabled: true } })
    const before = (await platform.call('GET', `${people.base}/user/${userId}`)).body
    const password = /password: {2}(\S+)/.exec((await messagesTo(login.emailAddress))[0]?.body ?? '')?.[1] ?? ''
    const session = await platform.logIn(login.username, password)
    const person = { firstName: 'Neo', lastName: 'Person', username: `new.${sequence}`, emailAddress: `new.${sequence}@example.com` }
    const after = await platform.call('PUT', `${people.base}/user/${userId}/repurpose`, person)
    expect([after.status, after.body], JSON.stringify(after.body)).toMatchObject([
      200,
      {
        ...person,
        id: userId,
        extension: '4100',
        callingPlans: before['callingPlans'],
        mustChangePassword: true,
        callHandlingSettings: { doNotDisturbEnabled: false },
      },
    ])
    expect(after.body['voicemailBoxId']).not.toBe(before['voicemailBoxId'])
    expect((await platform.logIn(login.username, password)).status).toBe(401)
    expect((await platform.call('GET', `${people.base}/user/${userId}`, undefined, String(session.body['authToken']))).status).toBe(401)
    expect((await messagesTo(person.emailAddress))[0]?.subject).toContain('Welcome')
  })

  it('S1-51: a password reset mails a temporary one and ends the old one; without portal access there is none to reset', async () => {
    const people = await newAccount(1)
    expect((await platform.call('PUT', `${people.base}/user/${String(people.users[0])}/resetpassword`)).body['errorCode']).toBe('PortalAccessRequired')
    const emailAddress = `reset.${sequence}@example.com`
    const userId = await newUser(people.base, { username: `reset.${sequence}`, emailAddress, extension: '4100', allowPortalAccess: true, blockEmail: true })
    expect(await messagesTo(emailAddress)).toEqual([])
    expect((await platform.call('PUT', `${people.base}/user/${userId}/resetpassword`)).body).toMatchObject({ mustChangePassword: true })
    const [mail] = await messagesTo(emailAddress)
    const password = /password: {2}(\S+)/.exec(mail?.body ?? '')?.[1] ?? ''
    expect((await platform.logIn(`reset.${sequence}`, password)).status).toBe(200)
    expect((await platform.call('POST', `${people.base}/user/${userId}/send-welcome-email`)).status).toBe(204)
    expect((await platform.logIn(`reset.${sequence}`, password)).status).toBe(401)
    expect(await historyOf(userId)).toEqual(['USER CREATE', 'USER UPDATE', 'USER UPDATE'])
    expect((await platform.call('POST', `${people.base}/send-welcome-email`)).status).toBe(200)
    expect((await messagesTo(emailAddress)).map((message) => message.subject.split(' ')[0])).toEqual(['Your', 'Welcome', 'Welcome'])
    expect((await platform.call('GET', `${people.base}/user/${userId}/voicemail`)).list).toEqual([])
    expect((await platform.call('GET', `${people.base}/user/nobody/voicemail`)).status).toBe(404)
  })

  it('are found by user name, listed with few fields, and their e-mail address is checked before it is used', async () => {
    const people = await newAccount(1)
    const emailAddress = `check.${sequence}@example.com`
    const userId = await newUser(people.base, { username: `Check.${sequence}`, emailAddress, extension: '4100' })
    expect((await platform.call('GET', `${people.base}/user/check.${sequence}?idType=UserName`)).body['id']).toBe(userId)
    expect((await platform.call('GET', `${people.base}/user?limitedData=true`)).list[1]).toEqual({
      id: userId,
      partitionId: platform.partitionId,
      accountId: people.id,
      firstName: 'Ann',
      lastName: 'User',
      username: `Check.${sequence}`,
      emailAddress,
      extension: '4100',
    })
    const check = `${people.base}/user/prevalidate/email`
    expect((await platform.call('GET', `${check}/free.${sequence}@example.com`)).status).toBe(200)
    expect((await platform.call('GET', `${check}/${emailAddress.toUpperCase()}`)).body['errorCode']).toBe('DuplicateEmailAddress')
    expect((await platform.call('GET', `${check}/${emailAddress}?userId=${userId}`)).status).toBe(200)
    expect((await platform.call('GET', `${check}/nonsense`)).body['errorCode']).toBe('InvalidEmail')
    expect((await platform.call('GET', `${people.base}/user-product-plans`)).list.map((plan) => [plan['id'], plan['emailAddressRequired']])).toEqual([
      ['STANDARD', false],
      ['ADVANCED', true],
      ['PROFESSIONAL', true],
    ])
  })
})

describe('C-23: the settings of a user under the words of the other documentation set', () => {
  it('are other views of the one stored call handling, which the call plane routes by', async () => {
    const people = await newAccount(1)
    const [userId = ''] = people.users
    const item = `${people.base}/enduser/${userId}`
    expect((await platform.call('GET', `${item}/callforwarding`)).body).toMatchObject({
      always: { enabled: false },
      busy: { enabled: false },
      noAnswer: { timeoutSeconds: 20 },
    })
    await platform.call('PUT', `${item}/callforwarding`, {
      always: { enabled: true, forwardToNumber: '18015551212' },
      noAnswer: { enabled: true, forwardToNumber: '16075551212', timeoutSeconds: 40 },
    })
    expect(platform.plane.view.snapshotOf(people.id)?.users.get(userId)?.callHandling).toMatchObject({
      optionType: 'ForwardAlways',
      forwardAlwaysToNumber: '18015551212',
      noAnswer: { type: 'Forward', timeoutSeconds: 40 },
    })
    expect((await platform.call('PUT', `${item}/callforwarding`, { always: { enabled: false } })).body).toMatchObject({
      always: { enabled: false, forwardToNumber: '18015551212' },
    })
    expect((await platform.call('PUT', `${item}/callforwarding`, { busy: { enabled: true } })).body['errorCode']).toBe('ForwardToNumberRequired')
    expect((await platform.call('PUT', `${item}/voicemail`, { enabled: false })).body).toMatchObject({ enabled: false })
    expect(platform.plane.view.snapshotOf(people.id)?.users.get(userId)?.callHandling.busy).toEqual({ type: 'Busy' })
    expect((await platform.call('PUT', `${item}/features`, { doNotDisturb: true, callWaiting: false })).body).toMatchObject({
      doNotDisturb: true,
      callWaiting: false,
      callForwarding: true,
    })
    expect((await platform.call('PUT', `${item}/callscreening`, { anonymousCallScreen: 'Block' })).body).toMatchObject({
      anonymousCallScreen: 'Block',
      defaultCallScreen: 'Allow',
    })
    expect((await platform.call('GET', `${people.base}/user/${userId}`)).body).toMatchObject({ callScreeningSettings: { anonymousCallScreen: 'Block' } })
    expect(await historyOf(userId)).toContain('CALL_SCREENING UPDATE')
    expect((await platform.call('GET', `${people.base}/enduser/nobody/features`)).status).toBe(404)
  })
})
