import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { IncomingSubscription, SipStackLimits, SubscriptionEnd, SubscriptionOffer } from '../src/index.ts'
import { Arrivals } from './arrivals.ts'
import type { RawPeer, RequestParts } from './raw-peer.ts'
import { type RunningStack, StackHarness } from './stack-harness.ts'

let harness: StackHarness
let server: RunningStack
let peer: RawPeer
let subscriptions: Arrivals<IncomingSubscription>
let ends: Arrivals<SubscriptionEnd>

async function open(limits: Partial<SipStackLimits> = {}): Promise<void> {
  harness = new StackHarness()
  server = await harness.stack({ limits })
  peer = await harness.peer()
  subscriptions = new Arrivals()
  ends = new Arrivals()
  const handler = (subscription: IncomingSubscription): void => {
    subscription.onEnd((reason) => ends.push(reason))
    subscriptions.push(subscription)
  }
  server.stack.onSubscribe('message-summary', handler, { contentType: STATE.contentType })
}

beforeEach(() => open())
afterEach(() => harness.close())

const STATE = { contentType: 'application/simple-message-summary', body: 'Messages-Waiting: yes\r\n' }

function subscribe(event: string, expires: string | undefined, parts: Partial<RequestParts> = {}): void {
  const headers = [['Event', event] as const, ...(expires === undefined ? [] : [['Expires', expires] as const])]
  peer.request({ method: 'SUBSCRIBE', callId: 'mwi', headers, ...parts }, server.udp)
}

const accepting = (accept: string) => ({
  headers: [
    ['Event', 'message-summary'],
    ['Accept', accept],
  ] as const,
})

async function established(event = 'message-summary', expires = '600') {
  subscribe(event, expires)
  const subscription = await subscriptions.next()
  subscription.accept(subscription.expiresSeconds)
  subscription.notify(STATE)
  const response = await peer.nextResponse(200, 'SUBSCRIBE')
  await notified(`active;expires=${expires}`)
  return { subscription, response, to: `<sip:stack@127.0.0.1>;tag=${response.toTag}` }
}

async function notified(state: string, statusCode = 200) {
  const notify = await peer.nextRequest('NOTIFY')
  expect(notify.header('subscription-state')).toBe(state)
  peer.respond(notify, statusCode)
  await peer.drain(server.udp)
  return notify
}

describe('a subscriber behind a NAT', () => {
  it('is told where its refresh came from, when the NAT has given it another port', async () => {
    const moved = await harness.peer()
    const contact = '<sip:peer@10.9.9.9>'
    subscribe('message-summary', '600', { contact })
    const subscription = await subscriptions.next()
    subscription.accept(600)
    subscription.notify(STATE)
    const to = `<sip:stack@127.0.0.1>;tag=${(await peer.nextResponse(200, 'SUBSCRIBE')).toTag}`
    await notified('active;expires=600')
    const headers = [
      ['Event', 'message-summary'],
      ['Expires', '600'],
    ] as const
    moved.request({ method: 'SUBSCRIBE', callId: 'mwi', to, sequence: 2, headers, contact }, server.udp)
    await moved.nextResponse(200, 'SUBSCRIBE')
    moved.respond(await moved.nextRequest('NOTIFY'), 200)
    expect(await peer.drain(server.udp)).toEqual([])
    subscription.end('deactivated')
    moved.respond(await moved.nextRequest('NOTIFY'), 200)
    await moved.drain(server.udp)
  })
})

describe('Accept of a SUBSCRIBE (RFC 6665 4.2.1.1, RFC 3261 20.1, 21.4.7)', () => {
  it.each(['application/dialog-info+xml', 'text/*, text/plain', ''])('that leaves out what we have gets 406: "%s"', async (accept) => {
    subscribe('', undefined, accepting(accept))
    await peer.nextResponse(406, 'SUBSCRIBE')
    expect(subscriptions.takeAll()).toEqual([])
  })

  it.each(['text/plain, Application/Simple-Message-Summary;q=0.5', 'application/*', '*/*'])('that has it among others is served: %s', async (accept) => {
    subscribe('', undefined, accepting(accept))
    ;(await subscriptions.next()).reject(403)
    await peer.nextResponse(403)
  })

  it('of a refresh counts as well; the subscription goes on', async () => {
    const { subscription, to } = await established()
    subscribe('', undefined, { to, sequence: 2, ...accepting('text/plain') })
    await peer.nextResponse(406, 'SUBSCRIBE')
    expect(subscription.ended).toBe(false)
    subscription.end('noresource')
    await notified('terminated;reason=noresource')
  })

  it('who does not say where it is gets 400 (8.1.1.8)', async () => {
    subscribe('message-summary', '600', { contact: '' })
    await peer.nextResponse(400, 'SUBSCRIBE')
  })
})

describe('a subscription to an event of ours (RFC 6665 4.2)', () => {
  it('is answered, told the state at once, and every change of it', async () => {
    const { subscription, response } = await established('message-summary;id=7')
    expect([response.header('expires'), response.contacts.length, subscription.eventPackage, subscription.eventId]).toEqual(['600', 1, 'message-summary', '7'])
    harness.time.advance(100_000)
    subscription.notify({ ...STATE, body: 'Messages-Waiting: no\r\n' })
    const notify = await notified('active;expires=500')
    expect([notify.header('event'), notify.bodyText, notify.contentType, notify.contacts.length]).toEqual([
      'message-summary;id=7',
      'Messages-Waiting: no\r\n',
      STATE.contentType,
      1,
    ])
    expect([notify.fromTag, notify.toTag, notify.callId]).toEqual([response.toTag, 'peer', 'mwi'])
    subscription.end('noresource')
    await notified('terminated;reason=noresource')
    expect([subscription.ended, ends.takeAll()]).toEqual([true, ['ended']])
  })

  it('gets a NOTIFY even when its handler has nothing to say (4.2.1.2)', async () => {
    subscribe('message-summary', undefined)
    const subscription = await subscriptions.next()
    expect(subscription.expiresSeconds).toBe(3600)
    subscription.accept(60)
    expect((await peer.nextResponse(200)).header('expires')).toBe('60')
    expect((await notified('active;expires=60')).body.length).toBe(0)
    subscription.end('noresource')
    await notified('terminated;reason=noresource')
  })

  it('is a mere question with Expires: 0 (4.4.3)', async () => {
    subscribe('message-summary', '0')
    const subscription = await subscriptions.next()
    subscription.accept(subscription.expiresSeconds)
    subscription.notify(STATE)
    expect((await peer.nextResponse(200)).header('expires')).toBe('0')
    expect((await notified('terminated;reason=timeout')).bodyText).toBe(STATE.body)
    expect(ends.takeAll()).toEqual(['unsubscribed'])
  })

  it('is refreshed with the state told again, and unsubscribed', async () => {
    const { to, subscription } = await established()
    harness.time.advance(500_000)
    subscribe('message-summary', '600', { to, sequence: 2 })
    expect((await peer.nextResponse(200)).header('expires')).toBe('600')
    expect((await notified('active;expires=600')).bodyText).toBe(STATE.body)
    harness.time.advance(500_000)
    expect(subscription.ended).toBe(false)
    subscribe('message-summary', '0', { to, sequence: 3 })
    await peer.nextResponse(200)
    await notified('terminated;reason=timeout')
    subscribe('message-summary', '600', { to, sequence: 4 })
    await peer.nextResponse(481)
    expect(ends.takeAll()).toEqual(['unsubscribed'])
  })

  it('leaves it to its user how long, first and later: 423 with Min-Expires (4.2.1.1)', async () => {
    subscribe('message-summary', '5', { callId: 'short' })
    ;(await subscriptions.next()).reject(423, { headers: [['Min-Expires', '60']] })
    expect((await peer.nextResponse(423)).header('min-expires')).toBe('60')
    const { to, subscription } = await established()
    const refreshes = new Arrivals<SubscriptionOffer>()
    subscription.onRefresh((refresh) => refreshes.push(refresh))
    subscribe('message-summary', '5', { to, sequence: 2 })
    ;(await refreshes.next()).reject(423)
    await peer.nextResponse(423)
    subscribe('message-summary', '900', { to, sequence: 3 })
    const refresh = await refreshes.next()
    refresh.accept(120)
    refresh.accept(900)
    expect((await peer.nextResponse(200)).header('expires')).toBe('120')
    await notified('active;expires=120')
    subscription.end('noresource')
    await notified('terminated;reason=noresource')
  })

  it('ends when nobody refreshes it', async () => {
    await established()
    harness.time.advance(600_000)
    await notified('terminated;reason=timeout')
    expect(ends.takeAll()).toEqual(['expired'])
  })

  it.each([481, 401, 500])('ends when a NOTIFY gets %i (4.2.2), and credentials are not offered to anybody', async (statusCode) => {
    const { subscription } = await established()
    subscription.notify(STATE)
    await notified('active;expires=600', statusCode)
    expect([subscription.ended, ends.takeAll()]).toEqual([true, ['gone']])
    subscription.notify(STATE)
    expect(await peer.drain(server.udp)).toEqual([])
  })

  it('goes on when a NOTIFY is refused for now, with Retry-After (4.2.2): the next state is told', async () => {
    const { subscription } = await established()
    subscription.notify({ ...STATE, body: 'Messages-Waiting: no\r\n' })
    peer.respond(await peer.nextRequest('NOTIFY'), 503, { headers: [['Retry-After', '5']] })
    await peer.drain(server.udp)
    expect([subscription.ended, ends.takeAll()]).toEqual([false, []])
    subscription.notify(STATE)
    await notified('active;expires=600')
    subscription.end('noresource')
    await notified('terminated;reason=noresource')
  })

  it('follows the subscriber that moves with its refresh (RFC 6665 4.4.1, RFC 3261 12.2.2)', async () => {
    const { subscription, to } = await established()
    const moved = await harness.peer()
    const headers = [
      ['Event', 'message-summary'],
      ['Expires', '600'],
    ] as const
    peer.request({ method: 'SUBSCRIBE', callId: 'mwi', to, sequence: 2, headers, contact: `<sip:moved@127.0.0.1:${moved.port}>` }, server.udp)
    await peer.nextResponse(200, 'SUBSCRIBE')
    const notify = await moved.nextRequest('NOTIFY')
    expect(notify.uriText).toBe(`sip:moved@127.0.0.1:${moved.port}`)
    moved.respond(notify, 481)
    await moved.drain(server.udp)
    expect(subscription.ended).toBe(true)
  })

  it('ends when a NOTIFY is not answered', async () => {
    const { subscription } = await established()
    subscription.notify(STATE)
    await peer.nextRequest('NOTIFY')
    harness.time.advance(32_000)
    expect(ends.takeAll()).toEqual(['gone'])
    await peer.drain(server.udp)
  })

  it('has one NOTIFY under way; of the states that wait the newest is told', async () => {
    const { subscription } = await established()
    for (const body of ['1', '2', '3']) subscription.notify({ contentType: 'text/plain', body })
    const first = await peer.nextRequest('NOTIFY')
    expect([first.bodyText, await peer.drain(server.udp)]).toEqual(['1', []])
    peer.respond(first, 200)
    expect((await notified('active;expires=600')).bodyText).toBe('3')
    subscription.end('deactivated')
    await notified('terminated;reason=deactivated')
  })

  it('stands in its dialog only for its own event, tag and order (4.4.1, RFC 3261 12.2.2)', async () => {
    const { to, subscription } = await established()
    subscribe('dialog', '600', { to, sequence: 5 })
    await peer.nextResponse(489)
    subscribe('message-summary;id=2', '600', { to, sequence: 6 })
    await peer.nextResponse(489)
    subscribe('message-summary', '600', { to, sequence: 4 })
    await peer.nextResponse(500)
    subscribe('message-summary', '600', { to, sequence: 7, from: '<sip:x@test>;tag=other' })
    await peer.nextResponse(481)
    peer.request({ method: 'INFO', callId: 'mwi', to, sequence: 8 }, server.udp)
    await peer.nextResponse(405)
    subscription.end('noresource')
    await notified('terminated;reason=noresource')
  })
})

describe('SUBSCRIBE', () => {
  it.each(['presence', '', 'a b'])('to %j is refused: 489 with Allow-Events (8.2.1)', async (event) => {
    subscribe(event, '600')
    expect((await peer.nextResponse(489)).header('allow-events')).toBe('message-summary')
  })

  it('is refused with 503 when there are too many', async () => {
    await harness.close()
    await open({ maxSubscriptions: 1 })
    const { subscription } = await established()
    subscribe('message-summary', '600', { callId: 'another' })
    expect((await peer.nextResponse(503)).header('retry-after')).toBeDefined()
    subscription.end('noresource')
    await notified('terminated;reason=noresource')
    subscribe('message-summary', '600', { callId: 'third' })
    ;(await subscriptions.next()).reject(403)
    await peer.nextResponse(403)
  })

  it('that nobody answers is forgotten (RFC 4320 4.2), one whose handler throws gets 500', async () => {
    subscribe('message-summary', '600')
    const subscription = await subscriptions.next()
    harness.time.advance(32_000)
    subscription.accept(600)
    expect([await peer.drain(server.udp), server.stack.statistics.dialogs]).toEqual([[], 0])
    server.stack.onSubscribe('dialog', () => {
      throw new Error('bug')
    })
    subscribe('dialog', '600', { callId: 'other' })
    await peer.nextResponse(500)
    expect(server.errors).toHaveLength(1)
  })
})
