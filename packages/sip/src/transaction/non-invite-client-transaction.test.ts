import { describe, expect, it } from 'vitest'
import { incoming, RELIABLE, UNRELIABLE, walk } from '../../test/walk-transaction.ts'
import { startNonInviteClient, stepNonInviteClient } from './non-invite-client-transaction.ts'

const fresh = (options = UNRELIABLE) => walk(startNonInviteClient(options), stepNonInviteClient)
const response = (statusCode: number) => ({ type: 'response', response: incoming(statusCode) }) as const
const timer = (name: 'E' | 'F' | 'K') => ({ type: 'timer', timer: name }) as const

describe('non-INVITE client transaction (RFC 3261 17.1.2)', () => {
  it('retransmits at intervals doubling up to T2 until timer F gives up', () => {
    const machine = fresh()
    // Req #1 (17.1.2.2): timer E after T1, timer F after 64*T1.
    expect(machine.asked).toEqual(['request', 'start E 500', 'start F 32000'])
    // Req #2: MIN(2*previous, T2).
    for (const delayMs of [1000, 2000, 4000, 4000, 4000]) expect(machine.feed(timer('E'))).toEqual(['request again', `start E ${delayMs}`])
    expect(machine.feed(timer('F'))).toEqual(['timeout', 'terminate'])
    expect(machine.feed(response(200))).toEqual([])
  })

  it('goes on at T2 after a provisional response', () => {
    const machine = fresh()
    // Req #3 (17.1.2.2): Trying → Proceeding, timers keep running.
    expect(machine.feed(response(100))).toEqual(['pass 100'])
    expect(machine.feed(timer('E'))).toEqual(['request again', 'start E 4000'])
    expect(machine.feed(response(100))).toEqual(['pass 100'])
    // Req #4: timer F ends Proceeding too.
    expect(machine.feed(timer('F'))).toEqual(['timeout', 'terminate'])
  })

  it('absorbs copies of the final response for T4 (timer K)', () => {
    const machine = fresh()
    // Req #5 (17.1.2.2).
    expect(machine.feed(response(200))).toEqual(['stop E', 'stop F', 'start K 5000', 'pass 200'])
    expect(machine.state).toBe('completed')
    expect(machine.feed(response(200))).toEqual([])
    expect(machine.feed(timer('E'))).toEqual([])
    expect(machine.feed({ type: 'transportFailure' })).toEqual([])
    expect(machine.feed(timer('K'))).toEqual(['terminate'])
  })

  it('does neither retransmit nor wait on reliable transports', () => {
    const machine = fresh(RELIABLE)
    // Req #6 (17.1.2.2): no timer E, timer K is zero.
    expect(machine.asked).toEqual(['request', 'start F 32000'])
    expect(machine.feed(response(404))).toEqual(['stop F', 'pass 404', 'terminate'])
  })

  it('reports a transport failure (17.1.4)', () => {
    expect(fresh().feed({ type: 'transportFailure' })).toEqual(['transport failure', 'terminate'])
  })

  it('can be abandoned', () => {
    const machine = fresh()
    expect(machine.feed({ type: 'abandon' })).toEqual(['terminate'])
    expect(machine.feed(response(200))).toEqual([])
  })
})
