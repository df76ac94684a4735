import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Subscriber } from './subscriber.ts'
import { SwitchRig } from './switch-rig.ts'
import { expectNothingLeft } from './talk.ts'

let rig: SwitchRig
let alice: Subscriber

beforeEach(async () => {
  rig = await SwitchRig.start()
  alice = await Subscriber.open('alice-desk', rig.sipPort)
})

afterEach(async () => {
  try {
    await expectNothingLeft(rig)
  } finally {
    alice.close()
    await rig.stop()
  }
})

describe('SUBSCRIBE', () => {
  it('message-summary: 200 with time and Contact, and a NOTIFY that there are no messages (RFC 3842, RFC 6665 4.2.1)', async () => {
    const answer = await alice.subscribe('message-summary', 600)
    expect([answer.statusCode, answer.header('expires')]).toEqual([200, '600'])
    expect(answer.header('contact')).toContain(`:${rig.sipPort}`)
    const notify = await alice.notify()
    expect([notify.method, notify.header('event'), notify.header('subscription-state')]).toEqual(['NOTIFY', 'message-summary', 'active;expires=600'])
    expect([notify.callId, notify.toTag]).toEqual(['subscription', 'subscriber'])
    expect(notify.header('content-type')).toBe('application/simple-message-summary')
    expect(notify.bodyText).toMatch(/^Messages-Waiting: no\r\n/)
  })

  // The SIP stack does not tell the tag of its 200 (`IncomingRequest.localTag`): until it does, the NOTIFY gets one of its own.
  it('the NOTIFY carries the tag of the 200, as the dialog asks (RFC 6665 4.4.1, RFC 3261 12.2.1.1)', async () => {
    const answer = await alice.subscribe('message-summary', 600)
    const notify = await alice.notify()
    expect(notify.fromTag).toBe(answer.toTag)
    expect(notify.header('from')?.match(/;tag=/g)).toHaveLength(1)
  })

  it('Expires 0 ends the subscription, and the NOTIFY says so (RFC 6665 4.1.2.3)', async () => {
    expect((await alice.subscribe('message-summary;id=7', 0)).statusCode).toBe(200)
    const notify = await alice.notify()
    expect([notify.header('event'), notify.header('subscription-state')]).toEqual(['message-summary;id=7', 'terminated;reason=timeout'])
  })

  it.each(['presence', 'dialog', 'line-seize'])('%s: 489 with the events that are known, and no NOTIFY (RFC 6665 4.2.1.1)', async (event) => {
    const answer = await alice.subscribe(event, 600)
    expect([answer.statusCode, answer.header('allow-events')]).toEqual([489, 'message-summary'])
    // Had there been a NOTIFY for the first one, it would be the one that is seen here.
    await alice.subscribe('message-summary', 60)
    expect((await alice.notify()).header('subscription-state')).toBe('active;expires=60')
    expect(alice.notifies).toEqual([])
  })

  it('without the password of the line: 401 and no NOTIFY', async () => {
    expect((await alice.subscribe('message-summary', 600, 'wrong')).statusCode).toBe(401)
    expect(alice.notifies).toEqual([])
  })
})
