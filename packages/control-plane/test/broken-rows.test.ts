import { newUuid, ok } from '@dialtone/foundation'
import { addNumberTo, OPERATOR, startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SYSTEM_ACTOR } from '../src/access/index.ts'
import { keepRecording } from '../src/call-recordings/index.ts'
import { write } from '../src/events/index.ts'
import { queueMessage } from '../src/messages/index.ts'
import { breakRow } from './break-row.ts'

const DAY_MS = 86_400_000

let platform: TestControlPlane
let accountId: string
let base: string

beforeAll(async () => {
  platform = await startTestControlPlane({ messageCarriers: { email: { send: () => Promise.resolve(ok({ reference: undefined })) } } })
  const account = await platform.call('POST', `/v2/partition/${platform.partitionId}/account`, { accountNumber: 'B-1', accountName: 'Broken Inc' })
  accountId = String(account.body['id'])
  base = `/v2/partition/${platform.partitionId}/account/${accountId}`
})
afterAll(() => platform.stop())

const dueWork = () => platform.plane.context.dueWork.runNow()
const database = () => platform.plane.context.database.sql

/** Both rows are due, the broken one first. */
async function onlyTheBrokenWaits(row: { readonly table: string; readonly column: string }, [broken, sound]: readonly string[], done: () => Promise<string[]>) {
  const mend = await breakRow(database(), { ...row, value: broken ?? '' })
  await expect.poll(async () => (await dueWork(), await done())).toEqual([sound])
  await mend()
  // It rests for ten seconds.
  await dueWork()
  expect(await done()).toEqual([sound])
  platform.time.advance(10_000)
  await expect.poll(async () => (await dueWork(), new Set(await done()))).toEqual(new Set([broken, sound]))
}

describe('one row whose work breaks keeps no other waiting, and is done when it can be', () => {
  it('activations of numbers', async () => {
    const numbers = [await addNumberTo(platform, accountId, 1), await addNumberTo(platform, accountId, 2)]
    for (const [place, number] of numbers.entries())
      await database()
        .updateTable('telephone_number')
        .set({ carrier_status: 'ACTIVATION_PENDING', activation_due_at: new Date(platform.time.nowMs() + place) })
        .where('phone_number', '=', number)
        .execute()
    platform.time.advance(1000)
    await onlyTheBrokenWaits({ table: 'telephone_number', column: 'phone_number' }, numbers, async () => {
      const rows = await database().selectFrom('telephone_number').select('phone_number').where('carrier_status', '=', 'ACTIVE').execute()
      return rows.map((row) => row.phone_number)
    })
  })

  it('recordings that have been kept long enough', async () => {
    await platform.call('PUT', `${base}/call-recording-settings`, { mode: 'ALL', retentionDays: 7 })
    const ids = [newUuid(), newUuid()]
    for (const recordingId of ids) {
      const facts = { recordingId, sessionId: 's', partitionId: platform.partitionId, accountId, callRecordId: 'c', durationMs: 1, startedAtMs: platform.time.nowMs(), callingNumber: '', calledNumber: '' } // prettier-ignore
      await keepRecording(platform.plane.context, facts, pieces())
      platform.time.advance(1000)
    }
    platform.time.advance(8 * DAY_MS)
    await onlyTheBrokenWaits({ table: 'call_recording', column: 'id' }, ids, async () => {
      const rows = await database().selectFrom('call_recording').select('id').execute()
      return ids.filter((id) => !rows.some((row) => row.id === id))
    })
  })

  it('owners of domains whose certificates end', async () => {
    const now = platform.time.nowMs()
    const ids = ['broken-domain', 'sound-domain']
    const rows = ids.map((id, place) => ({
      ...{ id, partition_id: platform.partitionId, account_id: null, name: `${id}.example.net`, type: 'primary', status: 'active' },
      ...{ ssl_enabled: false, settings: '{}', verification: 'PENDING', verification_token: 'token', created_at: new Date(now), updated_at: new Date(now) },
      certificate_expires_at: new Date(now + 20 * DAY_MS + place),
    }))
    await database().insertInto('sip_domain').values(rows).execute()
    await onlyTheBrokenWaits({ table: 'sip_domain', column: 'id' }, ids, async () => {
      const warned = await database().selectFrom('sip_domain').select('id').where('certificate_warned_days', 'is not', null).execute()
      return warned.map((row) => row.id)
    })
  })
})

describe('what breaks on our side while something is sent', () => {
  it('a message whose file nobody can open is tried as often as one that nobody takes, and then given up', async () => {
    const place = {
      partitionId: platform.partitionId,
      accountId: undefined,
      kind: 'EMAIL',
      recipient: 'ann@example.com',
      subject: 'A fax',
      body: 'It',
    } as const
    const queued = await write(platform.plane.context, SYSTEM_ACTOR, async (change) => {
      const id = await queueMessage(change.sql, place, change.now)
      await change.sql.updateTable('outgoing_message').set({ attachment_file: 'no name of a file' }).where('id', '=', id).execute()
      return ok(id)
    })
    const id = queued.ok ? queued.value : ''
    const read = () => database().selectFrom('outgoing_message').select(['status', 'attempts', 'last_error']).where('id', '=', id).executeTakeFirst()
    for (let attempts = 1; attempts < 6; attempts++) {
      await expect.poll(async () => (await dueWork(), await read())).toEqual({ status: 'QUEUED', attempts, last_error: 'something failed on our side' })
      platform.time.advance(28_800_000)
    }
    await expect.poll(async () => (await dueWork(), (await read())?.status)).toBe('FAILED')
  })

  it('a webhook whose secret was sealed with another key is told as a try that failed, and given up after six hours', async () => {
    // The days before were the end of all tokens.
    const token = String((await platform.logIn(OPERATOR.username, OPERATOR.password)).body['authToken'])
    const path = `/v2/partition/${platform.partitionId}/webhook`
    const made = await platform.call('POST', path, { url: 'https://example.com/hook', events: ['account.created'] }, token)
    const id = String(made.body['id'])
    await database().updateTable('webhook_subscription').set({ secret_sealed: 'no seal of ours' }).where('id', '=', id).execute()
    await platform.call('POST', `/v2/partition/${platform.partitionId}/account`, { accountNumber: 'B-2', accountName: 'B-2' }, token)
    await platform.plane.settled()
    await platform.plane.webhooksSent()
    const read = () =>
      database().selectFrom('webhook_delivery').select(['id', 'status', 'next_attempt_at']).where('subscription_id', '=', id).executeTakeFirst()
    const tries = () => database().selectFrom('webhook_attempt').select('error').where('delivery_id', '=', String(deliveryId)).execute()
    const deliveryId = (await read())?.id
    expect(await read()).toMatchObject({ status: 'PENDING' })
    expect(await tries()).toEqual([{ error: 'something failed on our side' }])
    platform.time.advance(DAY_MS / 2)
    await platform.plane.webhooksSent()
    expect(await read()).toMatchObject({ status: 'FAILED', next_attempt_at: null })
  })
})

async function* pieces(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('RIFF')
}
