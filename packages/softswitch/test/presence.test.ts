import type { SipRequest } from '@dialtone/sip'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Subscriber } from './subscriber.ts'
import { SwitchRig } from './switch-rig.ts'
import { expectNothingLeft, talk } from './talk.ts'

let rig: SwitchRig
let alice: Subscriber

beforeEach(async () => {
  rig = await SwitchRig.start()
  alice = await Subscriber.open('alice-desk', rig.sipPort)
})

afterEach(async () => {
  try {
    await expectNothingLeft(rig)
    expect(rig.switch.statistics.subscriptions).toBe(0)
  } finally {
    alice.close()
    await rig.stop()
  }
})

const MESSAGES = { event: 'message-summary', expiresSeconds: 600 }

describe('message-summary (RFC 3842)', () => {
  it('200 with time and Contact, then a NOTIFY in the same dialog (RFC 6665 4.2.1, 4.4.1)', async () => {
    const answer = await alice.subscribe(MESSAGES)
    expect([answer.statusCode, answer.header('expires')]).toEqual([200, '600'])
    expect(answer.header('contact')).toContain(`:${rig.sipPort}`)
    const notify = await alice.notify()
    expect([notify.method, notify.header('event'), notify.header('subscription-state')]).toEqual(['NOTIFY', 'message-summary', 'active;expires=600'])
    expect([notify.callId, notify.toTag, notify.fromTag]).toEqual(['subscription', 'subscriber', answer.toTag])
    expect(notify.header('content-type')).toBe('application/simple-message-summary')
    expect(notify.bodyText).toBe('Messages-Waiting: no\r\nMessage-Account: sip:alice-desk@dialtone.test\r\nVoice-Message: 0/0 (0/0)\r\n')
  })

  it('a message that comes is told at once, to subscribers of that line only, and once (3842 3.7)', async () => {
    const carol = await Subscriber.open('carol-desk', rig.sipPort)
    await Promise.all([alice.subscribe(MESSAGES), carol.subscribe({ ...MESSAGES, callId: 'of-carol' })])
    await Promise.all([alice.notify(), carol.notify()])
    rig.switch.setMessageWaiting('alice-desk', { newMessages: 2, oldMessages: 1, newUrgent: 1 })
    rig.switch.setMessageWaiting('alice-desk', { newMessages: 2, oldMessages: 1, newUrgent: 1 })
    expect((await alice.notify()).bodyText).toContain('Messages-Waiting: yes\r\n')
    rig.switch.setMessageWaiting('alice-desk', { newMessages: 0, oldMessages: 3 })
    expect((await alice.notify()).bodyText).toContain('Voice-Message: 0/3 (0/0)\r\n')
    expect([alice.notifies, carol.notifies]).toEqual([[], []])
    carol.close()
  })

  it('who did not subscribe is told nothing', async () => {
    const phone = await rig.phone('alice-desk')
    rig.switch.setMessageWaiting('alice-desk', { newMessages: 1, oldMessages: 0 })
    await phone.register()
    expect(phone.requests).toEqual([])
    rig.switch.setMessageWaiting('alice-desk', { newMessages: 0, oldMessages: 0 })
  })

  it('a refresh goes on in the dialog and is told everything again (RFC 6665 4.2.1.2)', async () => {
    const first = await alice.subscribe(MESSAGES)
    await alice.notify()
    const refreshed = await alice.subscribe({ ...MESSAGES, expiresSeconds: 900, within: first })
    expect([refreshed.statusCode, refreshed.header('expires'), refreshed.toTag]).toEqual([200, '900', first.toTag])
    expect((await alice.notify()).header('subscription-state')).toBe('active;expires=900')
    expect(rig.switch.statistics.subscriptions).toBe(1)
  })

  it.each([
    ['address is shut out (S3-85)', () => Object.assign(rig.directory, { admits: () => false })],
    ['line is switched off (S0-103)', () => setLine({ adminState: 'INACTIVE' })],
    ['login is that of another line', () => setLine({ lineId: 'other' })],
  ])('a phone that is not registered, and whose %s, has no refresh any more, and its subscription ends', async (_what, change) => {
    const first = await alice.subscribe(MESSAGES)
    await alice.notify()
    change()
    expect((await alice.subscribe({ ...MESSAGES, within: first })).statusCode).toBe(403)
    expect((await alice.notify()).header('subscription-state')).toBe('terminated;reason=rejected')
    expect(rig.switch.statistics.subscriptions).toBe(0)
  })

  it('from where the account lets nobody in, the right password hears so (S3-85)', async () => {
    Object.assign(rig.directory, { admits: () => false })
    const answer = await alice.subscribe(MESSAGES)
    expect([answer.statusCode, answer.reasonPhrase]).toEqual([403, 'Address Not Allowed'])
  })

  it('Expires 0 ends it, and the NOTIFY says so (4.1.2.3)', async () => {
    const first = await alice.subscribe({ ...MESSAGES, event: 'message-summary;id=7' })
    await alice.notify()
    await alice.subscribe({ event: 'message-summary;id=7', expiresSeconds: 0, within: first })
    const notify = await alice.notify()
    expect([notify.header('event'), notify.header('subscription-state')]).toEqual(['message-summary;id=7', 'terminated;reason=timeout'])
    expect(rig.switch.statistics.subscriptions).toBe(0)
  })

  it('a phone that answers NOTIFY with 481 has forgotten it, and so do we (4.2.2)', async () => {
    alice.status = '481 Subscription Does Not Exist'
    await alice.subscribe(MESSAGES)
    await alice.notify()
    await vi.waitFor(() => expect(rig.switch.statistics.subscriptions).toBe(0))
  })

  it('a phone that started again has one subscription, not two', async () => {
    await alice.subscribe(MESSAGES)
    await alice.notify()
    await alice.subscribe({ ...MESSAGES, callId: 'after-reboot' })
    expect(rig.switch.statistics.subscriptions).toBe(1)
    const states = [await alice.notify(), await alice.notify()].map((notify) => [notify.callId, notify.header('subscription-state')])
    expect(states).toEqual(
      expect.arrayContaining([
        ['subscription', 'terminated;reason=deactivated'],
        ['after-reboot', 'active;expires=600'],
      ]),
    )
  })

  it.each([
    ['of another extension', { ...MESSAGES, target: '2003' }, 404],
    ['of nobody', { ...MESSAGES, target: '2999' }, 404],
    ['of its own extension', { ...MESSAGES, target: '2001' }, 200],
    ['without the password of the line', { ...MESSAGES, password: 'wrong' }, 401],
    ['for too short a time', { ...MESSAGES, expiresSeconds: 10 }, 423],
    ['to a package nobody has', { ...MESSAGES, event: 'presence' }, 489],
  ])('%s: %o is answered %i', async (_what, subscribe, statusCode) => {
    const answer = await alice.subscribe(subscribe)
    expect(answer.statusCode).toBe(statusCode)
    if (statusCode === 489) expect(answer.header('allow-events')?.split(', ').toSorted()).toEqual(['dialog', 'message-summary'])
    if (statusCode !== 200) expect(alice.notifies).toEqual([])
  })
})

function setLine(change: object): void {
  const line = rig.directory.lines.get('alice-desk')
  if (line !== undefined) rig.directory.lines.set('alice-desk', { ...line, ...change })
}

const dialogsIn = (notify: SipRequest): unknown => ({
  state: /state="(\w+)"/.exec(notify.bodyText)?.[1],
  version: Number(/version="(\d+)"/.exec(notify.bodyText)?.[1]),
  dialogs: [...notify.bodyText.matchAll(/direction="(\w+)"><state>(\w+)</g)].map(([, direction, state]) => `${direction} ${state}`),
})

/** From now on these two alone pick each other up. */
function pickupGroupOf(...userIds: readonly string[]): { readonly lift: () => void } {
  const before = rig.directory.snapshots.get('account-1')
  if (before === undefined) throw new Error('the rig has another account')
  const pickupGroups = [{ id: 'group', name: 'Group', userIds, lineIds: [] }]
  rig.directory.snapshots.set('account-1', { ...before, services: { ...before.services, pickupGroups } })
  return { lift: () => void rig.directory.snapshots.set('account-1', before) }
}

describe('dialog (RFC 4235)', () => {
  const CAROL = { event: 'dialog', expiresSeconds: 600, target: '2003' }

  it('shows the calls of an extension: whole first, then each change, numbered, with who it is', async () => {
    const [bob, carol] = [await rig.phone('bob-desk'), await rig.phone('carol-desk')]
    expect((await alice.subscribe(CAROL)).statusCode).toBe(200)
    const first = await alice.notify()
    expect([first.header('content-type'), first.header('event')]).toEqual(['application/dialog-info+xml', 'dialog'])
    expect(first.bodyText).toContain('entity="sip:2003@dialtone.test"')
    expect(dialogsIn(first)).toEqual({ state: 'full', version: 0, dialogs: [] })
    const call = await talk(rig, bob, '2003', carol)
    const seen: unknown[] = []
    for (let last = ''; !last.includes('confirmed');) {
      const notify = await alice.notify()
      last = notify.bodyText
      seen.push(dialogsIn(notify))
      expect(last).toContain('sip:2002@dialtone.test')
    }
    expect(seen).toMatchObject(seen.map((_, index) => ({ state: 'partial', version: index + 1 })))
    call.caller.leg.bye()
    await call.callee.saw('bye')
    expect(dialogsIn(await alice.notify())).toEqual({ state: 'partial', version: seen.length + 1, dialogs: ['recipient terminated'] })
    await rig.closed(1)
  })

  it('names the dialog of a phone that rings, and of no other: who may pick it up does by that name (RFC 3891 3, RFC 4235 4.1.1)', async () => {
    const [bob, carol, desk] = [await rig.phone('bob-desk'), await rig.phone('carol-desk'), await rig.phone('alice-desk')]
    await alice.subscribe(CAROL)
    const caller = bob.call('2003', (await rig.ear()).description())
    const ringing = await carol.nextCall()
    ringing.invite.progress(180)
    const documents: string[] = []
    while (!documents.some((text) => text.includes('>early<'))) documents.push((await alice.notify()).bodyText)
    const named = /call-id="([^"]+)" local-tag="([^"]+)" remote-tag="([^"]+)" direction="recipient"><state>early/.exec(documents.at(-1) ?? '')
    expect(named?.slice(1)).toEqual([ringing.leg.callId, ringing.leg.id, ringing.invite.request.fromTag])
    const replaces = `${String(named?.[1])};to-tag=${String(named?.[3])};from-tag=${String(named?.[2])};early-only`
    const refusedBy = pickupGroupOf('carol', 'bob')
    const refused = desk.call('2003', (await rig.ear()).description(), { headers: [['Replaces', replaces]] })
    expect((await refused.saw('rejected')).statusCode).toBe(403)
    refusedBy.lift()
    const taken = desk.call('2003', (await rig.ear()).description(), { headers: [['Replaces', replaces]] })
    await Promise.all([taken.saw('answered'), caller.saw('answered'), ringing.saw('cancelled')])
    expect((await alice.notify()).bodyText).not.toContain('call-id=')
    caller.leg.bye()
    await taken.saw('bye')
    await rig.closed(1)
  })

  it('a refresh is told the whole state as it is now (RFC 4235 3.9)', async () => {
    const [bob, carol] = [await rig.phone('bob-desk'), await rig.phone('carol-desk')]
    const call = await talk(rig, bob, '2003', carol)
    const answer = await alice.subscribe(CAROL)
    expect(dialogsIn(await alice.notify())).toEqual({ state: 'full', version: 0, dialogs: ['recipient confirmed'] })
    await alice.subscribe({ ...CAROL, within: answer })
    expect(dialogsIn(await alice.notify())).toEqual({ state: 'full', version: 1, dialogs: ['recipient confirmed'] })
    call.caller.leg.bye()
    await call.callee.saw('bye')
    expect(dialogsIn(await alice.notify())).toMatchObject({ state: 'partial', version: 2 })
    await rig.closed(1)
  })

  it('an extension of another account is not found, like one that nobody has', async () => {
    const [foreign, unknown] = [await alice.subscribe({ ...CAROL, target: 'zoe-desk' }), await alice.subscribe({ ...CAROL, target: 'nobody-xx' })]
    const told = [foreign, unknown].map((answer) => answer.allHeaders().filter(([name]) => !['Via', 'To', 'CSeq'].includes(name)))
    expect([foreign.statusCode, told[0]]).toEqual([404, told[1]])
  })
})
