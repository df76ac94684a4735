import { describe, expect, it } from 'vitest'
import { CallTrace } from '../calls/call-trace.ts'
import { CallShelf } from './call-shelf.ts'

const recent = (sessionId: string, endedAtMs = 0) => ({
  sessionId,
  startedAtMs: 0,
  endedAtMs,
  from: '2001',
  dialed: '2002',
  outcome: 'ANSWERED',
  statusCode: 200,
})
const refused = (sessionId: string, accountId: string) => ({
  ...{ sessionId, accountId, atMs: 5, lineId: 'line', dialed: '2002', sipCallId: 'id', code: 'WrongPassword', reason: 'wrong password' },
})

/** A trace that weighs `weight`: an event of so many characters. */
function traceOf(weight: number): CallTrace {
  const trace = new CallTrace()
  trace.add({ type: 'reinvite', atMs: 0, side: 'caller', sdp: 'x'.repeat(weight - 400) })
  return trace
}

describe('the shelf of ended calls', () => {
  it('forgets the oldest calls when all of them weigh too much, and gives their memory back', () => {
    const shelf = new CallShelf(10_000)
    for (let call = 0; call < 50; call++) shelf.put(`account-${call % 7}`, traceOf(1_000), recent(`call-${call}`), undefined)
    expect(shelf.weight).toBe(10_000)
    expect([39, 40, 49].map((call) => shelf.callOf(`call-${call}`) !== undefined)).toEqual([false, true, true])
    expect(shelf.recentOf('account-0').map(({ sessionId }) => sessionId)).toEqual(['call-42', 'call-49'])
  })

  it('lets no account push out the calls of another one', () => {
    const shelf = new CallShelf()
    shelf.put('quiet', traceOf(1_000), recent('theirs'), undefined)
    for (let call = 0; call < 1_000; call++) shelf.put('busy', traceOf(50_000), recent(`call-${call}`), undefined)
    expect(shelf.callOf('theirs')).toBeDefined()
    expect(shelf.weight).toBeLessThanOrEqual(4_001_000)
  })

  it('finds calls and refused INVITEs by the Call-ID of any of their dialogs', () => {
    const shelf = new CallShelf()
    const trace = traceOf(1_000)
    trace.add({ type: 'legStarted', atMs: 1, legId: 'leg-1', sipCallId: 'second@leg' })
    shelf.put('account', trace, recent('call'), undefined)
    shelf.put('account', traceOf(1_000), recent('other'), undefined)
    shelf.refuse(refused('refused', 'account'))
    expect([shelf.sessionsWith('second@leg'), shelf.sessionsWith('id'), shelf.sessionsWith('second')]).toEqual([['call'], ['refused'], []])
  })

  it('keeps refused INVITEs apart: twenty of an account, and none of them costs a call', () => {
    const shelf = new CallShelf(10_000)
    shelf.put('account', traceOf(1_000), recent('call', 1), undefined)
    for (let invite = 0; invite < 5_000; invite++) shelf.refuse(refused(`refused-${invite}`, `account-${invite % 300}`))
    for (let invite = 0; invite < 100; invite++) shelf.refuse(refused(`own-${invite}`, 'account'))
    expect(shelf.recentOf('account')).toHaveLength(21)
    expect(shelf.recentOf('account')[0]).toMatchObject({ sessionId: 'own-80', outcome: 'REJECTED', statusCode: 407 })
    expect(shelf.callOf('call')).toBeDefined()
    expect(shelf.refusedOf('own-79')).toBeUndefined()
    expect(shelf.refusedOf('refused-0')).toBeUndefined()
  })
})
