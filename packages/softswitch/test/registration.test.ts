import { afterEach, describe, expect, it, vi } from 'vitest'
import type { StoredBinding } from '../src/index.ts'
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

describe('REGISTER', () => {
  it.each(['udp', 'tcp'] as const)('over %s: binds, is told of, stored and listed; Expires 0 undoes all of it at once (S0-101, S0-102)', async (transport) => {
    rig = await SwitchRig.start()
    const phone = await rig.unregisteredPhone('alice-desk', transport)
    const answer = await phone.register(120)
    expect([answer.statusCode, answer.header('contact')]).toEqual([200, `<${phone.contact}>;expires=120`])
    // RFC 3261 10.3 step 8, 20.17: phones set their clock by it.
    expect(answer.header('date')).toBe(new Date(rig.time.nowMs()).toUTCString())
    expect([rig.switch.isRegistered('alice-desk'), rig.switch.bindingsOf('alice-desk')[0]?.transport]).toEqual([true, transport])
    const gone = await phone.register(0)
    expect([gone.statusCode, gone.header('contact'), rig.switch.isRegistered('alice-desk')]).toEqual([200, undefined, false])
    expect(rig.registrations.map((change) => [change.lineId, change.registered])).toEqual([
      ['alice-desk', true],
      ['alice-desk', false],
    ])
    expect(rig.saved.map((change) => change.kind)).toEqual(['put', 'remove'])
  })

  it('a binding that is not renewed ends with its time, and the line with it (S0-108)', async () => {
    rig = await SwitchRig.start()
    const phone = await rig.unregisteredPhone('alice-desk')
    await phone.register(60)
    rig.time.advance(59_999)
    expect(rig.switch.isRegistered('alice-desk')).toBe(true)
    rig.time.advance(1)
    expect(rig.switch.isRegistered('alice-desk')).toBe(false)
    expect(rig.registrations.at(-1)).toMatchObject({ lineId: 'alice-desk', accountId: 'account-1', registered: false, atMs: rig.time.nowMs() })
  })

  it('too short a time is 423 with the shortest one, and changes nothing (RFC 3261 10.3)', async () => {
    rig = await SwitchRig.start()
    const phone = await rig.unregisteredPhone('alice-desk')
    const answer = await phone.register(30)
    expect([answer.statusCode, answer.header('min-expires'), rig.switch.isRegistered('alice-desk')]).toEqual([423, '60', false])
  })

  it('with the credentials of one line the bindings of another cannot be changed: 403 (RFC 3261 10.3 step 4)', async () => {
    rig = await SwitchRig.start()
    const carol = await rig.phone('carol-desk')
    const alice = await rig.unregisteredPhone('alice-desk')
    const answer = await alice.request('REGISTER', 'sip:dialtone.test', [
      ['Contact', '<sip:thief@127.0.0.1:9>'],
      ['To', '<sip:carol-desk@dialtone.test>'],
    ])
    expect(answer.statusCode).toBe(403)
    expect(rig.switch.bindingsOf('carol-desk').map((binding) => binding.contactUri)).toEqual([carol.contact])
  })

  it('from where the account lets nobody in, the right password hears so; a wrong one and a user nobody has hear the same (S3-85)', async () => {
    rig = await SwitchRig.start()
    Object.assign(rig.directory, { admits: (accountId: string) => accountId !== 'account-1' })
    const heard: unknown[] = []
    for (const [user, password] of [
      ['alice-desk', 'wrong'],
      ['nobody-desk', undefined],
      ['alice-desk', undefined],
    ] as const) {
      const answer = await (await rig.unregisteredPhone(user)).register(300, password)
      const challenges = answer.headers('www-authenticate').map((text) => text.replace(/nonce="[^"]*"/, 'nonce'))
      heard.push([answer.statusCode, answer.reasonPhrase, challenges])
    }
    expect(heard).toEqual([heard[1], [401, 'Unauthorized', expect.any(Array)], [403, 'Address Not Allowed', []]])
    expect([rig.switch.isRegistered('alice-desk'), (await (await rig.unregisteredPhone('zoe-desk')).register()).statusCode]).toEqual([false, 200])
    const call = await (await rig.unregisteredPhone('alice-desk')).call('2003', (await rig.ear()).description()).saw('rejected')
    expect([call.statusCode, call.response?.reasonPhrase]).toEqual([403, 'Address Not Allowed'])
    const told = rig.switch.calls.describe(rig.switch.calls.recentOf('account-1')[0]?.sessionId ?? '')
    expect(told?.decisions[0]?.verdict).toEqual({ kind: 'reject', code: 'AddressNotAllowed', statusCode: 403, reasonPhrase: 'Address Not Allowed' })
  })

  it('a line that is switched off is refused with 403, after its password was checked (S0-103)', async () => {
    rig = await SwitchRig.start()
    const line = rig.directory.lines.get('alice-desk')
    if (line !== undefined) rig.directory.lines.set('alice-desk', { ...line, adminState: 'INACTIVE' })
    const phone = await rig.unregisteredPhone('alice-desk')
    expect((await phone.register()).statusCode).toBe(403)
    expect((await phone.register(300, 'wrong')).statusCode).toBe(401)
  })

  it('a deleted line is unregistered at once (S1-98)', async () => {
    rig = await SwitchRig.start()
    await rig.phone('alice-desk')
    rig.switch.dropBindings('alice-desk')
    expect([rig.switch.isRegistered('alice-desk'), rig.registrations.at(-1)?.registered]).toEqual([false, false])
  })
})

describe('after a restart', () => {
  it('a phone that registered before is called where it was, without registering again', async () => {
    rig = await SwitchRig.start()
    const before = rig
    const carol = await before.phone('carol-desk')
    const stored = before.switch.bindingsOf('carol-desk')
    rig = await SwitchRig.start({ stored })
    expect([rig.switch.isRegistered('carol-desk'), rig.registrations]).toEqual([true, []])
    const alice = await rig.phone('alice-desk')
    const call = await talk(rig, alice, '2003', carol)
    call.caller.leg.bye()
    await call.callee.saw('bye')
    await rig.closed(1)
    await before.stop()
  })

  it('a binding that ended meanwhile is gone, and told so', async () => {
    rig = await SwitchRig.start({ stored: [endedBinding()] })
    expect(rig.switch.isRegistered('carol-desk')).toBe(false)
    expect(rig.registrations).toMatchObject([{ lineId: 'carol-desk', registered: false }])
    expect(rig.saved).toMatchObject([{ kind: 'remove', lineId: 'carol-desk' }])
  })
})

describe('a phone that lost its connection', () => {
  it('is called at the port of its contact when its TCP connection is gone (RFC 5923)', async () => {
    rig = await SwitchRig.start()
    const [alice, carol] = [await rig.phone('alice-desk'), await rig.phone('carol-desk', 'tcp')]
    const bound = rig.switch.bindingsOf('carol-desk')[0]
    expect(bound?.receivedFrom).toMatchObject({ transport: 'tcp', port: carol.port })
    const call = await talk(rig, alice, '2003', carol)
    call.callee.leg.bye()
    await call.caller.saw('bye')
    await rig.closed(1)
  })

  it('that cannot be reached at all counts as unregistered: 480', async () => {
    rig = await SwitchRig.start()
    const [alice, carol] = [await rig.phone('alice-desk'), await rig.phone('carol-desk', 'tcp')]
    await carol.stack.stop()
    const rejected = await alice.call('2003', (await rig.ear()).description()).saw('rejected')
    expect(rejected.statusCode).toBe(480)
    await rig.closed(1)
    expect(rig.records[0]?.disposition).toBe('UNREGISTERED')
  })
})

describe('stopping the switch', () => {
  it('lets calls go on while it drains, refuses new ones, and hangs up what is left with a reason', async () => {
    rig = await SwitchRig.start()
    const [alice, carol, bob] = [await rig.phone('alice-desk'), await rig.phone('carol-desk'), await rig.phone('bob-desk')]
    const call = await talk(rig, alice, '2003', carol)
    const stopped = rig.switch.stop({ drainMs: 30_000 })
    const refused = await bob.call('2003', (await rig.ear()).description()).saw('rejected')
    expect([refused.statusCode, refused.response?.header('retry-after')]).toEqual([503, '5'])
    expect(rig.switch.activeCalls().length).toBe(1)
    // The drain waits in the switch's time, which is in our hand.
    await vi.waitFor(() => expect(rig.switch.statistics.timers).toBeGreaterThan(0))
    rig.time.advance(30_000)
    const byes = await Promise.all([call.caller.saw('bye'), call.callee.saw('bye')])
    for (const bye of byes) expect(bye.request.header('reason')).toContain('cause=41')
    await rig.closed(1)
    await stopped
    expect(rig.records[0]).toMatchObject({ disposition: 'ANSWERED', hangupBy: 'system' })
  })

  it('is done as soon as the last call is over', async () => {
    rig = await SwitchRig.start()
    const [alice, carol] = [await rig.phone('alice-desk'), await rig.phone('carol-desk')]
    const call = await talk(rig, alice, '2003', carol)
    const stopped = rig.switch.stop({ drainMs: 3_600_000 })
    call.caller.leg.bye()
    await call.callee.saw('bye')
    await stopped
    expect(rig.records.length).toBe(1)
  })
})

function endedBinding(): StoredBinding {
  return {
    lineId: 'carol-desk',
    accountId: 'account-1',
    partitionId: 'partition-1',
    contactUri: 'sip:carol@127.0.0.1:9',
    receivedFrom: { transport: 'udp', address: '127.0.0.1', port: 9 },
    callId: 'earlier',
    cseq: 1,
    expiresAtMs: 1,
    userAgent: '',
    registeredAtMs: 0,
    transport: 'udp',
  }
}
