import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SwitchRig } from './switch-rig.ts'
import { expectNothingLeft } from './talk.ts'

let rig: SwitchRig

beforeEach(async () => {
  rig = await SwitchRig.start()
})

afterEach(async () => {
  try {
    await expectNothingLeft(rig)
  } finally {
    await rig.stop()
  }
})

/** Alice calls Carol; `withEvents`: who speaks RFC 4733. */
async function call(withEvents: 'caller' | 'callee' | 'both') {
  const [callerEar, calleeEar] = [await rig.ear(), await rig.ear()]
  const [alice, carol] = [await rig.phone('alice-desk'), await rig.phone('carol-desk')]
  const caller = alice.call('2003', withEvents === 'callee' ? callerEar.description() : callerEar.descriptionWithEvents())
  const callee = await carol.nextCall()
  callee.invite.answer({ body: withEvents === 'caller' ? calleeEar.description() : calleeEar.descriptionWithEvents() })
  const { body } = await caller.saw('answered')
  await callee.saw('acknowledged')
  return { caller, callee, callerEar, calleeEar, toCaller: body, toCallee: callee.invite.request.bodyText }
}

describe('keys between a phone that sends them in RTP and one that takes INFO (RFC 4733, RFC 6086)', () => {
  it('in RTP of the caller come to the callee as INFO', async () => {
    const { caller, callee, callerEar, toCaller } = await call('caller')
    expect(toCaller).toContain('a=rtpmap:101 telephone-event/8000')
    callerEar.press('5', toCaller)
    expect(await callee.saw('info')).toMatchObject({ contentType: 'application/dtmf-relay', body: 'Signal=5\r\nDuration=160\r\n' })
    caller.leg.bye()
    await callee.saw('bye')
    await rig.closed(1)
  })

  it('by INFO of the caller come to the callee as one telephone event, and not as INFO too', async () => {
    const { caller, callee, calleeEar, toCaller, toCallee } = await call('callee')
    expect([toCallee.includes('telephone-event'), toCaller.includes('telephone-event')]).toEqual([true, false])
    caller.leg.info('application/dtmf-relay', 'Signal=#\r\nDuration=100\r\n')
    await vi.waitFor(() => expect(calleeEar.keys).toBe('#'), { timeout: 3_000, interval: 10 })
    // INFO of something else shows that nothing else came before it.
    caller.leg.info('text/plain', 'hello')
    expect(await callee.saw('info')).toMatchObject({ contentType: 'text/plain' })
    caller.leg.bye()
    await callee.saw('bye')
    expect(calleeEar.keys).toBe('#')
    await rig.closed(1)
  })

  it('between two that speak RFC 4733 stay in RTP', async () => {
    const { caller, callee, callerEar, calleeEar, toCaller } = await call('both')
    callerEar.press('9', toCaller)
    await vi.waitFor(() => expect(calleeEar.keys).toBe('9'), { timeout: 3_000, interval: 10 })
    caller.leg.info('text/plain', 'hello')
    expect(await callee.saw('info')).toMatchObject({ contentType: 'text/plain' })
    caller.leg.bye()
    await callee.saw('bye')
    await rig.closed(1)
  })
})
