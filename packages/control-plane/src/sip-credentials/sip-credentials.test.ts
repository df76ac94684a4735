import { ok } from '@dialtone/foundation'
import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SYSTEM_ACTOR, systemScope } from '../access/index.ts'
import { write } from '../events/index.ts'
import { addSipCredentials, changeSipCredentials, isSipUsernameFree, newSipUsername, removeSipCredentials, sipCredentialsOf, sipPasswordOf } from './index.ts'

let platform: TestControlPlane
let accountId: string

beforeAll(async () => {
  platform = await startTestControlPlane()
  const created = await platform.call('POST', `/v2/partition/${platform.partitionId}/account`, { accountNumber: 'SIP-1', accountName: 'Logins' })
  accountId = String(created.body['id'])
})
afterAll(() => platform.stop())

const scope = () => systemScope(platform.partitionId, accountId)
const add = (id: string, sipUsername: string | undefined, type: 'SIP_TRUNK' | 'BUSINESS_LINE' = 'SIP_TRUNK') =>
  write(platform.plane.context, SYSTEM_ACTOR, (change) =>
    addSipCredentials(platform.plane.context, change, scope(), { type, id }, { sipUsername, sipPassword: undefined, username: newSipUsername() }),
  )

describe('SIP credentials', () => {
  it('C-51: of twenty owners of two kinds who want one username at once, exactly one gets it', async () => {
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, index) => add(`racer-${index}`, 'wanted-by-all', index % 2 === 0 ? 'SIP_TRUNK' : 'BUSINESS_LINE')),
    )
    expect(all.filter((each) => each.ok)).toHaveLength(1)
    expect(all.flatMap((each) => (each.ok ? [] : [each.error.code]))).toEqual(Array.from({ length: 19 }, () => 'SipUsernameInUse'))
  })

  it('S4-22 C-51: without a username, fourteen random characters; the password is sealed and opens for its owner', async () => {
    const added = await add('trunk-1', undefined)
    if (!added.ok) throw new Error(added.error.code)
    expect(added.value.sipUsername).toMatch(/^[a-z2-9]{14}$/)
    const stored = (await sipCredentialsOf(platform.plane.context.database.sql, ['trunk-1'])).get('trunk-1')
    expect(stored?.sipPasswordSealed).not.toContain(added.value.sipPassword)
    expect(stored === undefined ? '' : sipPasswordOf(platform.plane.context.sealer, stored)).toBe(added.value.sipPassword)
  })

  it('a generated password is as long as the partition says', async () => {
    const { sql } = platform.plane.context.database
    await sql
      .updateTable('partition')
      .set({ settings: JSON.stringify({ generatedSipPasswordLength: 33 }) })
      .where('id', '=', platform.partitionId)
      .execute()
    const added = await add('trunk-of-33', undefined)
    expect(added.ok ? added.value.sipPassword : '').toHaveLength(33)
  })

  it('C-51: a name that was given up is free; a change to a taken one changes nothing', async () => {
    const { context } = platform.plane
    await add('owner-a', 'given-up-later')
    await add('owner-b', 'kept-for-good')
    const change = (sipUsername: string) =>
      write(context, SYSTEM_ACTOR, (work) =>
        changeSipCredentials(context, work, scope(), { type: 'SIP_TRUNK', id: 'owner-a' }, { sipUsername, sipPassword: undefined }),
      )
    expect(await change('kept-for-good')).toMatchObject({ ok: false, error: { code: 'SipUsernameInUse' } })
    expect((await sipCredentialsOf(context.database.sql, ['owner-a'])).get('owner-a')?.sipUsername).toBe('given-up-later')
    expect(await change('another-name')).toEqual(ok({ changed: true }))
    expect(await isSipUsernameFree(context.database.sql, 'given-up-later')).toBe(true)
    expect(await change('another-name')).toEqual(ok({ changed: false }))
    await write(context, SYSTEM_ACTOR, async (work) => {
      await removeSipCredentials(work, { type: 'SIP_TRUNK', id: 'owner-a' })
      return ok(undefined)
    })
    expect(await isSipUsernameFree(context.database.sql, 'another-name')).toBe(true)
  })

  it.each([
    ['too short', 'short-1', 'InvalidSipUsername'],
    ['too long', 'x'.repeat(37), 'InvalidSipUsername'],
    ['an address, where only names are allowed', 'enduser@email.com', 'InvalidSipUsername'],
  ])('C-51: refuses a username that is %s', async (_case, sipUsername, code) => {
    expect(await add('refused', sipUsername)).toMatchObject({ ok: false, error: { code } })
  })
})
