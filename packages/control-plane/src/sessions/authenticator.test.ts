import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { sql as sqlText } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAuthenticator } from './authenticator.ts'

const FROM = '192.0.2.1'
let platform: TestControlPlane

beforeAll(async () => {
  platform = await startTestControlPlane()
})
afterAll(() => platform.stop())

describe('what is remembered of a caller', () => {
  it('is nothing that was read before he was shut out: no later request is let in by it', async () => {
    const { sql } = platform.plane.context.database
    const issued = await platform.call('POST', `/v2/partition/${platform.partitionId}/apikey`, { name: 'Race', permissions: { Account: 'READ' } })
    const [id, key] = [String(issued.body['id']), String(issued.body['key'])]
    const authenticator = createAuthenticator(platform.plane.context)
    const held = Promise.withResolvers<undefined>()
    const locked = Promise.withResolvers<undefined>()
    const revoked = sql.transaction().execute(async (change) => {
      await change.selectFrom('program_key').select('id').where('id', '=', id).forUpdate().execute()
      locked.resolve(undefined)
      await held.promise
      await change.deleteFrom('program_key').where('id', '=', id).execute()
    })
    await locked.promise
    // It has read the key, and waits to write down its first use.
    const early = authenticator.authenticate(key, FROM)
    const waiting = sqlText`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
    await expect.poll(async () => (await waiting.execute(sql)).rows.length).toBe(1)
    held.resolve(undefined)
    await revoked
    authenticator.forgetEveryone()
    expect((await early).ok).toBe(true)
    expect(await authenticator.authenticate(key, FROM)).toMatchObject({ ok: false, error: { status: 401 } })
  })
  it('ends with the key, however lately it was read', async () => {
    const expiresDate = new Date(platform.time.nowMs() + 1_000).toISOString()
    const issued = await platform.call('POST', `/v2/partition/${platform.partitionId}/apikey`, { name: 'Short', permissions: { Account: 'READ' }, expiresDate })
    const authenticator = createAuthenticator(platform.plane.context)
    const [key, early] = [String(issued.body['key']), 999]
    platform.time.advance(early)
    expect((await authenticator.authenticate(key, FROM)).ok).toBe(true)
    platform.time.advance(1_000 - early)
    expect(await authenticator.authenticate(key, FROM)).toMatchObject({ ok: false, error: { status: 401 } })
  })
})
