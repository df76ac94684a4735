import { describe, expect, it } from 'vitest'
import { outgoing, RELIABLE, UNRELIABLE, walk } from '../../test/walk-transaction.ts'
import { startNonInviteServer, stepNonInviteServer } from './non-invite-server-transaction.ts'

const fresh = (options = UNRELIABLE) => walk({ state: startNonInviteServer(options), effects: [] }, stepNonInviteServer)
const respond = (statusCode: number) => ({ type: 'respond', response: outgoing(statusCode) }) as const
const timer = (name: 'J' | 'unanswered') => ({ type: 'timer', timer: name }) as const
const retransmission = { type: 'retransmission' } as const

describe('non-INVITE server transaction (RFC 3261 17.2.2, RFC 4320)', () => {
  it('repeats its final response for 64*T1 (timer J)', () => {
    const machine = fresh()
    // Req #1 (17.2.2): copies are discarded in Trying.
    expect(machine.feed(retransmission)).toEqual([])
    // Req #2: Trying → Completed.
    expect(machine.feed(respond(200))).toEqual(['stop unanswered', '200', 'start J 32000'])
    expect(machine.state).toBe('completed')
    // Req #3: copies get the final response; another final response is discarded.
    expect(machine.feed(retransmission)).toEqual(['200 again'])
    expect(machine.feed(respond(404))).toEqual([])
    expect(machine.feed(timer('J'))).toEqual(['terminate'])
  })

  it('repeats 100 in Proceeding', () => {
    const machine = fresh()
    expect(machine.feed(respond(100))).toEqual(['100'])
    expect(machine.state).toBe('proceeding')
    expect(machine.feed(retransmission)).toEqual(['100 again'])
    expect(machine.feed(respond(200))).toEqual(['stop unanswered', '200', 'start J 32000'])
  })

  it('sends no provisional response but 100 (RFC 4320 4.1)', () => {
    const machine = fresh()
    expect(machine.feed(respond(180))).toEqual([])
    expect(machine.state).toBe('trying')
  })

  it('never sends 408 (RFC 4320 4.2)', () => {
    expect(fresh().feed(respond(408))).toEqual(['stop unanswered', 'terminate'])
  })

  it('sends nothing when it is too late for the client (RFC 4320 4.2)', () => {
    const machine = fresh()
    // Req #4: an unanswered request lives as long as timer F at the client.
    expect(machine.feed({ type: 'wait' })).toEqual(['start unanswered 32000'])
    expect(machine.feed(timer('unanswered'))).toEqual(['terminate'])
    expect(machine.feed(respond(200))).toEqual([])
  })

  it('is over with its final response on reliable transports', () => {
    // Req #5 (17.2.2): timer J is zero.
    expect(fresh(RELIABLE).feed(respond(200))).toEqual(['stop unanswered', '200', 'terminate'])
  })

  it.each([[100], [200]])('reports a transport failure after %i (17.2.4)', (statusCode) => {
    const machine = fresh()
    machine.feed(respond(statusCode))
    expect(machine.feed({ type: 'transportFailure' })).toEqual(['transport failure', 'terminate'])
  })
})
