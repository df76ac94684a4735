import { afterEach, describe, expect, it, vi } from 'vitest'
import type { NotifyOrder } from '../src/index.ts'
import { SwitchRig } from './switch-rig.ts'
import { expectNothingLeft, talk } from './talk.ts'

let rig: SwitchRig

afterEach(async () => {
  try {
    await expectNothingLeft(rig)
  } finally {
    await rig.stop()
  }
})

const order = (o: Partial<NotifyOrder> = {}): NotifyOrder => ({
  accountId: 'account-1',
  lineIds: ['alice-desk'],
  event: 'check-sync;reboot=true',
  timeoutMs: 4_000,
  ...o,
})

describe('a NOTIFY outside of subscriptions', () => {
  it.each(['udp', 'tcp'] as const)('S3-59 S3-60: reaches the phone over its own %s flow, and its answer comes back', async (transport) => {
    rig = await SwitchRig.start()
    const phone = await rig.phone('alice-desk', transport)
    phone.notifyStatus = 202
    const outcome = rig.switch.calls.notify(
      order({ body: 'Messages-Waiting: yes\r\nVoice-Message: 2/0 (0/0)', contentType: 'application/simple-message-summary' }),
    )
    const notify = await phone.nextRequest()
    expect([notify.request.method, notify.request.uriText, notify.request.header('event'), notify.source.transport]).toEqual([
      'NOTIFY',
      phone.contact,
      'check-sync;reboot=true',
      transport,
    ])
    expect([notify.request.header('subscription-state'), notify.request.header('content-type'), notify.request.body.toString()]).toEqual([
      'terminated',
      'application/simple-message-summary',
      'Messages-Waiting: yes\r\nVoice-Message: 2/0 (0/0)',
    ])
    expect(await outcome).toEqual({ kind: 'answered', statusCode: 202, lineId: 'alice-desk' })
  })

  it('S3-61: a phone that refuses is told of as it answered', async () => {
    rig = await SwitchRig.start()
    const phone = await rig.phone('alice-desk')
    phone.notifyStatus = 489
    expect(await rig.switch.calls.notify(order({ event: 'talk' }))).toMatchObject({ kind: 'answered', statusCode: 489 })
  })

  it('S3-61: a phone that says nothing is waited for as long as asked, and no longer', async () => {
    rig = await SwitchRig.start()
    const phone = await rig.phone('alice-desk')
    phone.notifyStatus = undefined
    expect(await rig.switch.calls.notify(order({ timeoutMs: 200 }))).toEqual({ kind: 'timedOut', lineId: 'alice-desk' })
  })

  it('S3-58 S3-61: nobody is registered: unreachable; a second line of the device is tried', async () => {
    rig = await SwitchRig.start()
    expect(await rig.switch.calls.notify(order())).toEqual({ kind: 'unreachable', reason: 'no line of the device is registered' })
    const phone = await rig.phone('carol-desk')
    const outcome = await rig.switch.calls.notify(order({ lineIds: ['alice-desk', 'carol-desk'] }))
    expect((await phone.nextRequest()).request.method).toBe('NOTIFY')
    expect(outcome).toMatchObject({ kind: 'answered', lineId: 'carol-desk' })
  })

  it('S3-58: lines in a call are known on both sides, and free again after it', async () => {
    rig = await SwitchRig.start()
    const [alice, carol] = [await rig.phone('alice-desk'), await rig.phone('carol-desk')]
    const call = await talk(rig, alice, '2003', carol)
    const inCall = () => rig.switch.calls.linesInCall(['alice-desk', 'carol-desk', 'nobody'])
    expect(inCall()).toEqual([
      { lineId: 'alice-desk', isEmergency: false },
      { lineId: 'carol-desk', isEmergency: false },
    ])
    call.caller.leg.bye()
    await call.callee.saw('bye')
    await vi.waitFor(() => expect(inCall()).toEqual([]))
  })
})
