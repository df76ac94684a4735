import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SwitchRig } from './switch-rig.ts'
import { ALICE_NUMBER, REALM } from './switch-tenants.ts'
import { expectNothingLeft, talk } from './talk.ts'

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

describe('early media of several phones (RFC 3261 13.2.2.4)', () => {
  it('the first one is heard; when the other one answers, the sound is its', async () => {
    const [alice, desk, cell] = [await rig.phone('alice-desk'), await rig.phone('bob-desk'), await rig.phone('bob-cell')]
    const [ear, deskEar, cellEar] = [await rig.ear(), await rig.ear(), await rig.ear()]
    const caller = alice.call('2002', ear.description())
    const [atDesk, atCell] = await Promise.all([desk.nextCall(), cell.nextCall()])
    atDesk.invite.progress(183, { body: deskEar.description() })
    const { body } = await caller.saw('progress')
    deskEar.sing(1_000, atDesk.invite.request.bodyText)
    await ear.hears(1_000)
    atCell.invite.progress(183, { body: cellEar.description() })
    atCell.invite.answer({ body: cellEar.description() })
    const answered = await caller.saw('answered')
    ear.sing(440, answered.body === '' ? (body ?? '') : answered.body)
    cellEar.sing(1_400, atCell.invite.request.bodyText)
    await Promise.all([ear.hears(1_400), cellEar.hears(440), atDesk.saw('cancelled')])
    caller.leg.bye()
    await atCell.saw('bye')
    await rig.closed(1)
  })

  it('a 6xx of one phone ends the ringing of the other one (RFC 3261 16.7 step 5)', async () => {
    const [alice, desk, cell] = [await rig.phone('alice-desk'), await rig.phone('bob-desk'), await rig.phone('bob-cell')]
    const caller = alice.call('2002', (await rig.ear()).description())
    const [atDesk, atCell] = await Promise.all([desk.nextCall(), cell.nextCall()])
    atDesk.invite.progress(180)
    atCell.invite.reject(603)
    await atDesk.saw('cancelled')
    expect((await caller.saw('rejected')).statusCode).toBe(603)
    await rig.closed(1)
  })

  it('Max-Breadth 1 rings one phone of two and passes 1 on; 0 is 440 (RFC 5393 5.3.3)', async () => {
    const [alice, desk, cell] = [await rig.phone('alice-desk'), await rig.phone('bob-desk'), await rig.phone('bob-cell')]
    const body = (await rig.ear()).description()
    const none = alice.call('2002', body, { headers: [['Max-Breadth', '0']] })
    expect((await none.saw('rejected')).statusCode).toBe(440)
    const caller = alice.call('2002', body, { headers: [['Max-Breadth', '1']] })
    const ringing = await Promise.race([desk.nextCall(), cell.nextCall()])
    expect(ringing.invite.maxBreadth).toBe(1)
    ringing.invite.reject(486)
    expect((await caller.saw('rejected')).statusCode).toBe(486)
    expect(desk.invites.length + cell.invites.length).toBe(1)
    await rig.closed(1)
  })
})

describe('a proxy behind which one of several has said no', () => {
  it('says 199, which is told to no caller and is no ringing (RFC 6228 4)', async () => {
    const [alice, carol] = [await rig.phone('alice-desk'), await rig.phone('carol-desk')]
    const caller = alice.call('2003', (await rig.ear()).description())
    const ringing = await carol.nextCall()
    ringing.invite.progress(199)
    ringing.invite.progress(180)
    expect((await caller.saw('progress')).statusCode).toBe(180)
    ringing.invite.reject(486)
    await caller.saw('rejected')
    expect(caller.count('progress')).toBe(1)
    await rig.closed(1)
  })
})

describe('a phone that forwards by itself (3xx, RFC 3261 8.1.3.4)', () => {
  it('to another one of its account: that one rings, knows who calls and who sent it on (RFC 5806, RFC 7044)', async () => {
    const [alice, bob, carol] = [await rig.phone('alice-desk'), await rig.phone('bob-desk'), await rig.phone('carol-desk')]
    const caller = alice.call('2002', (await rig.ear()).description())
    ;(await bob.nextCall()).invite.reject(302, { headers: [['Contact', `<sip:2003@${REALM}>`]] })
    const ringing = await carol.nextCall()
    const { request } = ringing.invite
    expect([request.from.displayName, request.header('diversion')]).toEqual(['Alice Adams', `<sip:2002@${REALM}>;reason=deflection;counter=1`])
    expect(request.header('history-info')).toContain(`<sip:2002@${REALM}>;index=1`)
    ringing.invite.answer({ body: (await rig.ear()).description() })
    await caller.saw('answered')
    caller.leg.bye()
    await ringing.saw('bye')
    await rig.closed(1)
    expect(rig.records[0]).toMatchObject({ disposition: 'ANSWERED', calledLineId: 'carol-desk', dialedNumber: '2002' })
  })

  it('to several phones: as many ring as the caller allows in all (RFC 5393 5.3.3)', async () => {
    const [alice, carol, desk, cell] = [await rig.phone('alice-desk'), await rig.phone('carol-desk'), await rig.phone('bob-desk'), await rig.phone('bob-cell')]
    const caller = alice.call('2003', (await rig.ear()).description(), { headers: [['Max-Breadth', '1']] })
    ;(await carol.nextCall()).invite.reject(302, { headers: [['Contact', `<sip:2002@${REALM}>`]] })
    const ringing = await Promise.race([desk.nextCall(), cell.nextCall()])
    expect(ringing.invite.maxBreadth).toBe(1)
    ringing.invite.reject(486)
    expect((await caller.saw('rejected')).statusCode).toBe(486)
    expect(desk.invites.length + cell.invites.length).toBe(1)
    await rig.closed(1)
  })

  it.each(['6075550123', '911', '2002', '2999'])('to %s it is a refusal: nobody else is called', async (forwardedTo) => {
    const [alice, bob] = [await rig.phone('alice-desk'), await rig.phone('bob-desk')]
    const caller = alice.call('2002', (await rig.ear()).description())
    ;(await bob.nextCall()).invite.reject(302, { headers: [['Contact', `<sip:${forwardedTo}@${REALM}>`]] })
    expect((await caller.saw('rejected')).statusCode).toBe(480)
    expect([rig.pstn.invites.length, rig.psap.invites.length, bob.invites.length]).toEqual([0, 0, 1])
    await rig.closed(1)
  })

  it('a carrier that redirects is a carrier that failed: the next one is tried', async () => {
    const alice = await rig.phone('alice-desk')
    const caller = alice.call('6075550123', (await rig.ear()).description())
    ;(await rig.pstn.nextCall()).invite.reject(302, { headers: [['Contact', `<sip:2003@${REALM}>`]] })
    ;(await rig.backup.nextCall()).invite.reject(486)
    expect((await caller.saw('rejected')).statusCode).toBe(486)
    await rig.closed(1)
  })

  it('a carrier that wants credentials we have none of is a carrier that failed (RFC 3261 22.3)', async () => {
    const alice = await rig.phone('alice-desk')
    const caller = alice.call('6075550123', (await rig.ear()).description())
    ;(await rig.pstn.nextCall()).invite.reject(407, { headers: [['Proxy-Authenticate', 'Digest realm="pstn", nonce="1"']] })
    const second = await rig.backup.nextCall()
    second.invite.answer({ body: (await rig.ear()).description() })
    await caller.saw('answered')
    caller.leg.bye()
    await second.saw('bye')
    await rig.closed(1)
  })
})

describe('why a call ended (RFC 3326)', () => {
  it("the carrier's Q.850 cause reaches the caller with its refusal, and with its BYE", async () => {
    const alice = await rig.phone('alice-desk')
    const reason = 'Q.850;cause=1;text="No such subscriber"'
    const refused = alice.call('6075550123', (await rig.ear()).description())
    ;(await rig.pstn.nextCall()).invite.reject(404, { headers: [['Reason', reason]] })
    expect((await refused.saw('rejected')).response?.header('reason')).toBe(reason)
    const call = await talk(rig, alice, '6075550123', rig.pstn)
    call.callee.leg.bye([['Reason', 'Q.850;cause=38;text="Network out of order"']])
    expect((await call.caller.saw('bye')).request.header('reason')).toBe('Q.850;cause=38;text="Network out of order"')
    await rig.closed(2)
  })

  it("a carrier's CANCEL passes its Reason on to the phone", async () => {
    const alice = await rig.phone('alice-desk')
    const call = rig.pstn.callIn(ALICE_NUMBER, (await rig.ear()).description(), [])
    const ringing = await alice.nextCall()
    ringing.invite.progress(180)
    await call.saw('progress')
    call.cancel([['Reason', 'SIP;cause=200;text="Call completed elsewhere"']])
    expect((await ringing.saw('cancelled')).reason).toBe('SIP;cause=200;text="Call completed elsewhere"')
    await rig.closed(1)
  })
})

describe('a call that comes back to us again and again', () => {
  it('ends with 483: every turn takes one of Max-Forwards (RFC 3261 16.3, 8.1.1.6)', async () => {
    const alice = await rig.phone('alice-desk')
    const turns: number[] = []
    // A carrier that sends every call straight back.
    const spin = async (): Promise<void> => {
      const arrived = await rig.pstn.nextCall()
      const forwards = arrived.invite.request.maxForwards ?? 0
      turns.push(forwards)
      const back = rig.pstn.callIn(ALICE_NUMBER, arrived.invite.request.bodyText, [['Max-Forwards', String(forwards - 1)]])
      void back.saw('rejected').then(({ statusCode }) => arrived.invite.reject(statusCode))
      return spin()
    }
    void spin()
    const account = rig.directory.snapshots.get('account-1')
    const user = account?.users.get('alice')
    if (account === undefined || user === undefined) throw new Error('no such user')
    const callHandling = { ...user.callHandling, optionType: 'ForwardAlways', forwardAlwaysToNumber: '6075550123' } as const
    const users = new Map([...account.users, ['alice', { ...user, callHandling }]])
    rig.directory.snapshots.set('account-1', { ...account, users, carriers: account.carriers.filter(({ id }) => id === 'pstn') })
    const call = alice.call('6075550123', (await rig.ear()).description(), { headers: [['Max-Forwards', '7']] })
    const { statusCode } = await call.saw('rejected')
    expect(statusCode).toBeGreaterThanOrEqual(480)
    expect(turns).toEqual([6, 4, 2])
    await rig.closed(3)
  })
})
