import { OPERATOR, startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { renewPassword } from './index.ts'

let platform: TestControlPlane

beforeEach(async () => {
  platform = await startTestControlPlane()
})
afterEach(() => platform.stop())

function renew(username: string | undefined, environment = 'development') {
  return renewPassword({ database: platform.plane.context.database, environment, username, now: new Date(platform.time.nowMs()) })
}

describe('a password that is set at the console', () => {
  it('lets the first operator in at once, after any number of failed attempts, and nobody with the old one', async () => {
    for (let attempt = 0; attempt < 12; attempt++) await platform.logIn(OPERATOR.username, 'Wrong-horse-1')
    expect((await platform.logIn(OPERATOR.username, OPERATOR.password)).status).toBe(429)
    const renewed = await renew(undefined)
    if (!renewed.ok) throw new Error(renewed.error.message)
    expect(renewed.value.username).toBe(OPERATOR.username)
    expect((await platform.logIn(OPERATOR.username, renewed.value.password)).status).toBe(200)
    expect((await platform.logIn(OPERATOR.username, OPERATOR.password)).status).toBe(401)
  })

  it('ends sessions, and the audit names the console', async () => {
    const path = `/v2/partition/${platform.partitionId}/account`
    expect((await platform.call('GET', path)).status).toBe(200)
    expect((await renew(OPERATOR.username.toUpperCase())).ok).toBe(true)
    // What another process changed is seen within two seconds.
    platform.time.advance(2_100)
    expect((await platform.call('GET', path)).status).toBe(401)
    const rows = await platform.plane.context.database.sql
      .selectFrom('event_outbox')
      .select(['type', 'actor'])
      .where('type', '=', 'managementuser.updated')
      .execute()
    expect(rows).toMatchObject([{ actor: { userName: 'console' } }])
  })

  it('is refused for a name nobody has, and for users of another environment', async () => {
    expect(await renew('nobody@example.com')).toMatchObject({ ok: false, error: { message: expect.stringContaining('nobody@example.com') } })
    expect((await renew(undefined, 'production')).ok).toBe(false)
  })
})
