import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let platform: TestControlPlane
let users: string
let made = 0

beforeAll(async () => {
  platform = await startTestControlPlane()
  const partition = `/v2/partition/${platform.partitionId}`
  const account = await platform.call('POST', `${partition}/account`, { accountNumber: 'authority', accountName: 'Authority' })
  users = `${partition}/account/${String(account.body['id'])}/user`
})
afterAll(() => platform.stop())

interface Person {
  readonly id: string
  readonly token: string
}

/** A user with portal access, logged in with the password of his welcome mail. */
async function person(endUserType: string): Promise<Person> {
  made++
  const username = `person${made}@example.com`
  const body = { firstName: 'Per', lastName: 'Son', extension: String(4000 + made), username, emailAddress: username, allowPortalAccess: true, endUserType }
  const created = await platform.call('POST', users, body)
  expect(created.status, JSON.stringify(created.body)).toBe(200)
  const mails = await platform.plane.context.database.sql.selectFrom('outgoing_message').select('body').where('recipient', '=', username).execute()
  const password = /password: +(\S+)/.exec(mails[0]?.body ?? '')?.[1] ?? ''
  const login = await platform.logIn(username, password)
  expect(login.body).toMatchObject({ userType: 'EndUser', endUserType, mustChangePassword: true })
  return { id: String(created.body['id']), token: String(login.body['authToken']) }
}

const as = async (caller: Person, method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown) =>
  (await platform.call(method, path, body, caller.token)).status
const item = (who: Person): string => `${users}/${who.id}`

describe('S1-48: what the kinds of end users may do', () => {
  it('STANDARD: his own settings, and nothing of anybody else', async () => {
    const [me, other] = [await person('STANDARD'), await person('STANDARD')]
    expect(await as(me, 'GET', item(me))).toBe(200)
    expect(await as(me, 'PATCH', item(me), { firstName: 'Mine', languageTag: 'fr-CA' })).toBe(200)
    for (const change of [{ endUserType: 'SUPER_ADMIN' }, { userProductPlan: 'PROFESSIONAL' }, { extension: '4999' }, { username: 'another@example.com' }, { allowPortalAccess: false }])
      expect(await as(me, 'PATCH', item(me), change), JSON.stringify(change)).toBe(403)
    expect([await as(me, 'GET', item(other)), await as(me, 'PATCH', item(other), { firstName: 'Yours' }), await as(me, 'GET', users), await as(me, 'DELETE', item(me))]).toEqual([403, 403, 403, 403])
    expect((await platform.call('GET', item(me))).body).toMatchObject({ firstName: 'Mine', endUserType: 'STANDARD' })
  }) // prettier-ignore

  it('BASIC_ADMIN: looks after the users, makes and removes none', async () => {
    const [admin, other] = [await person('BASIC_ADMIN'), await person('STANDARD')]
    expect([await as(admin, 'GET', users), await as(admin, 'PATCH', item(other), { firstName: 'Cared for', userProductPlan: 'ADVANCED' })]).toEqual([200, 200])
    expect([await as(admin, 'POST', users, { firstName: 'N', lastName: 'N', extension: '4888' }), await as(admin, 'DELETE', item(other))]).toEqual([403, 403])
  })

  it('STANDARD_ADMIN makes users, ADVANCED_ADMIN removes them', async () => {
    const [standard, advanced] = [await person('STANDARD_ADMIN'), await person('ADVANCED_ADMIN')]
    const other = await person('STANDARD')
    expect(await as(standard, 'POST', users, { firstName: 'N', lastName: 'N', extension: '4777' })).toBe(200)
    expect([await as(standard, 'DELETE', item(other)), await as(advanced, 'DELETE', item(other))]).toEqual([403, 204])
  })

  it('none of them makes, changes or removes somebody stronger, himself included', async () => {
    const [basic, advanced, chief] = [await person('BASIC_ADMIN'), await person('ADVANCED_ADMIN'), await person('SUPER_ADMIN')]
    const weak = await person('STANDARD')
    expect(await as(basic, 'PATCH', item(basic), { endUserType: 'SUPER_ADMIN' })).toBe(403)
    expect(await as(basic, 'PATCH', item(chief), { emailAddress: 'mine@example.com' })).toBe(403)
    expect(await as(basic, 'PATCH', item(weak), { endUserType: 'STANDARD_ADMIN' })).toBe(403)
    expect(await as(basic, 'PATCH', item(weak), { endUserType: 'BASIC_ADMIN' })).toBe(200)
    expect(await as(advanced, 'POST', users, { firstName: 'N', lastName: 'N', extension: '4666', endUserType: 'SUPER_ADMIN' })).toBe(403)
    expect(await as(advanced, 'DELETE', item(chief))).toBe(403)
    expect(await as(chief, 'PATCH', item(advanced), { endUserType: 'SUPER_ADMIN' })).toBe(200)
    expect((await platform.call('GET', item(chief))).body).toMatchObject({ endUserType: 'SUPER_ADMIN' })
  })

  it('even SUPER_ADMIN stays inside his account', async () => {
    const chief = await person('SUPER_ADMIN')
    const partition = `/v2/partition/${platform.partitionId}`
    for (const path of ['', '/account', '/users', '/managementuser', '/security', '/callingplanproduct', '/apikey', '/accessrule', '/data-history'])
      expect(await as(chief, 'GET', `${partition}${path}`), path).toBe(403)
  })
})
