import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { describeMessage, OFFER, type RawPeer } from './raw-peer.ts'
import { StackHarness } from './stack-harness.ts'

let harness: StackHarness
let peer: RawPeer

beforeEach(async () => {
  harness = new StackHarness()
  peer = await harness.peer()
})
afterEach(() => harness.close())

const isUrgent = ({ method, uriText }: { readonly method: string; readonly uriText: string }): boolean => method === 'INVITE' && uriText.startsWith('sip:911@')

describe('a stack under load (RFC 3261 21.5.4)', () => {
  it('that is full refuses what is new without a transaction, and takes a call for help', async () => {
    const { stack, udp } = await harness.stack({ limits: { maxTransactions: 1 } })
    stack.guard({ isUrgent })
    stack.onInvite((invite) => invite.reject(404))
    peer.request({ method: 'INVITE', uri: 'sip:1@host', callId: 'one', body: OFFER }, udp)
    await peer.nextResponse(100)
    await peer.nextResponse(404)
    const before = stack.statistics.transactions
    peer.request({ method: 'INVITE', uri: 'sip:2@host', callId: 'two', body: OFFER }, udp)
    expect(Number((await peer.nextResponse(503)).header('retry-after'))).toBeGreaterThanOrEqual(5)
    expect(stack.statistics.transactions).toBe(before)
    peer.request({ method: 'INVITE', uri: 'sip:911@host', callId: 'three', body: OFFER }, udp)
    await peer.nextResponse(100)
    await peer.nextResponse(404)
  })

  it('refuses the copies of an INVITE it has refused, also when the load is gone: the caller has heard 503', async () => {
    const { stack, udp } = await harness.stack({ limits: { maxPerSourceInvitesPerSecond: 1 } })
    stack.onInvite((invite) => invite.reject(404))
    peer.request({ method: 'INVITE', uri: 'sip:1@host', callId: 'one', body: OFFER }, udp)
    await peer.nextResponse(100)
    await peer.nextResponse(404)
    const refused = peer.request({ method: 'INVITE', uri: 'sip:2@host', callId: 'two', body: OFFER }, udp)
    const answersToIt = async () => (await peer.drain(udp)).filter(({ callId }) => callId === 'two').map(describeMessage)
    expect(await answersToIt()).toEqual(['503 INVITE'])
    harness.time.advance(10_000)
    peer.sendBytes(refused, udp)
    expect(await answersToIt()).toEqual(['503 INVITE'])
    // Nobody repeats an INVITE for longer than 32 s.
    harness.time.advance(60_000)
    peer.sendBytes(refused, udp)
    expect(await answersToIt()).toEqual(['100 INVITE', '404 INVITE'])
  })

  it('takes a call for help from an address that has had its share', async () => {
    const { stack, udp } = await harness.stack({ limits: { maxPerSourceInvitesPerSecond: 1 } })
    stack.guard({ isUrgent })
    stack.onInvite((invite) => invite.reject(404))
    for (const user of ['1', '2', '911'])
      peer.request({ method: 'INVITE', uri: `sip:${user}@host`, callId: `call ${user}`.replace(' ', '-'), body: OFFER }, udp)
    const finals = (await peer.drain(udp)).map(describeMessage).filter((text) => text !== '100 INVITE')
    expect(finals.toSorted()).toEqual(['404 INVITE', '404 INVITE', '503 INVITE'])
  })

  it('says nothing to who is unwanted, and keeps nothing of it', async () => {
    const { stack, udp } = await harness.stack()
    stack.guard({ isUnwanted: (request) => request.header('user-agent') === 'friendly-scanner' })
    stack.onInvite((invite) => invite.reject(404))
    stack.onRequest('REGISTER', (request) => request.respond(200))
    for (const method of ['OPTIONS', 'INVITE', 'REGISTER']) peer.request({ method, headers: [['User-Agent', 'friendly-scanner']] }, udp)
    expect(await peer.drain(udp)).toEqual([])
    expect(stack.statistics.transactions).toBe(0)
  })
})

describe('Require (RFC 3261 8.2.2.3)', () => {
  it('knows the option tags that the handler of the method brings, for that method only', async () => {
    const { stack, udp } = await harness.stack()
    stack.onRequest('REGISTER', (request) => request.respond(200), { supportedOptions: ['path'] })
    stack.onRequest('PUBLISH', (request) => request.respond(200))
    peer.request({ method: 'REGISTER', headers: [['Require', 'path']] }, udp)
    await peer.nextResponse(200)
    peer.request({ method: 'REGISTER', headers: [['Require', 'path, gruu']] }, udp)
    expect((await peer.nextResponse(420)).header('unsupported')).toBe('gruu')
    peer.request({ method: 'PUBLISH', headers: [['Require', 'path']] }, udp)
    await peer.nextResponse(420)
  })
})
