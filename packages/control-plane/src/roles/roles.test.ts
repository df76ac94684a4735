import { type Answer, startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let platform: TestControlPlane
let partition: string
let roles: string
let made = 0

beforeAll(async () => {
  platform = await startTestControlPlane()
  partition = `/v2/partition/${platform.partitionId}`
  roles = `${partition}/security`
})
afterAll(() => platform.stop())

type Line = readonly [type: string, accessType: string]

async function createRole(...lines: readonly Line[]): Promise<Record<string, unknown>> {
  made++
  const { status, body } = await platform.call('POST', roles, { name: `Role ${made}`, permissions: lines.map(([type, accessType]) => ({ type, accessType })) })
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}

/** Somebody who has these roles, logged in. */
async function tokenWith(...names: readonly unknown[]): Promise<{ id: string; token: string }> {
  made++
  const user = { username: `holder${made}@example.com`, password: 'Another-horse-2', firstName: 'Ann', lastName: 'Holder', roles: names }
  const created = await platform.call('POST', `${partition}/managementuser`, user)
  expect(created.status, JSON.stringify(created.body)).toBe(200)
  const session = await platform.logIn(user.username, user.password)
  return { id: String(created.body['id']), token: String(session.body['authToken']) }
}

const codeOf = (answer: Answer): unknown => answer.body['errorCode']

describe('a role', () => {
  it('is created, read, listed with who has it, changed and deleted, and the partition remembers each step', async () => {
    const role = await createRole(['Account', 'EDIT'], ['EU_User', 'READ_MYUSER'])
    const item = `${roles}/${String(role['id'])}`
    expect(role).toMatchObject({ partitionId: platform.partitionId, userType: 'ManagementUser', userCount: 0, permissions: [{ type: 'Account', accessType: 'EDIT' }, { type: 'EU_User', accessType: 'READ_MYUSER' }] }) // prettier-ignore
    expect((await platform.call('GET', item)).body).toEqual(role)
    await tokenWith(role['name'])
    expect((await platform.call('GET', roles)).list).toContainEqual({ ...role, userCount: 1 })
    expect((await platform.call('PATCH', item, { name: 'Renamed' })).body).toMatchObject({ ...role, name: 'Renamed', userCount: 1 })
    expect((await platform.call('PUT', item, { name: 'Renamed', permissions: [] })).body).toMatchObject({ permissions: [] })
    expect((await platform.call('DELETE', item)).body).toMatchObject({ status: 400, messages: ['SecurityRoleInUse'] })
    const history = await platform.call('GET', `${partition}/data-history?tag=${String(role['id'])}`)
    const rows = history.body['results'] as Record<string, unknown>[]
    expect(rows.map((row) => [row['type'], row['actionType']])).toEqual([
      ['PLATFORM_USER_GROUP', 'UPDATE'],
      ['PLATFORM_USER_GROUP', 'UPDATE'],
      ['PLATFORM_USER_GROUP', 'CREATE'],
    ])
    expect(String(rows[1]?.['newValue'])).toContain('Renamed')
  })

  it('is deleted with 204 when nobody has it', async () => {
    const role = await createRole()
    expect((await platform.call('DELETE', `${roles}/${String(role['id'])}`)).status).toBe(204)
    expect((await platform.call('GET', `${roles}/${String(role['id'])}`)).status).toBe(404)
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['without a name', { permissions: [] }, 'NameRequired'],
    ['with an unknown type', { name: 'x', permissions: [{ type: 'Everything', accessType: 'READ' }] }, 'InvalidType'],
    ['with an unknown level', { name: 'x', permissions: [{ type: 'Account', accessType: 'WRITE' }] }, 'InvalidAccessType'],
    ['with a type twice', { name: 'x', permissions: [{ type: 'Account', accessType: 'READ' }, { type: 'Account', accessType: 'EDIT' }] }, 'DuplicateType'],
    ['above the maximum of a type', { name: 'x', permissions: [{ type: 'AccountHistory', accessType: 'EDIT' }] }, 'InvalidAccessType'],
    ['with a type of the whole platform', { name: 'x', permissions: [{ type: 'ALIANZA_MasterRoutePlan', accessType: 'READ' }] }, 'InvalidAccessType'],
    ['for end users, whose kind decides', { name: 'x', userType: 'EndUser', permissions: [] }, 'InvalidUserType'],
    ['for account users with a permission of the partition', { name: 'x', userType: 'AccountUser', permissions: [{ type: 'IpWhitelist', accessType: 'READ' }] }, 'InvalidAccessType'],
  ])('%s is refused', async (_case, body, code) => {
    const before = (await platform.call('GET', roles)).list.length
    const answer = await platform.call('POST', roles, body)
    expect([answer.status, codeOf(answer)]).toEqual([400, code])
    expect((await platform.call('GET', roles)).list).toHaveLength(before)
  }) // prettier-ignore

  it('has a name of its own in the partition, also when two are made at once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => platform.call('POST', roles, { name: 'Contested' })))
    expect(answers.map((answer) => answer.status).toSorted((one, other) => one - other)).toEqual([200, 400, 400, 400, 400, 400, 400, 400])
    expect(new Set(answers.filter((answer) => answer.status === 400).map(codeOf))).toEqual(new Set(['DuplicateName']))
  })

  it('cannot be deleted at the moment a user gets it: one of the two wins, and nobody has a role that is gone', async () => {
    for (let round = 0; round < 5; round++) {
      const role = await createRole(['Account', 'READ'])
      made++
      const user = { username: `racer${made}@example.com`, password: 'Another-horse-2', firstName: 'R', lastName: 'R', roles: [role['name']] }
      const [deleted, created] = await Promise.all([
        platform.call('DELETE', `${roles}/${String(role['id'])}`),
        platform.call('POST', `${partition}/managementuser`, user),
      ])
      expect([[204, 400].includes(deleted.status), deleted.status === 204, created.status === 200]).toEqual([
        true,
        created.status !== 200,
        deleted.status !== 204,
      ])
    }
  })
})

describe('what a role does', () => {
  it('opens exactly its types and levels', async () => {
    const reader = await tokenWith((await createRole(['Account', 'READ']))['name'])
    expect((await platform.call('GET', `${partition}/account`, undefined, reader.token)).status).toBe(200)
    expect((await platform.call('POST', `${partition}/account`, { accountNumber: 'r', accountName: 'reader' }, reader.token)).body).toMatchObject({ status: 403, messages: ['NotPermitted'] })
    expect((await platform.call('GET', roles, undefined, reader.token)).status).toBe(403)
  }) // prettier-ignore

  it('together: the union of what each gives, and DENIED of one is a no', async () => {
    const [read, create, denied] = [await createRole(['Account', 'READ']), await createRole(['Account', 'CREATE']), await createRole(['Account', 'DENIED'])]
    const both = await tokenWith(read['name'], create['name'])
    made++
    const account = { accountNumber: `union${made}`, accountName: 'union' }
    expect((await platform.call('POST', `${partition}/account`, account, both.token)).status).toBe(200)
    const none = await tokenWith(read['name'], create['name'], denied['name'])
    expect((await platform.call('GET', `${partition}/account`, undefined, none.token)).status).toBe(403)
    expect((await platform.call('GET', '/v2/authorize/userinfo', undefined, none.token)).body['permissions']).toEqual({ Account: 'DENIED' })
  })

  it('a change of it reaches running sessions with the next request', async () => {
    const role = await createRole(['Account', 'READ'])
    const holder = await tokenWith(role['name'])
    expect((await platform.call('GET', `${partition}/account`, undefined, holder.token)).status).toBe(200)
    await platform.call('PATCH', `${roles}/${String(role['id'])}`, { permissions: [] })
    expect((await platform.call('GET', `${partition}/account`, undefined, holder.token)).status).toBe(403)
  })

  it('nobody weakens himself by a change of a role he has, unless another of his gives the same', async () => {
    const [own, spare] = [await createRole(['ProductGroups', 'DELETE'], ['Account', 'READ']), await createRole(['Account', 'READ'])]
    const { token } = await tokenWith(own['name'])
    const change = (permissions: readonly Line[], by: string) =>
      platform.call('PATCH', `${roles}/${String(own['id'])}`, { permissions: permissions.map(([type, accessType]) => ({ type, accessType })) }, by)
    expect(codeOf(await change([['ProductGroups', 'DELETE']], token))).toBe('CannotWeakenYourself')
    const both = await tokenWith(own['name'], spare['name'])
    expect((await change([['ProductGroups', 'DELETE']], both.token)).status).toBe(200)
    expect(codeOf(await change([], both.token))).toBe('CannotWeakenYourself')
  })

  it('nobody gives away more than he has: not in a role, not by a role, not by a change of a role', async () => {
    const weak = await createRole(['ProductGroups', 'DELETE'], ['ProductUsers', 'DELETE'], ['Account', 'READ'])
    const strong = await createRole(['Account', 'DELETE'])
    const { token, id } = await tokenWith(weak['name'])
    const asWeak = (method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown) => platform.call(method, path, body, token)
    expect(codeOf(await asWeak('POST', roles, { name: 'more', permissions: [{ type: 'Account', accessType: 'EDIT' }] }))).toBe('PermissionNotHeld')
    expect((await asWeak('POST', roles, { name: 'no more', permissions: [{ type: 'Account', accessType: 'READ_MYUSER' }] })).status).toBe(200)
    expect(codeOf(await asWeak('PATCH', `${partition}/managementuser/${id}`, { roles: [strong['name']] }))).toBe('PermissionNotHeld')
    expect(codeOf(await asWeak('PATCH', `${partition}/managementuser/${id}`, { roles: ['Administrator'] }))).toBe('PermissionNotHeld')
    expect(codeOf(await asWeak('PATCH', `${roles}/${String(weak['id'])}`, { permissions: [{ type: 'Account', accessType: 'DELETE' }] }))).toBe(
      'PermissionNotHeld',
    )
    expect((await asWeak('PATCH', `${roles}/${String(strong['id'])}`, { permissions: [] })).status).toBe(403)
    expect((await asWeak('DELETE', `${roles}/${String(strong['id'])}`)).status).toBe(403)
  })
})

describe('GET /v2/ref/permissions', () => {
  it('lists the 47 types with the highest level a kind of user can have', async () => {
    const { list } = await platform.call('GET', '/v2/ref/permissions')
    expect(list).toHaveLength(47)
    expect(list).toContainEqual({ type: 'Account', maxAccessType: 'DELETE' })
    expect((await platform.call('GET', '/v2/ref/permissions?usertype=AccountUser')).list).toContainEqual({
      type: 'PhoneNumberInventory',
      maxAccessType: 'NONE',
    })
    expect((await platform.call('GET', '/v2/ref/permissions?usertype=Nobody')).status).toBe(400)
  })
})
