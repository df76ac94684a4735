import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { IncomingInvite, OutgoingInviteOptions, StandingLeg } from '../src/index.ts'
import { computeHa1, DigestAuthenticator } from '../src/digest/index.ts'
import { Arrivals } from './arrivals.ts'
import { ANSWER, OFFER } from './raw-peer.ts'
import { LegWatch, type RunningStack, StackHarness } from './stack-harness.ts'

let harness: StackHarness
let caller: RunningStack
let callee: RunningStack
let invites: Arrivals<IncomingInvite>

beforeEach(async () => {
  harness = new StackHarness()
  caller = await harness.stack({ serverName: 'caller/1' })
  callee = await harness.stack()
  invites = new Arrivals()
  callee.stack.onInvite((invite) => invites.push(invite))
})
afterEach(() => harness.close())

function toCallee(transport: 'udp' | 'tcp', more: Partial<OutgoingInviteOptions> = {}): OutgoingInviteOptions {
  const to = callee[transport]
  return { uri: `sip:bob@127.0.0.1:${to.port}`, to, from: '"Alice" <sip:alice@test>', toHeader: '<sip:bob@test>', headers: [], body: OFFER, ...more }
}

/** What comes where it was, once it has died. */
async function replace(dead: RunningStack): Promise<RunningStack> {
  await dead.stack.stop()
  return harness.stack({ listen: { host: '127.0.0.1', udpPort: dead.udp.port, tcpPort: dead.tcp.port } })
}

it('an INVITE that waits for its answer is refused by the stack that comes after that of the callee, until it is acknowledged (RFC 3261 17.2.1)', async () => {
  const out = caller.stack.invite(toCallee('udp'))
  const calling = new LegWatch(out.leg)
  const invite = await invites.next()
  invite.progress(180)
  await calling.next('progress')
  const written = JSON.parse(JSON.stringify(invite.leg.standing)) as StandingLeg
  const { stack } = await replace(callee)
  stack.hangUp(written, [['Reason', 'Q.850;cause=41']])
  const { statusCode, response } = await calling.next('rejected')
  expect([statusCode, response?.toTag, response?.header('reason')]).toEqual([500, invite.leg.id, 'Q.850;cause=41'])
  await expect.poll(() => stack.statistics.received).toBe(1)
  harness.time.advance(10_000)
  expect(stack.statistics.retransmitted).toBe(0)
})

it('an INVITE whose answer crosses the CANCEL of the stack that comes after is acknowledged and hung up (RFC 3261 9.1, 13.2.2.4)', async () => {
  const out = caller.stack.invite(toCallee('udp'))
  const invite = await invites.next()
  const called = new LegWatch(invite.leg)
  const written = JSON.parse(JSON.stringify(out.leg.standing)) as StandingLeg
  const { stack } = await replace(caller)
  stack.hangUp(written, [['Reason', 'Q.850;cause=41']])
  invite.answer({ body: ANSWER })
  await called.next('acknowledged')
  await called.next('bye')
})

it('is not standing any more when it is being cancelled, or was refused', async () => {
  const out = caller.stack.invite(toCallee('udp'))
  const calling = new LegWatch(out.leg)
  const invite = await invites.next()
  expect([out.leg.standing, invite.leg.standing]).toMatchObject([{ invite: 'sent' }, { invite: 'received' }])
  out.cancel()
  expect(out.leg.standing).toBeUndefined()
  await calling.next('rejected')
  expect(invite.leg.standing).toBeUndefined()
})

describe.each(['udp', 'tcp'] as const)('a call over %s', (transport) => {
  async function connect() {
    const out = caller.stack.invite(toCallee(transport, { headers: [['P-Asserted-Identity', '<sip:+18015551212@test>']] }))
    const calling = new LegWatch(out.leg)
    const invite = await invites.next()
    const called = new LegWatch(invite.leg)
    invite.answer({ body: ANSWER })
    const answered = await calling.next('answered')
    const acknowledged = await called.next('acknowledged')
    return { out, calling, invite, called, answered, acknowledged }
  }

  it('rings, is answered, and ends with the BYE of the caller (RFC 3261 13, 15)', async () => {
    const out = caller.stack.invite(toCallee(transport))
    const calling = new LegWatch(out.leg)
    const invite = await invites.next()
    const called = new LegWatch(invite.leg)
    expect([out.leg.state, invite.leg.state, out.leg.direction, invite.leg.direction]).toEqual(['early', 'early', 'outgoing', 'incoming'])
    expect(invite.request.bodyText).toBe(OFFER)
    expect(invite.request.from.displayName).toBe('Alice')
    expect(invite.request.header('user-agent')).toBe('caller/1')
    expect(invite.leg.callId).toBe(out.leg.callId)
    invite.progress(180)
    expect(await calling.next('progress')).toMatchObject({ statusCode: 180, reasonPhrase: 'Ringing', body: undefined })
    invite.progress(183, { body: ANSWER, headers: [['X-Note', 'early media']] })
    const early = await calling.next('progress')
    expect([early.statusCode, early.body, early.response.header('x-note')]).toEqual([183, ANSWER, 'early media'])
    // Both know 100rel, so the answer went reliably (RFC 3262 3) and the 200 waits for its PRACK (5).
    invite.answer({ body: ANSWER })
    expect((await calling.next('answered')).body).toBe(ANSWER)
    expect((await called.next('progressAcknowledged')).statusCode).toBe(183)
    expect((await called.next('acknowledged')).body).toBeUndefined()
    expect([out.leg.state, invite.leg.state]).toEqual(['confirmed', 'confirmed'])
    out.leg.bye([['Reason', 'Q.850;cause=16']])
    expect(out.leg.state).toBe('terminated')
    expect((await called.next('bye')).request.header('reason')).toBe('Q.850;cause=16')
    expect(invite.leg.state).toBe('terminated')
  })

  it.each(['caller', 'callee'] as const)(
    'is hung up by the stack that comes after that of the %s, which wrote its dialog down (RFC 3261 12.2.2, 15.1.1)',
    async (dead) => {
      const { out, calling, called, invite } = await connect()
      const [leg, running, other] = dead === 'caller' ? ([out.leg, caller, called] as const) : ([invite.leg, callee, calling] as const)
      const written = JSON.parse(JSON.stringify(leg.standing)) as StandingLeg
      if (dead === 'caller') {
        // What came after it was written down counts as well.
        out.leg.info('text/plain', 'later')
        await called.next('info')
      }
      await running.stack.stop()
      const { stack } = await harness.stack()
      stack.hangUp(written, [['Reason', 'Q.850;cause=41']])
      expect((await other.next('bye')).request.header('reason')).toBe('Q.850;cause=41')
    },
  )

  it('that rings is cancelled by the stack that comes after that of the caller, which wrote its INVITE down (RFC 3261 9.1)', async () => {
    const out = caller.stack.invite(toCallee(transport))
    const calling = new LegWatch(out.leg)
    const invite = await invites.next()
    const called = new LegWatch(invite.leg)
    invite.progress(180)
    await calling.next('progress')
    const written = JSON.parse(JSON.stringify(out.leg.standing)) as StandingLeg
    const { stack } = await replace(caller)
    const received = callee.stack.statistics.received
    stack.hangUp(written, [['Reason', 'Q.850;cause=41']])
    expect((await called.next('cancelled')).reason).toBe('Q.850;cause=41')
    // The 487 is acknowledged (17.1.1.3): it is not sent again.
    await expect.poll(() => callee.stack.statistics.received - received).toBe(2)
    harness.time.advance(10_000)
    expect(callee.stack.statistics.retransmitted).toBe(0)
  })

  it('is standing from its answer to its end', async () => {
    const { out, invite, called } = await connect()
    expect(out.leg.standing).toMatchObject({ heardFrom: { transport, address: '127.0.0.1' } })
    expect(invite.leg.standing).toMatchObject({ dialog: { callId: out.leg.callId, localTag: invite.leg.id, remoteTag: out.leg.id } })
    out.leg.bye()
    await called.next('bye')
    expect([out.leg.standing, invite.leg.standing]).toEqual([undefined, undefined])
  })

  it('ends with the BYE of the callee', async () => {
    const { calling, invite, out } = await connect()
    invite.leg.bye()
    await calling.next('bye')
    expect(out.leg.state).toBe('terminated')
  })

  it('carries headers, re-INVITE both ways and INFO', async () => {
    const { out, calling, invite, called } = await connect()
    expect(invite.request.header('p-asserted-identity')).toBe('<sip:+18015551212@test>')
    out.leg.reinvite('v=0 hold')
    const hold = await called.next('reinvite')
    expect(hold.body).toBe('v=0 hold')
    hold.answer('v=0 held')
    expect((await calling.next('reinviteAnswered')).body).toBe('v=0 held')
    invite.leg.reinvite('v=0 back')
    const back = await calling.next('reinvite')
    back.reject(488)
    expect((await called.next('reinviteRejected')).statusCode).toBe(488)
    invite.leg.info('application/dtmf-relay', 'Signal=5')
    expect(await calling.next('info')).toEqual({ type: 'info', contentType: 'application/dtmf-relay', body: 'Signal=5' })
    out.leg.bye()
    await called.next('bye')
  })

  it('is cancelled with the reason of the caller (RFC 3261 9, RFC 3326)', async () => {
    const out = caller.stack.invite(toCallee(transport))
    const calling = new LegWatch(out.leg)
    const invite = await invites.next()
    const called = new LegWatch(invite.leg)
    invite.progress(180)
    await calling.next('progress')
    out.cancel([['Reason', 'SIP;cause=200;text="Call completed elsewhere"']])
    expect((await called.next('cancelled')).reason).toBe('SIP;cause=200;text="Call completed elsewhere"')
    const rejected = await calling.next('rejected')
    expect([rejected.statusCode, rejected.response?.statusCode]).toEqual([487, 487])
    // Too late: nothing of this is sent.
    invite.answer({ body: ANSWER })
    invite.reject(486)
    expect([out.leg.state, invite.leg.state, calling.rest, called.rest]).toEqual(['terminated', 'terminated', [], []])
  })

  it('is refused', async () => {
    const out = caller.stack.invite(toCallee(transport))
    const calling = new LegWatch(out.leg)
    const invite = await invites.next()
    invite.reject(486, { reasonPhrase: 'Busy Here', headers: [['Warning', '399 test "on the phone"']] })
    const rejected = await calling.next('rejected')
    expect([rejected.statusCode, rejected.reasonPhrase, rejected.response?.header('warning')]).toEqual([486, 'Busy Here', '399 test "on the phone"'])
    expect([out.leg.state, invite.leg.state]).toEqual(['terminated', 'terminated'])
  })

  it('hangs an unanswered leg up: 480 at the callee, CANCEL at the caller', async () => {
    const first = caller.stack.invite(toCallee(transport))
    const calling = new LegWatch(first.leg)
    ;(await invites.next()).leg.bye()
    expect((await calling.next('rejected')).statusCode).toBe(480)
    const second = caller.stack.invite(toCallee(transport))
    const callingAgain = new LegWatch(second.leg)
    const called = new LegWatch((await invites.next()).leg)
    second.leg.bye()
    await called.next('cancelled')
    expect((await callingAgain.next('rejected')).statusCode).toBe(487)
  })
})

describe('a challenged call (RFC 3261 22)', () => {
  const digest = (realm: string) => new DigestAuthenticator({ realm, clock: harness.time, secret: Buffer.from('a secret of 32 bytes for testing') })

  it.each([407, 401] as const)('answers %i once and gives the same credentials in ACK and BYE', async (statusCode) => {
    const authenticator = digest('test')
    const ha1 = { MD5: computeHa1('MD5', 'alice', 'test', 'secret'), 'SHA-256': computeHa1('SHA-256', 'alice', 'test', 'secret') }
    const out = caller.stack.invite(toCallee('udp', { credentials: { username: 'alice', password: 'secret' } }))
    const calling = new LegWatch(out.leg)
    const first = await invites.next()
    expect(authenticator.verify(first.request, { ha1 })).toBe('missing')
    first.reject(statusCode, { headers: authenticator.challenge({ proxy: statusCode === 407 }) })
    const second = await invites.next()
    expect(authenticator.verify(second.request, { ha1 })).toBe('accepted')
    expect([second.request.callId, second.request.fromTag]).toEqual([first.request.callId, first.request.fromTag])
    expect(second.request.cseq.sequence).toBe(first.request.cseq.sequence + 1)
    const called = new LegWatch(second.leg)
    second.answer({ body: ANSWER })
    await calling.next('answered')
    await called.next('acknowledged')
    out.leg.bye()
    await called.next('bye')
  })

  it('gives up when the credentials are refused', async () => {
    const authenticator = digest('test')
    const out = caller.stack.invite(toCallee('udp', { credentials: { username: 'alice', password: 'wrong' } }))
    const calling = new LegWatch(out.leg)
    for (let attempt = 0; attempt < 2; attempt++) (await invites.next()).reject(407, { headers: authenticator.challenge({ proxy: true }) })
    expect((await calling.next('rejected')).statusCode).toBe(407)
  })
})

describe('the user of a stack', () => {
  it('gets events that came before its handler', async () => {
    const out = caller.stack.invite(toCallee('udp'))
    const invite = await invites.next()
    invite.reject(486)
    const probe = await caller.stack.request({
      method: 'OPTIONS',
      uri: 'sip:x@127.0.0.1',
      to: callee.udp,
      headers: [
        ['From', '<sip:a@b>'],
        ['To', '<sip:b@b>'],
      ],
    })
    expect(probe).toMatchObject({ statusCode: 200 })
    expect((await new LegWatch(out.leg).next('rejected')).statusCode).toBe(486)
  })

  it('may throw: the caller gets 500, the stack goes on', async () => {
    callee.stack.onInvite(() => {
      throw new Error('bug in the handler')
    })
    const calling = new LegWatch(caller.stack.invite(toCallee('udp')).leg)
    expect((await calling.next('rejected')).statusCode).toBe(500)
    expect(callee.errors).toEqual(['a SIP request handler failed: Error: bug in the handler'])
    callee.stack.onInvite((invite) => invite.reject(404))
    expect((await new LegWatch(caller.stack.invite(toCallee('udp')).leg).next('rejected')).statusCode).toBe(404)
  })

  it('is told 503 of a destination that cannot be', async () => {
    const to = { transport: 'udp', address: 'not.an.address', port: 5060 } as const
    const calling = new LegWatch(caller.stack.invite(toCallee('udp', { to })).leg)
    expect(await calling.next('rejected')).toMatchObject({ statusCode: 503, response: undefined })
  })

  it('is told 503 when nobody listens on TCP', async () => {
    const { tcp } = callee
    await callee.stack.stop()
    const calling = new LegWatch(caller.stack.invite(toCallee('tcp', { to: tcp })).leg)
    expect(await calling.next('rejected')).toMatchObject({ statusCode: 503, response: undefined })
  })
})
