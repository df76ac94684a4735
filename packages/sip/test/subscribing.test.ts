import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Header, OutgoingSubscription, SipRequest, SubscribeOptions, SubscriptionNews } from '../src/index.ts'
import { Arrivals } from './arrivals.ts'
import type { RawPeer } from './raw-peer.ts'
import { type RunningStack, StackHarness } from './stack-harness.ts'

let harness: StackHarness
let stack: RunningStack
let peer: RawPeer
let news: Arrivals<SubscriptionNews>
let sequence: number

beforeEach(async () => {
  harness = new StackHarness()
  stack = await harness.stack()
  peer = await harness.peer()
  news = new Arrivals()
  sequence = 0
})
afterEach(() => harness.close())

async function subscribe(more: Partial<SubscribeOptions> = {}): Promise<{ subscription: OutgoingSubscription; request: SipRequest }> {
  const parties = { uri: 'sip:bob@test', to: peer.address, from: '<sip:alice@test>', toHeader: '<sip:bob@test>' }
  const subscription = stack.stack.subscribe({ ...parties, event: 'dialog', expiresSeconds: 600, ...more })
  subscription.onNews((item) => news.push(item))
  return { subscription, request: await peer.nextRequest('SUBSCRIBE') }
}

async function notify(request: SipRequest, state: string, statusCode = 200, tag = 'peer', event = 'dialog'): Promise<void> {
  const headers: Header[] = [
    ['Event', event],
    ['Subscription-State', state],
  ]
  const dialog = { callId: request.callId, from: `<sip:bob@test>;tag=${tag}`, to: `<sip:alice@test>;tag=${request.fromTag}` }
  peer.request({ method: 'NOTIFY', ...dialog, sequence: ++sequence, headers, contentType: 'application/dialog-info+xml', body: '<x/>' }, stack.udp)
  await peer.nextResponse(statusCode, 'NOTIFY')
}

async function active(more: Partial<SubscribeOptions> = {}) {
  const made = await subscribe(more)
  peer.respond(made.request, 200, { headers: [['Expires', '600']] })
  await notify(made.request, 'active;expires=600')
  expect(await news.next()).toMatchObject({ type: 'notified', state: 'active', body: '<x/>', contentType: 'application/dialog-info+xml' })
  return made
}

describe('a subscription of ours (RFC 6665 4.1)', () => {
  it('says what it wants, is refreshed in its dialog in time, and left', async () => {
    const { subscription, request } = await active({ headers: [['Accept', 'application/dialog-info+xml']] })
    expect([request.header('event'), request.header('expires'), request.header('accept'), request.contacts.length]).toEqual([
      'dialog',
      '600',
      'application/dialog-info+xml',
      1,
    ])
    harness.time.advance(567_999)
    expect(await peer.drain(stack.udp)).toEqual([])
    harness.time.advance(1)
    const refresh = await peer.nextRequest('SUBSCRIBE')
    expect([refresh.toTag, refresh.cseq.sequence, refresh.header('event'), refresh.header('expires')]).toEqual(['peer', 2, 'dialog', '600'])
    peer.respond(refresh, 200, { headers: [['Expires', '600']] })
    await peer.drain(stack.udp)
    harness.time.advance(500_000)
    subscription.unsubscribe()
    const last = await peer.nextRequest('SUBSCRIBE')
    expect(last.header('expires')).toBe('0')
    peer.respond(last, 200, { headers: [['Expires', '0']] })
    await notify(request, 'terminated;reason=timeout')
    await news.next()
    expect(await news.next()).toEqual({ type: 'ended', reason: 'timeout', statusCode: undefined, retryAfterSeconds: undefined })
  })

  it('is refreshed in the time it asked for, when the notifier grants more (4.1.2.1: it may not)', async () => {
    const { subscription, request } = await subscribe()
    await notify(request, 'active;expires=99999999999')
    expect((await news.next()).type).toBe('notified')
    peer.respond(request, 200, { headers: [['Expires', '99999999999']] })
    await peer.drain(stack.udp)
    harness.time.advance(568_000)
    const refresh = await peer.nextRequest('SUBSCRIBE')
    peer.respond(refresh, 200, { headers: [['Expires', '99999999999']] })
    await peer.drain(stack.udp)
    harness.time.advance(568_000)
    peer.respond(await peer.nextRequest('SUBSCRIBE'), 481)
    expect((await news.next()).type).toBe('ended')
    expect(subscription.ended).toBe(true)
  })

  it('takes a NOTIFY that is here before the answer; of a fork the first one only (4.4.1)', async () => {
    const { subscription, request } = await subscribe()
    await notify(request, 'pending;expires=600')
    expect(await news.next()).toMatchObject({ state: 'pending' })
    await notify(request, 'active', 481, 'another')
    await notify(request, 'active', 481, 'peer', 'presence')
    peer.respond(request, 200)
    await notify(request, 'terminated;reason=probation;retry-after=30')
    await news.next()
    expect(await news.next()).toEqual({ type: 'ended', reason: 'probation', statusCode: undefined, retryAfterSeconds: 30 })
    expect(subscription.ended).toBe(true)
    await notify(request, 'active', 481)
  })

  it('is refused, or answered and never told anything (timer N)', async () => {
    const refused = await subscribe()
    peer.respond(refused.request, 489)
    expect(await news.next()).toMatchObject({ type: 'ended', reason: 'refused', statusCode: 489 })
    const silent = await subscribe()
    peer.respond(silent.request, 200)
    await peer.drain(stack.udp)
    harness.time.advance(31_999)
    expect(silent.subscription.ended).toBe(false)
    harness.time.advance(1)
    expect(await news.next()).toMatchObject({ type: 'ended', reason: 'silent' })
    await subscribe()
    harness.time.advance(32_000)
    expect(await news.next()).toMatchObject({ type: 'ended', reason: 'refused', statusCode: 408 })
    await peer.drain(stack.udp)
  })

  it('is asked for again for longer after 423, and with credentials after 401', async () => {
    const { request } = await subscribe({ credentials: { username: 'a', password: 'b' } })
    peer.respond(request, 423, { headers: [['Min-Expires', '900']] })
    const longer = await peer.nextRequest('SUBSCRIBE')
    expect([longer.header('expires'), longer.callId, longer.cseq.sequence]).toEqual(['900', request.callId, 2])
    peer.respond(longer, 401, { headers: [['WWW-Authenticate', 'Digest realm="test", nonce="n"']] })
    const authorized = await peer.nextRequest('SUBSCRIBE')
    expect([authorized.header('authorization') === undefined, authorized.cseq.sequence, authorized.fromTag]).toEqual([false, 3, request.fromTag])
    peer.respond(authorized, 403)
    expect(await news.next()).toMatchObject({ reason: 'refused', statusCode: 403 })
  })

  it('ends when a refresh gets 481, or none gets an answer until its time is up', async () => {
    await active()
    harness.time.advance(568_000)
    peer.respond(await peer.nextRequest('SUBSCRIBE'), 481)
    expect(await news.next()).toMatchObject({ type: 'ended', reason: 'refused', statusCode: 481 })
    sequence = 0
    await active()
    harness.time.advance(568_000)
    peer.respond(await peer.nextRequest('SUBSCRIBE'), 503)
    await peer.drain(stack.udp)
    harness.time.advance(32_000)
    expect(await news.next()).toMatchObject({ type: 'ended', reason: 'expired' })
  })

  it('takes nothing but NOTIFY in its dialog', async () => {
    const { subscription, request } = await active()
    const dialog = { callId: request.callId, from: '<sip:bob@test>;tag=peer', to: `<sip:alice@test>;tag=${request.fromTag}` }
    peer.request({ method: 'INFO', ...dialog, sequence: 9 }, stack.udp)
    await peer.nextResponse(405)
    subscription.unsubscribe()
    peer.respond(await peer.nextRequest('SUBSCRIBE'), 481)
    expect(await news.next()).toMatchObject({ reason: 'unsubscribed' })
  })
})
