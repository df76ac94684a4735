import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Header } from '../src/index.ts'
import { CalledParty } from './called-party.ts'
import { CallingParty } from './calling-party.ts'

describe('REFER of the peer (RFC 3515, RFC 5589)', () => {
  let party: CalledParty

  beforeEach(async () => {
    party = await CalledParty.open()
  })
  afterEach(() => party.close())

  const refer = (to: string, sequence: number, ...headers: Header[]): string => party.request({ method: 'REFER', to, sequence, headers })

  async function notified(status: string, state: RegExp) {
    const notify = await party.peer.nextRequest('NOTIFY')
    expect([notify.contentType, notify.bodyText]).toEqual(['message/sipfrag;version=2.0', `SIP/2.0 ${status}\r\n`])
    expect(notify.header('subscription-state')).toMatch(state)
    expect(notify.contacts).toHaveLength(1)
    party.peer.respond(notify, 200)
    return notify.header('event')
  }

  it('is accepted with 202, 100 Trying at once and the outcome at last (RFC 3515 2.4.2, 2.4.4, 2.4.5)', async () => {
    const { to, watch } = await party.connect()
    refer(to, 2, ['Refer-To', '"Carol" <sip:carol@test;method=INVITE>'], ['Referred-By', '<sip:peer@test>'])
    const asked = await watch.next('refer')
    expect([asked.referTo.uriText, asked.referTo.displayName, asked.replaces, asked.referredBy]).toEqual([
      'sip:carol@test',
      'Carol',
      undefined,
      '<sip:peer@test>',
    ])
    const subscription = asked.accept()
    expect((await party.peer.nextResponse(202, 'REFER')).contacts).toHaveLength(1)
    expect(await notified('100 Trying', /^active;expires=\d+$/)).toBe('refer')
    await party.drained()
    subscription.notify(180, 'Ringing')
    await notified('180 Ringing', /^active/)
    await party.drained()
    subscription.notify(200, 'OK')
    await notified('200 OK', /^terminated;reason=noresource$/)
    expect(subscription.ended).toBe(true)
    subscription.notify(200, 'OK')
    expect(await party.drained()).toEqual([])
    await party.hangUp(to)
  })

  it('tells one thing at a time and keeps the newest: the outcome is never lost', async () => {
    const { to, watch } = await party.connect()
    refer(to, 2, ['Refer-To', '<sip:carol@test>'])
    const subscription = (await watch.next('refer')).accept()
    await party.peer.nextResponse(202)
    const first = await party.peer.nextRequest('NOTIFY')
    subscription.notify(180, 'Ringing')
    subscription.notify(486, 'Busy\r\nHere')
    expect(await party.drained()).toEqual([])
    party.peer.respond(first, 200)
    await notified('486 Busy  Here', /^terminated/)
    await party.hangUp(to)
  })

  it('names the call to be replaced (RFC 5589 7.3, RFC 3891 6.1)', async () => {
    const { to, watch } = await party.connect()
    refer(to, 2, ['Refer-To', '<sip:carol@test?Replaces=c1%40host%3Bto-tag%3Dt1%3Bfrom-tag%3Df1%3Bearly-only&Subject=x>'])
    const asked = await watch.next('refer')
    expect(asked.replaces).toEqual({ callId: 'c1@host', localTag: 't1', remoteTag: 'f1', earlyOnly: true })
    expect(asked.referTo.uriText).toBe('sip:carol@test')
    asked.reject(603)
    await party.peer.nextResponse(603, 'REFER')
    await party.hangUp(to)
  })

  it.each<[string, readonly Header[], number]>([
    ['no Refer-To', [], 400],
    [
      'two of them',
      [
        ['Refer-To', '<sip:a@test>'],
        ['Refer-To', '<sip:b@test>'],
      ],
      400,
    ],
    ['one nobody can read', [['Refer-To', '<sip:']], 400],
    ['a malformed Replaces', [['Refer-To', '<sip:a@test?Replaces=c1>']], 400],
    ['two Replaces', [['Refer-To', '<sip:a@test?Replaces=c%3Bto-tag%3D1%3Bfrom-tag%3D2&replaces=d%3Bto-tag%3D1%3Bfrom-tag%3D2>']], 400],
    ['another method', [['Refer-To', '<sip:a@test;method=BYE>']], 603],
    ['a web page', [['Refer-To', '<http://test/>']], 416],
  ])('is refused with %s (RFC 3515 2.4.2)', async (_, headers, statusCode) => {
    const { to, watch } = await party.connect()
    refer(to, 2, ...headers)
    await party.peer.nextResponse(statusCode, 'REFER')
    expect(watch.rest).toEqual([])
    await party.hangUp(to)
  })

  it('may come while another runs, and is told apart by its CSeq (RFC 3515 2.4.6)', async () => {
    const { to, watch } = await party.connect()
    refer(to, 2, ['Refer-To', '<sip:carol@test>'])
    const first = (await watch.next('refer')).accept()
    await party.peer.nextResponse(202)
    expect(await notified('100 Trying', /^active/)).toBe('refer')
    refer(to, 7, ['Refer-To', '<sip:dave@test>'])
    const second = (await watch.next('refer')).accept()
    await party.peer.nextResponse(202)
    expect(await notified('100 Trying', /^active/)).toBe('refer;id=7')
    await party.drained()
    second.notify(404, '')
    expect(await notified('404 Not Found', /^terminated/)).toBe('refer;id=7')
    expect(first.ended).toBe(false)
    await party.hangUp(to)
    expect(first.ended).toBe(true)
  })

  it('that nobody answers is declined in time; a late answer is none', async () => {
    const { to, watch } = await party.connect()
    refer(to, 2, ['Refer-To', '<sip:carol@test>'])
    const asked = await watch.next('refer')
    party.harness.time.advance(16_000)
    await party.peer.nextResponse(603, 'REFER')
    expect([asked.accept().ended, await party.drained()]).toEqual([true, []])
    await party.hangUp(to)
  })

  it('opens no subscription when the peer wants none (RFC 4488 4)', async () => {
    const { to, watch } = await party.connect()
    refer(to, 2, ['Refer-To', '<sip:carol@test>'], ['Refer-Sub', 'false'])
    const subscription = (await watch.next('refer')).accept()
    expect((await party.peer.nextResponse(202)).header('refer-sub')).toBe('false')
    subscription.notify(200, 'OK')
    expect([subscription.ended, await party.drained()]).toEqual([true, []])
    await party.hangUp(to)
  })

  it('is forgotten when the peer does not know the subscription, and the call goes on (RFC 5057 5.1)', async () => {
    const { to, watch } = await party.connect()
    refer(to, 2, ['Refer-To', '<sip:carol@test>'])
    const subscription = (await watch.next('refer')).accept()
    await party.peer.nextResponse(202)
    party.peer.respond(await party.peer.nextRequest('NOTIFY'), 481)
    await party.drained()
    subscription.notify(180, 'Ringing')
    expect([subscription.ended, await party.drained(), watch.rest]).toEqual([true, [], []])
    await party.hangUp(to)
  })

  it.each([
    [300, undefined],
    [300, '86400'],
    [60, '60'],
  ])('ends by itself after %i seconds, when SUBSCRIBE asks for %s (RFC 3515 2.4.4, RFC 6665 4.2.1.1)', async (seconds, expires) => {
    const { to, watch } = await party.connect()
    refer(to, 2, ['Refer-To', '<sip:carol@test>'])
    const subscription = (await watch.next('refer')).accept()
    await party.peer.nextResponse(202)
    await notified('100 Trying', /^active;expires=300$/)
    const headers = [['Event', 'refer'] as const, ...(expires === undefined ? [] : [['Expires', expires] as const])]
    party.request({ method: 'SUBSCRIBE', to, sequence: 3, headers })
    expect((await party.peer.nextResponse(200, 'SUBSCRIBE')).header('expires')).toBe(String(seconds))
    await notified('100 Trying', /^active/)
    await party.drained()
    party.harness.time.advance(seconds * 1000 - 1)
    expect([await party.drained(), subscription.ended]).toEqual([[], false])
    party.harness.time.advance(1)
    await notified('100 Trying', /^terminated;reason=timeout$/)
    expect(subscription.ended).toBe(true)
    await party.hangUp(to)
  })

  it('is refreshed and ended by SUBSCRIBE (RFC 6665 4.2.1)', async () => {
    const { to, watch } = await party.connect()
    refer(to, 2, ['Refer-To', '<sip:carol@test>'])
    const subscription = (await watch.next('refer')).accept()
    await party.peer.nextResponse(202)
    await notified('100 Trying', /^active/)
    party.request({
      method: 'SUBSCRIBE',
      to,
      sequence: 3,
      headers: [
        ['Event', 'refer'],
        ['Expires', '60'],
      ],
    })
    // Not longer than was asked for (4.2.1.1).
    expect((await party.peer.nextResponse(200, 'SUBSCRIBE')).header('expires')).toBe('60')
    await notified('100 Trying', /^active;expires=60$/)
    await party.drained()
    party.request({
      method: 'SUBSCRIBE',
      to,
      sequence: 4,
      headers: [
        ['Event', 'refer;id=9'],
        ['Expires', '60'],
      ],
    })
    await party.peer.nextResponse(481, 'SUBSCRIBE')
    party.request({
      method: 'SUBSCRIBE',
      to,
      sequence: 5,
      headers: [
        ['Event', 'refer'],
        ['Expires', '0'],
      ],
    })
    await party.peer.nextResponse(200, 'SUBSCRIBE')
    await notified('100 Trying', /^terminated;reason=timeout/)
    expect(subscription.ended).toBe(true)
    await party.hangUp(to)
  })
})

describe('our REFER (RFC 3515 2.4.1)', () => {
  let party: CallingParty

  beforeEach(async () => {
    party = await CallingParty.open()
  })
  afterEach(() => party.close())

  it('is followed to its end', async () => {
    const { out, watch, invite } = await party.connect()
    out.leg.refer('<sip:carol@test>', [['Referred-By', '<sip:alice@test>']])
    const refer = await party.peer.nextRequest('REFER')
    expect([refer.header('refer-to'), refer.header('referred-by'), refer.contacts.length]).toEqual(['<sip:carol@test>', '<sip:alice@test>', 1])
    party.peer.respond(refer, 202)
    await watch.next('referAccepted')
    const dialog = { callId: out.leg.callId, from: '<sip:bob@test>;tag=peer', to: `<sip:alice@test>;tag=${invite.fromTag}` }
    const notify = (sequence: number, event: string, state: string, body: string): string =>
      party.peer.request(
        {
          method: 'NOTIFY',
          ...dialog,
          sequence,
          headers: [
            ['Event', event],
            ['Subscription-State', state],
          ],
          contentType: 'message/sipfrag',
          body,
        },
        party.caller.udp,
      )
    notify(1, 'refer', 'active;expires=60', 'SIP/2.0 180 Ringing\r\n')
    await party.peer.nextResponse(200, 'NOTIFY')
    expect(await watch.next('referProgress')).toEqual({ type: 'referProgress', statusCode: 180, reasonPhrase: 'Ringing', ended: false })
    notify(2, 'refer;id=99', 'active;expires=60', 'SIP/2.0 200 OK\r\n')
    await party.peer.nextResponse(489, 'NOTIFY')
    notify(3, `refer;id=${refer.cseq.sequence}`, 'terminated;reason=noresource', 'SIP/2.0 603 Decline')
    await party.peer.nextResponse(200, 'NOTIFY')
    expect(await watch.next('referProgress')).toEqual({ type: 'referProgress', statusCode: 603, reasonPhrase: 'Decline', ended: true })
    notify(4, 'refer', 'active', 'SIP/2.0 180 Ringing')
    await party.peer.nextResponse(489, 'NOTIFY')
    out.leg.bye()
    await party.acceptBye()
  })

  it.each([
    ['false', true],
    ['true', false],
  ])('with Refer-Sub: %s in its answer is told of no more: %s (RFC 4488 4)', async (value, isOver) => {
    const { out, watch } = await party.connect()
    out.leg.refer('<sip:carol@test>', [['Refer-Sub', 'false']])
    party.peer.respond(await party.peer.nextRequest('REFER'), 202, { headers: [['Refer-Sub', value]] })
    await watch.next('referAccepted')
    if (isOver) expect(await watch.next('referProgress')).toMatchObject({ statusCode: 0, ended: true })
    expect(watch.rest).toEqual([])
    // Another one may follow only where nothing more is to come of the first.
    out.leg.refer('<sip:dave@test>')
    if (isOver) party.peer.respond(await party.peer.nextRequest('REFER'), 603)
    expect((await watch.next('referRejected')).statusCode).toBe(isOver ? 603 : 491)
    out.leg.bye()
    await party.acceptBye()
  })

  it('that gets 481 finds that the call is gone (RFC 3261 12.2.1.2)', async () => {
    const { out, watch } = await party.connect()
    out.leg.refer('<sip:carol@test>')
    party.peer.respond(await party.peer.nextRequest('REFER'), 481)
    expect((await watch.next('referRejected')).statusCode).toBe(481)
    expect((await watch.next('gone')).statusCode).toBe(481)
    expect([out.leg.state, await party.drained()]).toEqual(['terminated', []])
  })

  it('is refused by the peer, one at a time, and not before the answer', async () => {
    const early = await party.call()
    early.out.leg.refer('<sip:carol@test>')
    expect((await early.watch.next('referRejected')).statusCode).toBe(491)
    party.peer.respond(early.invite, 486)
    await party.peer.nextRequest('ACK')
    const { out, watch } = await party.connect()
    out.leg.refer('<sip:carol@test>')
    out.leg.refer('<sip:dave@test>')
    expect((await watch.next('referRejected')).statusCode).toBe(491)
    party.peer.respond(await party.peer.nextRequest('REFER'), 603)
    expect((await watch.next('referRejected')).statusCode).toBe(603)
    out.leg.bye()
    await party.acceptBye()
  })
})
