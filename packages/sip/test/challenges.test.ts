import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Header, StandingLeg } from '../src/index.ts'
import { CallingParty } from './calling-party.ts'
import { ANSWER } from './raw-peer.ts'

let party: CallingParty

beforeEach(async () => {
  party = await CallingParty.open()
})
afterEach(() => party.close())

const credentials = { username: 'alice', password: 'secret' }
const challenge = (realm: string, nonce: string, more = ''): string => `Digest realm="${realm}", nonce="${nonce}", qop="auth,auth-int"${more}`

describe('challenges to an INVITE of ours (RFC 3261 22.2, 22.3)', () => {
  it('of the proxy and of the server behind it are answered together', async () => {
    const { invite, watch, out } = await party.call({ credentials })
    party.peer.respond(invite, 407, { headers: [['Proxy-Authenticate', challenge('proxy', 'p1')]] })
    expect((await party.peer.nextRequest('ACK')).header('proxy-authorization')).toBeUndefined()
    const second = await party.peer.nextRequest('INVITE')
    party.peer.respond(second, 401, { headers: [['WWW-Authenticate', challenge('server', 's1')]] })
    await party.peer.nextRequest('ACK')
    const third = await party.peer.nextRequest('INVITE')
    expect([third.header('proxy-authorization'), third.header('authorization')]).toEqual([
      expect.stringContaining('realm="proxy"'),
      expect.stringContaining('realm="server"'),
    ])
    expect([third.cseq.sequence, third.callId, third.fromTag]).toEqual([3, invite.callId, invite.fromTag])
    party.peer.respond(third, 200, { body: ANSWER })
    await watch.next('answered')
    // 22.1: the ACK carries what the INVITE carried.
    const ack = await party.peer.nextRequest('ACK')
    expect([ack.headers('authorization').length, ack.headers('proxy-authorization').length]).toEqual([1, 1])
    out.leg.bye()
    await party.acceptBye()
  })

  it.each([
    ['one proxy after the other', 'Proxy-Authenticate', 'two', ['one', 'two'], []],
    ['a proxy and a server that share a realm', 'WWW-Authenticate', 'one', ['one'], ['one']],
  ] as const)('of %s are answered for each: what the request carried for the first it still carries', async (_, name, realm, ofProxies, ofServers) => {
    const { invite, watch } = await party.call({ credentials })
    party.peer.respond(invite, 407, { headers: [['Proxy-Authenticate', challenge('one', 'n1')]] })
    await party.peer.nextRequest('ACK')
    const second = await party.peer.nextRequest('INVITE')
    party.peer.respond(second, name === 'WWW-Authenticate' ? 401 : 407, { headers: [[name, challenge(realm, 'n2')]] })
    await party.peer.nextRequest('ACK')
    const third = await party.peer.nextRequest('INVITE')
    const realms = (header: string): readonly (string | undefined)[] => third.headers(header).map((value) => /realm="(\w+)"/.exec(value)?.[1])
    expect([new Set(realms('proxy-authorization')), realms('authorization')]).toEqual([new Set(ofProxies), ofServers])
    party.peer.respond(third, 486)
    await party.peer.nextRequest('ACK')
    await watch.next('rejected')
  })

  it('of two realms at once are both answered, each in the strongest way (RFC 8760 2.4)', async () => {
    const { invite } = await party.call({ credentials })
    const headers: Header[] = [
      ['Proxy-Authenticate', challenge('one', 'n1', ', algorithm=MD5')],
      ['Proxy-Authenticate', challenge('one', 'n2', ', algorithm=SHA-256')],
      ['Proxy-Authenticate', challenge('two', 'n3')],
      ['Proxy-Authenticate', 'Negotiate abc'],
    ]
    party.peer.respond(invite, 407, { headers })
    await party.peer.nextRequest('ACK')
    const again = await party.peer.nextRequest('INVITE')
    const answers = again.headers('proxy-authorization')
    expect(answers).toHaveLength(2)
    expect(answers[0]).toMatch(/realm="one".*algorithm=SHA-256/)
    expect(answers[1]).toMatch(/realm="two"/)
    party.peer.respond(again, 486)
    await party.peer.nextRequest('ACK')
  })

  it('are answered anew when the nonce was stale, but not for ever, and wrong credentials are not repeated', async () => {
    const { invite, watch } = await party.call({ credentials })
    let last = invite
    for (let turn = 1; turn < 3; turn++) {
      party.peer.respond(last, 401, { headers: [['WWW-Authenticate', challenge('server', `n${turn}`, ', stale=true')]] })
      await party.peer.nextRequest('ACK')
      last = await party.peer.nextRequest('INVITE')
      expect(last.header('authorization')).toContain(`nonce="n${turn}"`)
    }
    party.peer.respond(last, 401, { headers: [['WWW-Authenticate', challenge('server', 'n9', ', stale=true')]] })
    await party.peer.nextRequest('ACK')
    expect((await watch.next('rejected')).statusCode).toBe(401)
    const wrong = await party.call({ credentials })
    party.peer.respond(wrong.invite, 401, { headers: [['WWW-Authenticate', challenge('server', 'a')]] })
    await party.peer.nextRequest('ACK')
    party.peer.respond(await party.peer.nextRequest('INVITE'), 401, { headers: [['WWW-Authenticate', challenge('server', 'b')]] })
    await party.peer.nextRequest('ACK')
    expect((await wrong.watch.next('rejected')).statusCode).toBe(401)
    expect(await party.drained()).toEqual([])
  })

  it('to a BYE that calls every nonce stale do not keep it alive for ever', async () => {
    const { out, watch } = await party.connect({ credentials })
    out.leg.bye()
    for (let turn = 1; turn <= 3; turn++) {
      const bye = await party.peer.nextRequest('BYE')
      party.peer.respond(bye, 401, { headers: [['WWW-Authenticate', challenge('server', `n${turn}`, ', stale=true')]] })
    }
    expect([await party.drained(), watch.rest]).toEqual([[], []])
  })
})

describe('a challenge to the BYE of a stack that comes after one that died (RFC 3261 22.2)', () => {
  it.each([
    ['answered with the credentials it is given', credentials, 'realm="carrier"'],
    ['left alone without', undefined, undefined],
  ])('is %s', async (_what, given, expected) => {
    const { out } = await party.connect({ credentials })
    const written = JSON.parse(JSON.stringify(out.leg.standing)) as StandingLeg
    expect(JSON.stringify(written)).not.toContain('secret')
    await party.caller.stack.stop()
    const { stack } = await party.harness.stack()
    stack.hangUp(written, [], given)
    const bye = await party.peer.nextRequest('BYE')
    party.peer.respond(bye, 407, { headers: [['Proxy-Authenticate', challenge('carrier', 'n1')]] })
    if (expected === undefined) return
    const again = await party.peer.nextRequest('BYE')
    expect([again.header('proxy-authorization'), again.cseq.sequence]).toEqual([expect.stringContaining(expected), bye.cseq.sequence + 1])
    party.peer.respond(again, 200)
  })
})
