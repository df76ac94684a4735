import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { migrateToLatest } from '../database/index.ts'

let platform: TestControlPlane
let base: string
let accountId: string
let sequence = 0

beforeAll(async () => {
  platform = await startTestControlPlane()
})
afterAll(() => platform.stop())
beforeEach(async () => {
  sequence++
  const accounts = `/v2/partition/${platform.partitionId}/account`
  accountId = String((await platform.call('POST', accounts, { accountNumber: `S-${sequence}`, accountName: 'Apps' })).body['id'])
  base = `${accounts}/${accountId}`
})

async function newUser(userProductPlan: string, extension = '4000'): Promise<string> {
  const name = `app-${sequence}-${extension}`
  const body = { firstName: 'Una', lastName: 'App', extension, userProductPlan, username: name, emailAddress: `${name}@example.com` }
  const made = await platform.call('POST', `${base}/user`, body)
  expect(made.status, JSON.stringify(made.body)).toBe(200)
  return String(made.body['id'])
}

const read = async (userId: string) => (await platform.call('GET', `${base}/user/${userId}/softphone`)).body
const renew = (userId: string) => platform.call('POST', `${base}/user/${userId}/softphone/credentials`)
const ringing = (userId: string) => platform.plane.view.snapshotOf(accountId)?.users.get(userId)?.lineIds

describe('the softphone of a user (S1-96)', () => {
  it('comes with ADVANCED and PROFESSIONAL, rings as his line, and is in no list of devices', async () => {
    for (const [extension, plan] of [['4000', 'ADVANCED'], ['4001', 'PROFESSIONAL']] as const) {
      const userId = await newUser(plan, extension)
      const app = await read(userId)
      expect(app).toMatchObject({ userId, status: 'APPLIED', deviceTypeId: 'CCSoftphone', sipUsername: app['lineId'], isRegistered: false, domain: 'dialtone.local' })
      expect(ringing(userId)).toEqual([app['lineId']])
      expect((await platform.call('GET', `${base}/user/${userId}`)).body['devices']).toEqual([])
    }
    expect((await platform.call('GET', `${base}/deviceline`)).list).toEqual([])
    const plain = await newUser('STANDARD', '4002')
    expect([(await read(plain))['status'], ringing(plain), (await renew(plain)).body['errorCode']]).toEqual(['NOT_INCLUDED', [], 'SoftphoneNotIncluded'])
  }) // prettier-ignore

  it('has a login of its own: shown once, renewed with what was registered ended', async () => {
    const userId = await newUser('ADVANCED')
    const { lineId } = await read(userId)
    const first = await renew(userId)
    expect(first.body).toMatchObject({
      userId,
      lineId,
      sipUsername: lineId,
      sipPassword: expect.stringMatching(/^.{16,}$/),
      server: '192.0.2.1',
      serverPort: '5060',
    })
    platform.registered.add(String(lineId))
    expect((await read(userId))['isRegistered']).toBe(true)
    const second = await renew(userId)
    expect(second.body['sipPassword']).not.toBe(first.body['sipPassword'])
    expect(JSON.stringify(await read(userId))).not.toContain(String(second.body['sipPassword']))
    expect(platform.registered.has(String(lineId))).toBe(false)
    // Another person's app knows nothing any more.
    platform.registered.add(String(lineId))
    await platform.call('PUT', `${base}/user/${userId}/repurpose`, {
      firstName: 'New',
      lastName: 'Person',
      username: `new-${sequence}`,
      emailAddress: 'new@example.com',
    })
    expect(platform.registered.has(String(lineId))).toBe(false)
  })

  it('comes and goes with the plan and with the user, and stays away once it is switched off', async () => {
    const userId = await newUser('ADVANCED')
    const item = `${base}/user/${userId}`
    const { lineId } = await read(userId)
    platform.registered.add(String(lineId))
    expect((await platform.call('PATCH', item, { userProductPlan: 'STANDARD' })).status).toBe(200)
    expect([(await read(userId))['status'], ringing(userId), platform.registered.has(String(lineId))]).toEqual(['NOT_INCLUDED', [], false])
    await platform.call('PATCH', item, { userProductPlan: 'PROFESSIONAL' })
    expect((await read(userId))['status']).toBe('APPLIED')
    expect((await platform.call('PUT', `${item}/softphone`, { enabled: false })).body).toMatchObject({ status: 'SWITCHED_OFF', isRegistered: false })
    for (const userProductPlan of ['STANDARD', 'ADVANCED']) await platform.call('PATCH', item, { userProductPlan })
    expect([(await read(userId))['status'], ringing(userId), (await renew(userId)).body['errorCode']]).toEqual(['SWITCHED_OFF', [], 'SoftphoneSwitchedOff'])
    expect((await platform.call('PUT', `${item}/softphone`, { enabled: true })).body['status']).toBe('APPLIED')
    expect((await platform.call('DELETE', item)).status).toBe(204)
    const left = await platform.plane.context.database.sql.selectFrom('sip_credential').select('owner_id').where('account_id', '=', accountId).execute()
    expect(left).toEqual([])
  })

  it('does not go while something of the account rings it', async () => {
    const userId = await newUser('ADVANCED')
    const { lineId } = await read(userId)
    const group = await platform.call('POST', `${base}/hunt-group`, { name: 'Apps', members: [{ lineId }] })
    expect(group.status, JSON.stringify(group.body)).toBe(201)
    const refused = await platform.call('PATCH', `${base}/user/${userId}`, { userProductPlan: 'STANDARD' })
    expect([refused.status, (await read(userId))['status'], (await platform.call('DELETE', `${base}/user/${userId}`)).status]).toEqual([400, 'APPLIED', 400])
    await platform.call('DELETE', `${base}/hunt-group/${String(group.body['id'])}`)
    expect((await platform.call('DELETE', `${base}/user/${userId}`)).status).toBe(204)
  })

  it('comes at the next start to whoever had his plan before plans brought it, once', async () => {
    const early = await newUser('ADVANCED', '4000')
    const away = await newUser('PROFESSIONAL', '4001')
    const plain = await newUser('STANDARD', '4002')
    await platform.call('PUT', `${base}/user/${away}/softphone`, { enabled: false })
    const database = platform.plane.context.database.sql
    await sql`DELETE FROM user_softphone WHERE user_id = ${early}`.execute(database)
    await sql`DROP TABLE softphone_to_apply`.execute(database)
    await sql`DELETE FROM kysely_migration WHERE name = '0128-softphones-to-apply'`.execute(database)
    expect((await read(early))['status']).not.toBe('APPLIED')
    await migrateToLatest(database)
    const { dueWork } = platform.plane.context
    await expect.poll(async () => (await dueWork.runNow(), (await read(early))['status'])).toBe('APPLIED')
    const { lineId } = await read(early)
    expect([ringing(early), ringing(away), ringing(plain)]).toEqual([[lineId], [], []])
    await expect.poll(async () => (await sql`SELECT 1 FROM softphone_to_apply`.execute(database)).rows).toEqual([])
    await dueWork.runNow()
    expect((await read(early))['lineId']).toBe(lineId)
  })
})
