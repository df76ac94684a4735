import { describe, expect, it } from 'vitest'
import { incoming, RELIABLE, UNRELIABLE, walk } from '../../test/walk-transaction.ts'
import { startInviteClient, stepInviteClient } from './invite-client-transaction.ts'

const fresh = (options = UNRELIABLE) => walk(startInviteClient(options), stepInviteClient)
const response = (statusCode: number) => ({ type: 'response', response: incoming(statusCode) }) as const
const timer = (name: 'A' | 'B' | 'D' | 'M') => ({ type: 'timer', timer: name }) as const

describe('INVITE client transaction (RFC 3261 17.1.1, RFC 6026)', () => {
  it('retransmits at doubling intervals without a ceiling until timer B gives up', () => {
    const machine = fresh()
    // Req #1 (17.1.1.2): the request goes out, timer A fires after T1, timer B after 64*T1.
    expect(machine.asked).toEqual(['request', 'start A 500', 'start B 32000'])
    // Req #2 (17.1.1.2): timer A doubles each time: 2*T1, 4*T1, … and does not stop at T2.
    for (const delayMs of [1000, 2000, 4000, 8000, 16_000]) expect(machine.feed(timer('A'))).toEqual(['request again', `start A ${delayMs}`])
    // Req #3 (17.1.1.2): timer B tells the user of the timeout and ends the transaction.
    expect(machine.feed(timer('B'))).toEqual(['timeout', 'terminate'])
    expect(machine.state).toBe('terminated')
    // Req #4: a terminated transaction does nothing more, whatever comes.
    expect(machine.feed(response(200))).toEqual([])
    expect(machine.feed(timer('A'))).toEqual([])
  })

  it('does not retransmit on reliable transports', () => {
    // Req #5 (17.1.1.2): timer A is not started.
    expect(fresh(RELIABLE).asked).toEqual(['request', 'start B 32000'])
  })

  it('stops retransmitting with a provisional response and passes every one up', () => {
    const machine = fresh()
    // Req #6 (17.1.1.2): Calling → Proceeding; neither timer A nor B runs any more.
    expect(machine.feed(response(100))).toEqual(['stop A', 'stop B', 'pass 100'])
    expect(machine.state).toBe('proceeding')
    expect(machine.feed(response(180))).toEqual(['pass 180'])
    // Req #7: timers that fired in the meantime change nothing.
    expect(machine.feed(timer('A'))).toEqual([])
    expect(machine.feed(timer('B'))).toEqual([])
  })

  it.each([
    ['calling', [], ['stop A', 'stop B']],
    ['proceeding', [100], []],
  ] as const)('acknowledges a refusal itself, again for each copy, from %s', (_, before, stopped) => {
    const machine = fresh()
    for (const statusCode of before) machine.feed(response(statusCode))
    // Req #8 (17.1.1.2, 17.1.1.3): ACK, up to the user, timer D of at least 32 s.
    expect(machine.feed(response(486))).toEqual([...stopped, 'ACK of 486', 'start D 32000', 'pass 486'])
    expect(machine.state).toBe('completed')
    // Req #9: a retransmission is acknowledged and not passed up.
    expect(machine.feed(response(486))).toEqual(['ACK of 486'])
    // Req #10: late provisional and success responses are absorbed.
    expect(machine.feed(response(180))).toEqual([])
    expect(machine.feed(response(200))).toEqual([])
    // Req #11: timer D ends it.
    expect(machine.feed(timer('D'))).toEqual(['terminate'])
  })

  it('is over at once after a refusal on reliable transports', () => {
    const machine = fresh(RELIABLE)
    // Req #12 (17.1.1.2): timer D is zero.
    expect(machine.feed(response(404))).toEqual(['stop A', 'stop B', 'ACK of 404', 'pass 404', 'terminate'])
  })

  it('stays in Accepted for retransmitted and forked 2xx (RFC 6026 8.4)', () => {
    const machine = fresh()
    // Req #13 (RFC 6026 7.2): timer M is 64*T1, also on reliable transports.
    expect(machine.feed(response(200))).toEqual(['stop A', 'stop B', 'start M 32000', 'pass 200'])
    expect(machine.state).toBe('accepted')
    // Req #14: every further 2xx goes up, nothing else does.
    expect(machine.feed(response(200))).toEqual(['pass 200'])
    expect(machine.feed(response(180))).toEqual([])
    expect(machine.feed(response(486))).toEqual([])
    // Req #15: transport errors do not concern an answered call.
    expect(machine.feed({ type: 'transportFailure' })).toEqual([])
    expect(machine.feed(timer('M'))).toEqual(['terminate'])
  })

  it.each([[[]], [[100]], [[486]]])('reports a transport failure (17.1.4) after %j', (before: readonly number[]) => {
    const machine = fresh()
    for (const statusCode of before) machine.feed(response(statusCode))
    expect(machine.feed({ type: 'transportFailure' })).toEqual(['transport failure', 'terminate'])
  })

  it('can be abandoned while nobody has given a final response (9.1)', () => {
    const machine = fresh()
    machine.feed(response(180))
    expect(machine.feed({ type: 'abandon' })).toEqual(['terminate'])
    const answered = fresh()
    answered.feed(response(200))
    expect(answered.feed({ type: 'abandon' })).toEqual([])
  })
})
