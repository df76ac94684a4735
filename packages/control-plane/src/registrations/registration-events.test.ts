import { silentLogger } from '@dialtone/foundation'
import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRegistrationEvents, createRegistrationStore } from './index.ts'

let platform: TestControlPlane
let account: { id: string; base: string }
let line: Record<string, unknown>

beforeAll(async () => {
  platform = await startTestControlPlane()
  const created = await platform.call('POST', `/v2/partition/${platform.partitionId}/account`, { accountNumber: 'REG-1', accountName: 'Phones' })
  account = { id: String(created.body['id']), base: `/v2/partition/${platform.partitionId}/account/${String(created.body['id'])}` }
  const device = await platform.call('POST', `${account.base}/device`, { macAddress: 'abcabcabc001', deviceType: 'IP_PHONE' })
  line = (await platform.call('POST', `${account.base}/device/${String(device.body['id'])}/line`, { lineNumber: 1 })).body
})
afterAll(() => platform.stop())

const change = (registered: boolean, lineId = String(line['id'])) => ({
  lineId,
  accountId: account.id,
  partitionId: platform.partitionId,
  registered,
  atMs: platform.time.nowMs(),
})

describe('registrations as events', () => {
  it('S0-94: device.registered and device.unregistered, in order, with the device and its line; nothing for a line that is gone', async () => {
    const { database } = platform.plane.context
    const events = createRegistrationEvents({ database, logger: silentLogger })
    for (const each of [change(true), change(true, 'gone'), change(false)]) events.changed(each)
    await events.flush()
    const rows = await database.sql.selectFrom('event_outbox').selectAll().where('account_id', '=', account.id).orderBy('sequence').execute()
    const told = rows.filter((row) => row.type.endsWith('registered'))
    expect(told.map((row) => row.type)).toEqual(['device.registered', 'device.unregistered'])
    expect(told[0]?.payload).toMatchObject({ lineId: line['id'], deviceId: expect.any(String), macAddress: 'abcabcabc001' })
  })

  it('C-47: the first binding of a line is remembered, later ones change nothing', async () => {
    const { database } = platform.plane.context
    let nowMs = Date.UTC(2026, 0, 1)
    const store = createRegistrationStore({ database, logger: silentLogger, nowMs: () => nowMs })
    const binding = {
      lineId: String(line['id']), accountId: account.id, partitionId: platform.partitionId, contactUri: 'sip:x@192.0.2.7', receivedFrom: { transport: 'udp', address: '192.0.2.7', port: 5062 },
      callId: 'abc', cseq: 1, expiresAtMs: nowMs + 60_000, userAgent: 'phone', registeredAtMs: nowMs, transport: 'udp',
    } as const // prettier-ignore
    store.save({ kind: 'put', binding })
    await store.flush()
    nowMs += 1000
    const again = createRegistrationStore({ database, logger: silentLogger, nowMs: () => nowMs })
    again.save({ kind: 'put', binding: { ...binding, cseq: 2 } })
    await again.flush()
    const row = await database.sql.selectFrom('sip_credential').selectAll().where('owner_id', '=', String(line['id'])).executeTakeFirstOrThrow()
    expect(row.first_registered_at).toEqual(new Date(Date.UTC(2026, 0, 1)))
    const device = (await platform.call('GET', `${account.base}/device`)).list[0]
    expect(device?.['status']).toBe('UNREGISTERED')
  })
})
