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
  const overFlow = (lineId: string, contactUri: string, connectionId: string, seconds = 600): StoredBinding => ({
    ...binding(lineId, contactUri, seconds),
    receivedFrom: { transport: 'tcp', address: '10.0.0.5', port: 50_000, connectionId },
    transport: 'tcp',
    flowBound: true,
  })
  return { time, saved, told, table, binding, overFlow }
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
    expect(saved).toEqual([{ kind: 'remove', lineId: 'line-1', contactUri: 'sip:a@1', expired: true }])
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

describe('bindings that are reached over one connection only (RFC 5626 4.2.2)', () => {
  it('end with it: the line is gone and one event tells so', () => {
    const { saved, told, table, overFlow, time } = setUp()
    table.apply('line-1', [overFlow('line-1', 'sip:a@1', 'tcp-1'), overFlow('line-1', 'sip:a@2', 'tcp-1')], [])
    table.apply('line-2', [overFlow('line-2', 'sip:b@1', 'tcp-2')], [])
    table.flowClosed('tcp-1')
    expect(told.map((change) => [change.lineId, change.registered])).toEqual([
      ['line-1', true],
      ['line-2', true],
      ['line-1', false],
    ])
    expect(saved.map((change) => change.kind)).toEqual(['remove', 'remove'])
    expect([table.bindingsOf('line-1').length, table.bindingsOf('line-2').length, time.pendingTimers]).toEqual([0, 1, 1])
  })

  it('another flow keeps the line, and nobody is told', () => {
    const { told, table, overFlow } = setUp()
    table.apply('line-1', [overFlow('line-1', 'sip:a@1', 'tcp-1'), overFlow('line-1', 'sip:a@2', 'tcp-2')], [])
    table.flowClosed('tcp-1')
    expect([table.bindingsOf('line-1').map((one) => one.contactUri), told.length]).toEqual([['sip:a@2'], 1])
  })

  it('the end of the old connection does not end what was registered again over a new one', () => {
    const { table, overFlow } = setUp()
    table.apply('line-1', [overFlow('line-1', 'sip:a@1', 'tcp-1')], [])
    table.apply('line-1', [overFlow('line-1', 'sip:a@1', 'tcp-2')], [])
    table.flowClosed('tcp-1')
    expect(table.bindingsOf('line-1').length).toBe(1)
    table.flowClosed('tcp-2')
    expect(table.bindingsOf('line-1').length).toBe(0)
  })

  it('a phone that can be called back outlives its connection (RFC 5923)', () => {
    const { table, binding } = setUp()
    const receivedFrom = { transport: 'tcp', address: '10.0.0.5', port: 5060, connectionId: 'tcp-1' } as const
    table.apply('line-1', [{ ...binding('line-1', 'sip:a@10.0.0.5', 600), receivedFrom, transport: 'tcp' }], [])
    table.flowClosed('tcp-1')
    expect(table.bindingsOf('line-1').length).toBe(1)
  })

  it('430 Flow Failed ends the flow it was sent to and no binding without flow (RFC 5626 11.5)', () => {
    const { table, binding } = setUp()
    table.apply('line-1', [{ ...binding('line-1', 'sip:a@1', 600), regId: 1, instanceId: '<urn:x>' }, binding('line-1', 'sip:a@2', 600)], [])
    table.flowFailed('line-1', 'sip:a@1')
    table.flowFailed('line-1', 'sip:a@2')
    expect(table.bindingsOf('line-1').map((one) => one.contactUri)).toEqual(['sip:a@2'])
  })
})

describe('when some connections ended unheard', () => {
  it('what hung on them has two to three minutes to come back; what hangs on others stays as it is', () => {
    const { time, told, table, overFlow } = setUp()
    table.apply('line-1', [overFlow('line-1', 'sip:a@1', '0tcp-1', 3600)], [])
    table.apply('line-2', [overFlow('line-2', 'sip:b@1', '1tcp-1', 3600)], [])
    const before = told.length
    table.connectionsLost((connectionId) => connectionId.startsWith('0'))
    expect(['line-1', 'line-2'].map((line) => table.bindingsOf(line)[0]?.receivedFrom.connectionId)).toEqual([undefined, '1tcp-1'])
    time.advance(119_999)
    expect([table.lineCount, told.length - before]).toEqual([2, 0])
    time.advance(60_001)
    expect([table.lineCount, told.length - before]).toEqual([1, 1])
  })
})

describe('after a restart', () => {
  it('a connection of the old process is nobody’s: its id is forgotten, and the phone has two to three minutes to come back', () => {
    const { time, told, table, overFlow } = setUp()
    table.restore([overFlow('line-1', 'sip:a@1', 'tcp-1', 3600)])
    table.flowClosed('tcp-1')
    expect(table.bindingsOf('line-1')[0]?.receivedFrom.connectionId).toBeUndefined()
    time.advance(119_999)
    expect([table.bindingsOf('line-1').length, told.length]).toEqual([1, 0])
    time.advance(60_001)
    expect([table.bindingsOf('line-1').length, told.length]).toEqual([0, 1])
  })

  it('10,000 bindings come back within a second, quietly, with one timer a line, and their ends are spread', () => {
    const { time, saved, told, table, overFlow } = setUp()
    const stored = Array.from({ length: 10_000 }, (_, index) => overFlow(`line-${index}`, `sip:${index}@1`, `tcp-${index}`, 3600))
    // Of the processor: the machine may have other things to do.
    const usage = process.threadCpuUsage()
    table.restore(stored)
    const tookMs = process.threadCpuUsage(usage).user / 1000
    expect([table.bindingCount, time.pendingTimers, told.length, saved.length]).toEqual([10_000, 10_000, 0, 0])
    expect(tookMs).toBeLessThan(1000)
    time.advance(120_000)
    const perSecond: number[] = []
    for (let second = 0; second < 60; second++) {
      const before = told.length
      time.advance(1000)
      perSecond.push(told.length - before)
    }
    expect([told.length, table.bindingCount]).toEqual([10_000, 0])
    // 10,000 over 60 s is 167 a second.
    expect(Math.max(...perSecond)).toBeLessThan(250)
  })

  it('10,000 that ended meanwhile are told of in portions; who registers in between is not reported lost', () => {
    const { time, saved, told, table, binding } = setUp()
    const stored = Array.from({ length: 10_000 }, (_, index) => binding(`line-${index}`, `sip:${index}@1`, 10))
    time.advance(10_000)
    table.restore(stored)
    expect(told.length).toBe(100)
    table.apply('line-9999', [binding('line-9999', 'sip:9999@1', 600)], [])
    time.advance(5_000)
    expect([told.filter((change) => !change.registered).length, saved.length]).toEqual([9_999, 9_999])
    expect([table.lineCount, time.pendingTimers]).toEqual([1, 1])
  })

  it('a table takes what another decided, stored and told of once; a mirror of it keeps quiet (S0-102)', () => {
    const [deciding, mirror] = [setUp(), setUp()]
    const binding = deciding.binding('line-1', 'sip:a@1', 60)
    const changes: readonly BindingChange[] = [
      { kind: 'remove', lineId: 'line-1', contactUri: 'sip:a@0' },
      { kind: 'put', binding },
    ]
    deciding.table.take(changes)
    mirror.table.mirror(changes)
    expect([deciding.table.all(), mirror.table.all()]).toEqual([[binding], [binding]])
    expect([deciding.saved.length, mirror.saved.length]).toEqual([2, 0])
    expect([deciding.told.map((change) => change.registered), mirror.told]).toEqual([[true], []])
    mirror.table.mirror([{ kind: 'remove', lineId: 'line-1', contactUri: 'sip:a@1' }])
    expect([mirror.table.bindingCount, mirror.time.pendingTimers, mirror.saved, mirror.told]).toEqual([0, 0, [], []])
  })
})
