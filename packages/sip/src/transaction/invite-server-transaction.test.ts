import { describe, expect, it } from 'vitest'
import { outgoing, RELIABLE, UNRELIABLE, walk } from '../../test/walk-transaction.ts'
import { startInviteServer, stepInviteServer } from './invite-server-transaction.ts'

const fresh = (options = UNRELIABLE) => walk({ state: startInviteServer(options), effects: [] }, stepInviteServer)
const respond = (statusCode: number) => ({ type: 'respond', response: outgoing(statusCode) }) as const
const timer = (name: 'G' | 'H' | 'I' | 'L') => ({ type: 'timer', timer: name }) as const
const retransmission = { type: 'retransmission' } as const
const ack = { type: 'ack' } as const

describe('INVITE server transaction (RFC 3261 17.2.1, RFC 6026 7.1)', () => {
  it('answers a retransmitted INVITE with the last provisional response', () => {
    const machine = fresh()
    // Req #1 (17.2.1): before any response there is nothing to repeat.
    expect(machine.feed(retransmission)).toEqual([])
    expect(machine.feed(respond(100))).toEqual(['100'])
    expect(machine.feed(retransmission)).toEqual(['100 again'])
    expect(machine.feed(respond(180))).toEqual(['180'])
    // Req #2 (17.2.1): the most recent one.
    expect(machine.feed(retransmission)).toEqual(['180 again'])
    expect(machine.state).toBe('proceeding')
  })

  it('repeats a refusal until the ACK comes: timer G doubles up to T2, timer H gives up', () => {
    const machine = fresh()
    // Req #3 (17.2.1): G after T1, H after 64*T1.
    expect(machine.feed(respond(486))).toEqual(['486', 'start G 500', 'start H 32000'])
    expect(machine.state).toBe('completed')
    // Req #4: MIN(2*previous, T2).
    for (const delayMs of [1000, 2000, 4000, 4000]) expect(machine.feed(timer('G'))).toEqual(['486 again', `start G ${delayMs}`])
    // Req #5: a copy of the INVITE gets the final response.
    expect(machine.feed(retransmission)).toEqual(['486 again'])
    // Req #6: further responses of the user are discarded.
    expect(machine.feed(respond(200))).toEqual([])
    // Req #7: without ACK the user is told and the transaction ends.
    expect(machine.feed(timer('H'))).toEqual(['timeout', 'terminate'])
  })

  it('absorbs copies of the ACK for T4 (timer I)', () => {
    const machine = fresh()
    machine.feed(respond(404))
    // Req #8 (17.2.1): Completed → Confirmed.
    expect(machine.feed(ack)).toEqual(['stop G', 'stop H', 'start I 5000'])
    expect(machine.state).toBe('confirmed')
    // Req #9: nothing is sent in Confirmed.
    expect(machine.feed(ack)).toEqual([])
    expect(machine.feed(retransmission)).toEqual([])
    expect(machine.feed(timer('G'))).toEqual([])
    expect(machine.feed(timer('I'))).toEqual(['terminate'])
  })

  it('runs neither timer G nor timer I on reliable transports', () => {
    const machine = fresh(RELIABLE)
    // Req #10 (17.2.1).
    expect(machine.feed(respond(486))).toEqual(['486', 'start H 32000'])
    expect(machine.feed(ack)).toEqual(['stop G', 'stop H', 'terminate'])
  })

  it('stays in Accepted for 64*T1 after a 2xx (RFC 6026 7.1)', () => {
    const machine = fresh()
    // Req #11: timer L is set when the 2xx is passed.
    expect(machine.feed(respond(200))).toEqual(['200', 'start L 32000'])
    expect(machine.state).toBe('accepted')
    // Req #12: copies of the INVITE are absorbed without an answer; the user repeats the 2xx.
    expect(machine.feed(retransmission)).toEqual([])
    expect(machine.feed(respond(200))).toEqual(['200 again'])
    // Req #13: other responses are not sent any more.
    expect(machine.feed(respond(486))).toEqual([])
    expect(machine.feed(respond(180))).toEqual([])
    // Req #14: an ACK that matches goes up.
    expect(machine.feed(ack)).toEqual(['pass ACK'])
    expect(machine.feed({ type: 'transportFailure' })).toEqual([])
    // Req #15: timer L ends it.
    expect(machine.feed(timer('L'))).toEqual(['terminate'])
    expect(machine.feed(respond(200))).toEqual([])
  })

  it.each([[100], [486]])('reports a transport failure after %i (17.2.4)', (statusCode) => {
    const machine = fresh()
    machine.feed(respond(statusCode))
    expect(machine.feed({ type: 'transportFailure' })).toEqual(['transport failure', 'terminate'])
  })

  it('ignores an ACK before there is a final response', () => {
    const machine = fresh()
    expect(machine.feed(ack)).toEqual([])
    expect(machine.state).toBe('proceeding')
  })
})
