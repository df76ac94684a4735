import { ManualTime } from '@dialtone/foundation'
import { describe, expect, it } from 'vitest'
import type { BindingChange, StoredBinding } from '../ports/registration-store.ts'
import type { RegistrationChange } from '../ports/switch-events.ts'
import { LocationTable } from './location-table.ts'

function setUp() {
  const time = new ManualTime()
  const saved: BindingChange[] = []
  const told: RegistrationChange[] = []
  const store = { load: () => Promise.resolve([]), save: (change: BindingChange) => void saved.push(change) }
  const events = { registrationChanged: (change: RegistrationChange) => void told.push(change) }
  const table = new LocationTable({ store, events, clock: time, timers: time })
  const binding = (lineId: string, contactUri: string, seconds: number): StoredBinding => ({
    lineId,
    accountId: 'account-1',
    partitionId: 'partition-1',
    contactUri,
    receivedFrom: { transport: 'udp', address: '10.0.0.5', port: 5060 },
    callId: 'call-1',
    cseq: 1,
    expiresAtMs: time.nowMs() + seconds * 1000,
    userAgent: '',
    registeredAtMs: time.nowMs(),
    transport: 'udp',
  })
  return { time, saved, told, table, binding }
}

describe('LocationTable', () => {
  it('tells of the first binding and of the end of the last one, to the second (S0-101, S0-108)', () => {
    const { time, told, table, binding } = setUp()
    const first = binding('line-1', 'sip:a@1', 60)
    const second = binding('line-1', 'sip:a@2', 90)
    table.apply('line-1', [first], [])
    table.apply('line-1', [first, second], [])
    expect(told.map((change) => change.registered)).toEqual([true])
    time.advance(89_999)
    expect([table.bindingsOf('line-1').length, told.length]).toEqual([1, 1])
    time.advance(1)
    expect(told.at(-1)).toEqual({ lineId: 'line-1', accountId: 'account-1', partitionId: 'partition-1', registered: false, atMs: time.nowMs() })
    expect([table.lineCount, table.bindingCount, time.pendingTimers]).toEqual([0, 0, 0])
  })

  it('removes what expired from the store', () => {
    const { time, saved, table, binding } = setUp()
    table.apply('line-1', [binding('line-1', 'sip:a@1', 60)], [])
    time.advance(60_000)
    expect(saved).toEqual([{ kind: 'remove', lineId: 'line-1', contactUri: 'sip:a@1' }])
  })

  it('a renewal moves the end and tells nobody', () => {
    const { time, told, table, binding } = setUp()
    table.apply('line-1', [binding('line-1', 'sip:a@1', 60)], [])
    time.advance(30_000)
    table.apply('line-1', [binding('line-1', 'sip:a@1', 60)], [])
    time.advance(59_999)
    expect([told.length, table.bindingsOf('line-1').length, time.pendingTimers]).toEqual([1, 1, 1])
  })

  it('restores living bindings quietly and drops the dead ones, loudly (S0-102)', () => {
    const { time, saved, told, table, binding } = setUp()
    const living = binding('line-1', 'sip:a@1', 60)
    const dead = binding('line-2', 'sip:b@1', 10)
    time.advance(10_000)
    table.restore([living, dead])
    expect([table.bindingsOf('line-1').length, table.bindingsOf('line-2').length]).toEqual([1, 0])
    expect(saved).toEqual([{ kind: 'remove', lineId: 'line-2', contactUri: 'sip:b@1' }])
    expect(told.map((change) => [change.lineId, change.registered])).toEqual([['line-2', false]])
    time.advance(50_000)
    expect(told.at(-1)).toMatchObject({ lineId: 'line-1', registered: false })
  })

  it('drops the bindings of a deleted line at once (S1-98)', () => {
    const { time, saved, told, table, binding } = setUp()
    table.apply('line-1', [binding('line-1', 'sip:a@1', 60)], [])
    table.drop('line-1')
    table.drop('line-1')
    expect([told.map((change) => change.registered), saved.length, time.pendingTimers]).toEqual([[true, false], 1, 0])
  })
})
