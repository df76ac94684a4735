import { describe, expect, it } from 'vitest'
import type { StoredBinding } from '../ports/registration-store.ts'
import { FlowTable } from './flow-table.ts'

const binding = (lineId: string, connectionId: string, flowBound = true): StoredBinding => ({
  lineId,
  accountId: 'account-1',
  partitionId: 'partition-1',
  contactUri: 'sip:alice@10.0.0.5',
  receivedFrom: { transport: 'tcp', address: '10.0.0.5', port: 50_000, connectionId },
  callId: 'call-1',
  cseq: 1,
  expiresAtMs: 1_000,
  userAgent: '',
  registeredAtMs: 0,
  transport: 'tcp',
  ...(flowBound ? { flowBound } : {}),
})

describe('the lines of a connection (RFC 5626 4.2.2)', () => {
  it('are all that have a binding that ends with it, as long as they have it', () => {
    const flows = new FlowTable()
    const [alice, bob] = [[binding('alice', 'one')], [binding('bob', 'one')]]
    flows.move('alice', [], alice)
    flows.move('bob', [], bob)
    flows.move('carol', [], [binding('carol', 'one', false)])
    expect(flows.linesOf('one')).toEqual(['alice', 'bob'])
    flows.move('alice', alice, [binding('alice', 'two')])
    expect([flows.linesOf('one'), flows.linesOf('two')]).toEqual([['bob'], ['alice']])
    flows.move('bob', bob, [])
    expect(flows.linesOf('one')).toEqual([])
  })

  it('are still those of its other bindings when one of them goes', () => {
    const flows = new FlowTable()
    const [first, second] = [binding('alice', 'one'), { ...binding('alice', 'one'), contactUri: 'sip:other@10.0.0.5' }]
    flows.move('alice', [], [first, second])
    flows.move('alice', [first, second], [second])
    expect(flows.linesOf('one')).toEqual(['alice'])
  })
})
