import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { computeHa1, DigestAuthenticator, type IncomingRequest, type Registration, type RegistrationState, type RespondOptions } from '../src/index.ts'
import { Arrivals } from './arrivals.ts'
import { type RunningStack, StackHarness } from './stack-harness.ts'

const REALM = 'example.com'
const ALICE = { username: 'alice', password: 'wonderland' }
const HA1 = { MD5: computeHa1('MD5', 'alice', REALM, 'wonderland'), 'SHA-256': computeHa1('SHA-256', 'alice', REALM, 'wonderland') }

let harness: StackHarness
let client: RunningStack
let registrar: RunningStack
let requests: Arrivals<IncomingRequest>
let changes: Arrivals<RegistrationState>
let registration: Registration

beforeEach(async () => {
  harness = new StackHarness()
  ;[client, registrar] = [await harness.stack(), await harness.stack()]
  requests = new Arrivals()
  changes = new Arrivals()
  registrar.stack.onRequest('REGISTER', (request) => requests.push(request))
})
afterEach(() => harness.close())

function register(expiresSeconds?: number): void {
  const times = expiresSeconds === undefined ? {} : { expiresSeconds }
  const addressOfRecord = '<sip:alice@example.com>'
  registration = client.stack.register({ registrar: 'sip:example.com', to: registrar.udp, addressOfRecord, credentials: ALICE, ...times })
  registration.onChange((state) => changes.push(state))
}

async function answer(statusCode: number, options?: RespondOptions): Promise<IncomingRequest> {
  const incoming = await requests.next()
  incoming.respond(statusCode, options)
  return incoming
}

async function changedTo(name: RegistrationState['name']): Promise<RegistrationState> {
  const state = await changes.next()
  expect(state.name).toBe(name)
  return state
}

/** Unregisters, so that nothing is left. */
async function stop(): Promise<IncomingRequest> {
  const stopped = registration.stop()
  const last = await answer(200)
  await stopped
  return last
}

describe('a request that is challenged (RFC 3261 22.2)', () => {
  it('is sent again with credentials: same Call-ID and From tag, next CSeq', async () => {
    const digest = new DigestAuthenticator({ realm: REALM, clock: harness.time, secret: Buffer.alloc(32, 1) })
    register()
    const first = await answer(401, { headers: digest.challenge() })
    const second = await requests.next()
    expect(digest.verify(second.request, { ha1: HA1 })).toBe('accepted')
    expect([second.request.callId, second.request.fromTag]).toEqual([first.request.callId, first.request.fromTag])
    expect(second.request.cseq.sequence).toBe(first.request.cseq.sequence + 1)
    second.respond(200)
    await changedTo('registered')
    await stop()
  })

  it('is given up when the password is wrong, and when every nonce is called stale', async () => {
    const headers = [['WWW-Authenticate', 'Digest realm="example.com", nonce="n", qop="auth", stale=true'] as const]
    const outcome = client.stack.request({
      method: 'REGISTER',
      uri: 'sip:example.com',
      to: registrar.udp,
      headers: [
        ['From', '<sip:alice@example.com>'],
        ['To', '<sip:alice@example.com>'],
      ],
      credentials: ALICE,
    })
    for (let attempt = 0; attempt < 3; attempt++) await answer(401, { headers })
    expect(await outcome).toMatchObject({ statusCode: 401 })
    expect(requests.takeAll()).toEqual([])
  })
})

describe('a registration of ours (RFC 3261 10.2)', () => {
  it('that is given up while a REGISTER is under way is removed once that one is answered: two at once may be taken in the wrong order', async () => {
    const digest = new DigestAuthenticator({ realm: REALM, clock: harness.time, secret: Buffer.alloc(32, 1) })
    register()
    const first = await requests.next()
    const stopped = registration.stop()
    await changedTo('stopped')
    first.respond(401, { headers: digest.challenge() })
    const second = await answer(200)
    const last = await answer(200)
    await stopped
    expect([second.request.header('expires'), last.request.header('expires')]).toEqual(['3600', '0'])
    expect(last.request.cseq.sequence).toBeGreaterThan(second.request.cseq.sequence)
  })

  it('is refreshed before it expires, with the same Call-ID and a higher CSeq', async () => {
    register(600)
    const first = await requests.next()
    expect(first.request.header('expires')).toBe('600')
    // The registrar grants less than was asked for: what it says about our contact counts (10.2.4).
    first.respond(200, { headers: [['Contact', `${first.request.header('contact') ?? ''};expires=300`]] })
    const state = await changedTo('registered')
    expect(state).toMatchObject({ expiresAtMs: harness.time.nowMs() + 300_000 })
    harness.time.advance(239_000)
    expect(requests.takeAll()).toEqual([])
    harness.time.advance(1_000)
    const second = await answer(200)
    expect(second.request.callId).toBe(first.request.callId)
    expect(second.request.cseq.sequence).toBeGreaterThan(first.request.cseq.sequence)
    await changedTo('registered')
    await stop()
  })

  it('is refreshed in time also where the registrar writes our contact in its own words, among those of others', async () => {
    register(3600)
    const others = '<sip:alice@192.0.2.9:5062>;expires=17'
    // As registrars do that put the address they saw behind a NAT in its place.
    await answer(200, { headers: [['Contact', `${others}, <sip:alice@198.51.100.7:40312>;expires=60`]] })
    expect(await changedTo('registered')).toMatchObject({ expiresAtMs: harness.time.nowMs() + 60_000 })
    harness.time.advance(30_000)
    await answer(200)
    await changedTo('registered')
    await stop()
  })

  it('is refreshed in the time it asked for, when the registrar grants more: no timer of ours is made to run over', async () => {
    register(600)
    await answer(200, { headers: [['Expires', '99999999999']] })
    expect(await changedTo('registered')).toMatchObject({ expiresAtMs: harness.time.nowMs() + 600_000 })
    await stop()
  })

  it('takes the interval a registrar insists on (10.2.8)', async () => {
    register(60)
    await answer(423, { headers: [['Min-Expires', '900']] })
    expect((await answer(200)).request.header('expires')).toBe('900')
    await changedTo('registered')
    await stop()
  })

  it('does not chase a registrar that wants longer and longer, or longer than anybody means: it has refused', async () => {
    register(60)
    await answer(423, { headers: [['Min-Expires', '900']] })
    await answer(423, { headers: [['Min-Expires', '1800']] })
    for (const last of [false, true]) {
      const failed = await changedTo('failed')
      expect(failed).toMatchObject({ statusCode: 423 })
      if (failed.name === 'failed') harness.time.advance(failed.retryAfterMs)
      if (!last) await answer(423, { headers: [['Min-Expires', '99999999999999']] })
    }
    await answer(200)
    await changedTo('registered')
    await stop()
  })

  it.each([[], [['Min-Expires', 'soon']], [['Min-Expires', '']], [['Min-Expires', '60']], [['Min-Expires', '90.5']]] as const)(
    'has been refused by a 423 that names no longer interval (20.23): %s',
    async (...headers) => {
      register(60)
      await answer(423, { headers })
      const failed = await changedTo('failed')
      expect(failed).toMatchObject({ statusCode: 423 })
      if (failed.name !== 'failed') return
      harness.time.advance(failed.retryAfterMs - 1)
      expect(requests.takeAll()).toEqual([])
      harness.time.advance(1)
      expect((await answer(200)).request.header('expires')).toBe('60')
      await changedTo('registered')
      await stop()
    },
  )

  it('is tried again after a refusal, later each time and not before the registrar said (RFC 5626 4.5)', async () => {
    register()
    await answer(503, { headers: [['Retry-After', '120']] })
    expect(await changedTo('failed')).toMatchObject({ statusCode: 503, retryAfterMs: 120_000 })
    harness.time.advance(120_000)
    await answer(403)
    const second = await changedTo('failed')
    if (second.name !== 'failed') throw new Error('unreachable')
    expect(second.retryAfterMs).toBeGreaterThanOrEqual(30_000)
    expect(second.retryAfterMs).toBeLessThanOrEqual(60_000)
    harness.time.advance(second.retryAfterMs)
    await answer(200)
    await changedTo('registered')
    await stop()
  })

  it('is renewed at once when somebody knows better than the plan; the failures before count no more', async () => {
    register()
    for (let failures = 0; failures < 3; failures++) {
      await answer(503)
      const failed = await changedTo('failed')
      if (failed.name !== 'failed') throw new Error('unreachable')
      expect(failed.retryAfterMs).toBeLessThanOrEqual(30_000)
      registration.renew()
      // What is asked already is not asked twice.
      registration.renew()
    }
    await answer(200)
    await changedTo('registered')
    registration.renew()
    await answer(200)
    await changedTo('registered')
    expect(requests.takeAll()).toEqual([])
    await stop()
  })

  it('does not wait for an answer longer than it was told', async () => {
    const addressOfRecord = '<sip:alice@example.com>'
    registration = client.stack.register({ registrar: 'sip:example.com', to: registrar.udp, addressOfRecord, answerTimeoutMs: 5_000 })
    registration.onChange((state) => changes.push(state))
    const unanswered = await requests.next()
    harness.time.advance(5_000)
    expect(await changedTo('failed')).toMatchObject({ statusCode: 408 })
    unanswered.respond(200)
    await stop()
  })

  it('is removed when it is stopped (10.2.2), and not refreshed any more', async () => {
    register()
    await answer(200)
    await changedTo('registered')
    expect((await stop()).request.header('expires')).toBe('0')
    await changedTo('stopped')
    harness.time.advance(7_200_000)
    expect(requests.takeAll()).toEqual([])
  })
})
