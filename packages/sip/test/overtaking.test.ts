import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CallingParty } from './calling-party.ts'
import { ANSWER } from './raw-peer.ts'

let party: CallingParty

beforeEach(async () => {
  party = await CallingParty.open()
})
afterEach(() => party.close())

describe('a request of the callee that overtakes its own 200', () => {
  it('is not answered 481, which would end a call that has just begun (RFC 5057 5.1)', async () => {
    const { out, watch, invite } = await party.call()
    const to = `<sip:alice@test>;tag=${out.leg.id}`
    party.peer.request({ method: 'INFO', callId: out.leg.callId, from: '<sip:bob@test>;tag=peer', to }, party.caller.udp)
    expect((await party.peer.nextResponse(500, 'INFO')).header('retry-after')).toBeDefined()
    party.peer.respond(invite, 200, { body: ANSWER })
    await watch.next('answered')
    await party.peer.nextRequest('ACK')
    out.leg.bye()
    await party.acceptBye()
  })
})
