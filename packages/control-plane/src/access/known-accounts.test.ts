import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let platform: TestControlPlane
let accounts: string

beforeAll(async () => {
  platform = await startTestControlPlane()
  accounts = `/v2/partition/${platform.partitionId}/account`
})
afterAll(() => platform.stop())

async function newAccount(accountNumber: string): Promise<string> {
  return String((await platform.call('POST', accounts, { accountNumber, accountName: 'Known' })).body['id'])
}

describe('an account that was just read', () => {
  it('is gone at once when it is deleted here', async () => {
    const id = await newAccount('K-1')
    expect((await platform.call('GET', `${accounts}/${id}/user`)).status).toBe(200)
    expect((await platform.call('DELETE', `${accounts}/${id}`)).status).toBe(200)
    expect((await platform.call('GET', `${accounts}/${id}/user`)).body).toMatchObject({ status: 404, errorCode: 'EntityNotFound' })
  })

  it('takes no change when another process deleted it, and is gone for readers two seconds later', async () => {
    const id = await newAccount('K-2')
    expect((await platform.call('GET', `${accounts}/${id}/user`)).status).toBe(200)
    await platform.plane.context.database.sql.updateTable('account').set({ status: 'DELETED' }).where('id', '=', id).execute()
    const user = { firstName: 'Ann', lastName: 'Late', extension: '4000' }
    expect((await platform.call('POST', `${accounts}/${id}/user`, user)).body).toMatchObject({ status: 404, errorCode: 'EntityNotFound' })
    platform.time.advance(2_000)
    expect((await platform.call('GET', `${accounts}/${id}/user`)).status).toBe(404)
  })

  it('is gone for readers also when the clock was set back, which would have it known for long', async () => {
    const id = await newAccount('K-5')
    expect((await platform.call('GET', `${accounts}/${id}/user`)).status).toBe(200)
    await platform.plane.context.database.sql.updateTable('account').set({ status: 'DELETED' }).where('id', '=', id).execute()
    platform.time.advance(-3_600_000)
    expect((await platform.call('GET', `${accounts}/${id}/user`)).status).toBe(404)
    platform.time.advance(3_600_000)
  })

  it('is known to nobody else: not in another partition, not to a user of another account', async () => {
    const manager = { username: 'known@example.com', password: 'Another-horse-2', firstName: 'K', lastName: 'N' }
    const child = await platform.call('POST', `/v2/partition/${platform.partitionId}/partition`, { name: 'known', manager })
    const token = String((await platform.logIn(manager.username, manager.password)).body['authToken'])
    const id = await newAccount('K-3')
    expect((await platform.call('GET', `${accounts}/${id}/user`)).status).toBe(200)
    const foreign = `/v2/partition/${String(child.body['id'])}/account/${id}/user`
    expect([
      (await platform.call('GET', foreign, undefined, token)).status,
      (await platform.call('GET', `${accounts}/${id}/user`, undefined, token)).status,
    ]).toEqual([404, 403])
    const own = await newAccount('K-4')
    const username = 'own@example.com'
    const user = { firstName: 'E', lastName: 'U', extension: '4000', username, emailAddress: username, allowPortalAccess: true, endUserType: 'BASIC_ADMIN' }
    expect((await platform.call('POST', `${accounts}/${own}/user`, user)).status).toBe(200)
    const { body: mail } = await platform.plane.context.database.sql.selectFrom('outgoing_message').select('body').executeTakeFirstOrThrow()
    const session = await platform.logIn(username, /password: +(\S+)/.exec(mail)?.[1] ?? '')
    expect((await platform.call('GET', `${accounts}/${id}/user`, undefined, String(session.body['authToken']))).status).toBe(403)
  })
})
