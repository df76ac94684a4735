import { silentLogger } from '@dialtone/foundation'
import type { StoredBinding } from '@dialtone/softswitch'
import { createTestDatabase, type TestDatabase } from '@dialtone/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createRegistrationStore, type DatabaseRegistrationStore } from './index.ts'

const NOW_MS = Date.UTC(2026, 10, 21, 12)
let testDatabase: TestDatabase
let nowMs = NOW_MS

beforeAll(async () => {
  testDatabase = await createTestDatabase()
})
afterAll(() => testDatabase.drop())
beforeEach(async () => {
  nowMs = NOW_MS
  await testDatabase.database.sql.deleteFrom('registration_binding').execute()
})

const open = (): DatabaseRegistrationStore => createRegistrationStore({ database: testDatabase.database, logger: silentLogger, nowMs: () => nowMs })

function binding(lineId: string, overrides: Partial<StoredBinding> = {}): StoredBinding {
  return {
    lineId,
    accountId: 'account',
    partitionId: 'partition',
    contactUri: `sip:${lineId}@192.0.2.7:5062`,
    receivedFrom: { transport: 'udp', address: '192.0.2.7', port: 5062 },
    callId: 'abc',
    cseq: 1,
    expiresAtMs: NOW_MS + 60_000,
    userAgent: 'phone',
    registeredAtMs: NOW_MS,
    transport: 'udp',
    ...overrides,
  }
}

describe('the registration store', () => {
  it('RFC 3261 10.3: what was put is loaded again by the next process, whole', async () => {
    const store = open()
    const [one, two] = [binding('line-1'), binding('line-2')]
    store.save({ kind: 'put', binding: one })
    store.save({ kind: 'put', binding: two })
    await store.flush()
    const loaded = await open().load()
    expect(loaded.toSorted((left, right) => left.lineId.localeCompare(right.lineId))).toEqual([one, two])
  })

  it('RFC 3327 5.3, RFC 5626 6: the way to the phone, its device and its flow are kept too', async () => {
    const flow = { path: ['<sip:edge.example;lr;ob>'], instanceId: '<urn:uuid:00000000-0000-1000-8000-000a95a0e128>', regId: 2, flowBound: true, q: '0.5' }
    const store = open()
    store.save({ kind: 'put', binding: binding('line-1', flow) })
    await store.flush()
    expect(await open().load()).toEqual([binding('line-1', flow)])
  })

  it('a refresh replaces the binding of the same contact, another contact stands beside it', async () => {
    const store = open()
    store.save({ kind: 'put', binding: binding('line-1') })
    await store.flush()
    const refreshed = binding('line-1', { cseq: 2, expiresAtMs: NOW_MS + 120_000 })
    const second = binding('line-1', { contactUri: 'sip:desk@192.0.2.8' })
    store.save({ kind: 'put', binding: refreshed })
    store.save({ kind: 'put', binding: second })
    await store.flush()
    const loaded = await open().load()
    expect(loaded).toHaveLength(2)
    expect(loaded).toEqual(expect.arrayContaining([refreshed, second]))
  })

  it('of several changes of one contact in one batch the last counts', async () => {
    const store = open()
    const one = binding('line-1')
    store.save({ kind: 'put', binding: one })
    store.save({ kind: 'remove', lineId: one.lineId, contactUri: one.contactUri })
    const two = binding('line-2')
    store.save({ kind: 'put', binding: two })
    store.save({ kind: 'remove', lineId: two.lineId, contactUri: two.contactUri })
    store.save({ kind: 'put', binding: { ...two, cseq: 3 } })
    await store.flush()
    expect(await open().load()).toEqual([{ ...two, cseq: 3 }])
  })

  it('a removed binding is gone, one of another line stays', async () => {
    const store = open()
    const [one, two] = [binding('line-1'), binding('line-2')]
    store.save({ kind: 'put', binding: one })
    store.save({ kind: 'put', binding: two })
    await store.flush()
    store.save({ kind: 'remove', lineId: one.lineId, contactUri: one.contactUri })
    await store.flush()
    expect(await open().load()).toEqual([two])
  })

  it('expired bindings are not loaded', async () => {
    const store = open()
    store.save({ kind: 'put', binding: binding('line-1') })
    await store.flush()
    nowMs = NOW_MS + 59_999
    expect(await open().load()).toHaveLength(1)
    for (const passedMs of [60_000, 60_001]) {
      nowMs = NOW_MS + passedMs
      expect(await open().load()).toEqual([])
    }
  })
})
