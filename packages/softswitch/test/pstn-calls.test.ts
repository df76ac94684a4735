import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SwitchRig } from './switch-rig.ts'
import { ALICE_NUMBER, ZOE_NUMBER } from './switch-tenants.ts'
import { expectNothingLeft, hearEachOther, talk } from './talk.ts'

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

describe('a call to the PSTN', () => {
  it('goes to the carrier in E.164 with the number of the user asserted, and both hear each other (RFC 3325; S1-57)', async () => {
    const alice = await rig.phone('alice-desk')
    const call = await talk(rig, alice, '6075550123', rig.pstn)
    const { request } = call.callee.invite
    expect(request.uriText).toBe(`sip:+16075550123@127.0.0.1:${rig.pstn.port}`)
    expect(request.from.uri.user).toBe(`+${ALICE_NUMBER}`)
    expect(request.header('p-asserted-identity')).toContain(`sip:+${ALICE_NUMBER}@`)
    expect(request.maxForwards).toBe(69)
    await hearEachOther(call)
    rig.time.advance(4_000)
    call.caller.leg.bye()
    await call.callee.saw('bye')
    await rig.closed(1)
    expect(rig.records[0]).toMatchObject({
      direction: 'OUTBOUND',
      termCategory: 'OffNet',
      carrierId: 'pstn',
      calledNumber: '16075550123',
      callingNumber: ALICE_NUMBER,
    })
  })

  it('hears the early media of the carrier before the answer (RFC 3261 13.2.1)', async () => {
    const alice = await rig.phone('alice-desk')
    const [ear, pstnEar] = [await rig.ear(), await rig.ear()]
    const call = alice.call('6075550123', ear.description())
    const arrived = await rig.pstn.nextCall()
    arrived.invite.progress(183, { body: pstnEar.description() })
    const { statusCode, body } = await call.saw('progress')
    expect([statusCode, body]).toEqual([183, expect.stringContaining('m=audio')])
    const heard = ear.hears(1000)
    pstnEar.sing(1000, arrived.invite.request.bodyText)
    await heard
    call.cancel()
    await arrived.saw('cancelled')
    await rig.closed(1)
  })

  it.each([
    ['another carrier is tried for a number that rings beside a phone when the first one fails', 503, ['backup']],
    ['none is when the number itself says no', 404, []],
  ] as const)('%s', async (_what, statusCode, further) => {
    const [alice, desk] = [await rig.phone('alice-desk'), await rig.phone('bob-desk')]
    const rung = { toNumber: '6075550123', ringDelaySeconds: 0, ringDurationSeconds: undefined, continueOnBusy: true }
    rig.furnish(({ users }) => {
      const bob = users.get('bob')
      if (bob === undefined) throw new Error('nobody')
      const callHandling = {
        ...bob.callHandling,
        optionType: 'SimultaneousRing',
        simultaneousRing: { numbers: [rung], noAnswer: bob.callHandling.noAnswer },
      } as const
      return { users: new Map(users).set('bob', { ...bob, callHandling }) }
    })
    const call = alice.call('2002', (await rig.ear()).description())
    const ringing = await desk.nextCall()
    ;(await rig.pstn.nextCall()).invite.reject(statusCode)
    if (further.length === 0) ringing.invite.answer({ body: (await rig.ear()).description() })
    else (await rig.backup.nextCall()).invite.answer({ body: (await rig.ear()).description() })
    await call.saw('answered')
    call.leg.bye()
    await rig.closed(2)
    expect(rig.backup.invites.length).toBe(further.length)
    const forward = rig.records.find(({ legType }) => legType === 'Forward')
    expect(forward).toMatchObject(further.length === 0 ? { disposition: 'FAILED', carrierId: 'pstn' } : { disposition: 'ANSWERED', carrierId: 'backup' })
  })

  it('S3-12: a carrier brings no more calls than it has paths, in both directions together, and again when one is free', async () => {
    const alice = await rig.phone('alice-desk')
    rig.directory.peers.splice(0, rig.directory.peers.length, ...rig.directory.peers.map((one) => (one.id === 'pstn' ? { ...one, maxCalls: 2 } : one)))
    const out = alice.call('6075550123', (await rig.ear()).description())
    const far = await rig.pstn.nextCall()
    const callIn = async () => rig.pstn.callIn(ALICE_NUMBER, (await rig.ear()).description(), [])
    await callIn()
    const ringing = await alice.nextCall()
    const refused = await (await callIn()).saw('rejected')
    expect([refused.statusCode, refused.response?.header('reason')]).toEqual([503, expect.stringContaining('cause=34')])
    far.invite.reject(486)
    await out.saw('rejected')
    await callIn()
    const second = await alice.nextCall()
    for (const { invite } of [ringing, second]) invite.reject(486)
    await rig.closed(3)
  })

  it.each([
    [404, 'UNKNOWN_NUMBER'],
    [486, 'BUSY'],
    [603, 'DECLINED'],
  ])('%i of the carrier is the answer: the next carrier is not asked (%s)', async (statusCode, disposition) => {
    const alice = await rig.phone('alice-desk')
    const call = alice.call('6075550123', (await rig.ear()).description())
    ;(await rig.pstn.nextCall()).invite.reject(statusCode)
    expect((await call.saw('rejected')).statusCode).toBe(statusCode)
    await rig.closed(1)
    expect([rig.records[0]?.disposition, rig.backup.invites.length]).toEqual([disposition, 0])
  })

  it('503 of the first carrier leads to the second, and the record names the one that answered', async () => {
    const alice = await rig.phone('alice-desk')
    const call = alice.call('6075550123', (await rig.ear()).description())
    ;(await rig.pstn.nextCall()).invite.reject(503)
    const second = await rig.backup.nextCall()
    second.invite.answer({ body: (await rig.ear()).description() })
    await call.saw('answered')
    second.leg.bye()
    await rig.closed(1)
    expect(rig.records).toMatchObject([{ disposition: 'ANSWERED', carrierId: 'backup' }])
    await call.saw('bye')
  })

  it('a silent first carrier is given up for the second after the setup time', async () => {
    const alice = await rig.phone('alice-desk')
    const call = alice.call('6075550123', (await rig.ear()).description())
    const first = await rig.pstn.nextCall()
    rig.time.advance(20_000)
    const second = await rig.backup.nextCall()
    second.invite.reject(503)
    expect((await call.saw('rejected')).statusCode).toBe(503)
    await Promise.all([first.saw('cancelled'), rig.closed(1)])
    expect(rig.records[0]).toMatchObject({ disposition: 'FAILED', sipStatusCode: 503 })
  })
})

describe('a call from the PSTN', () => {
  it('rings the user the number belongs to, with the number that calls (S0-47, S1-15)', async () => {
    const alice = await rig.phone('alice-desk')
    const ear = await rig.ear()
    const call = rig.pstn.callIn(ALICE_NUMBER, ear.description(), [['From', '"Grandma" <sip:+12125550142@pstn.example>']])
    const ringing = await alice.nextCall()
    expect(ringing.invite.request.from).toMatchObject({ displayName: 'Grandma', uri: { user: '+12125550142' } })
    ringing.invite.answer({ body: (await rig.ear()).description() })
    await call.saw('answered')
    rig.time.advance(5_000)
    ringing.leg.bye()
    await call.saw('bye')
    await rig.closed(1)
    expect(rig.records).toMatchObject([
      {
        direction: 'INBOUND',
        origCategory: 'OffNet',
        termCategory: 'OnNet',
        callingNumber: '12125550142',
        callingName: 'Grandma',
        calledUserId: 'alice',
        carrierId: 'pstn',
      },
    ])
  })

  it('an anonymous caller stays anonymous at the phone, and is known in the record (RFC 3323, RFC 3325 7)', async () => {
    const alice = await rig.phone('alice-desk')
    const headers = [
      ['From', '"Anonymous" <sip:anonymous@anonymous.invalid>'],
      ['P-Asserted-Identity', '"Secret" <sip:+12125550142@pstn.example>'],
      ['Privacy', 'id'],
    ] as const
    const call = rig.pstn.callIn(ALICE_NUMBER, (await rig.ear()).description(), headers)
    const ringing = await alice.nextCall()
    const { request } = ringing.invite
    expect([request.from.uri.host, request.header('privacy'), request.header('p-asserted-identity')]).toEqual(['anonymous.invalid', 'id', undefined])
    expect(
      request
        .allHeaders()
        .map(([, value]) => value)
        .join('\n'),
    ).not.toContain('2125550142')
    ringing.invite.reject(486)
    expect((await call.saw('rejected')).statusCode).toBe(486)
    await rig.closed(1)
    expect(rig.records[0]).toMatchObject({ callingNumber: '12125550142', disposition: 'BUSY' })
  })

  it('a number that is not ours is 404, and leaves no record with anybody', async () => {
    const call = rig.pstn.callIn('12125559999', (await rig.ear()).description(), [])
    expect((await call.saw('rejected')).statusCode).toBe(404)
    expect([rig.records, rig.switch.statistics.callsStarted]).toEqual([[], 0])
  })

  it('a carrier of one partition does not reach numbers of another', async () => {
    const index = rig.directory.peers.findIndex((peer) => peer.id === 'pstn')
    const pstn = rig.directory.peers[index]
    if (pstn !== undefined) rig.directory.peers[index] = { ...pstn, partitionId: 'partition-2' }
    const call = rig.pstn.callIn(ALICE_NUMBER, (await rig.ear()).description(), [])
    expect((await call.saw('rejected')).statusCode).toBe(404)
  })
})

describe('a call to a number of another account', () => {
  it('stays on-net, and each account has its own record of it (S0-52)', async () => {
    const [alice, zoe] = [await rig.phone('alice-desk'), await rig.phone('zoe-desk')]
    const call = await talk(rig, alice, ZOE_NUMBER, zoe)
    expect(call.callee.invite.request.from.uri.user).toBe(`+${ALICE_NUMBER}`)
    call.callee.leg.bye()
    await call.caller.saw('bye')
    await rig.closed(2)
    expect(rig.records.map((record) => [record.accountId, record.direction, record.hangupBy])).toEqual([
      ['account-1', 'OUTBOUND', 'callee'],
      ['account-2', 'INBOUND', 'callee'],
    ])
    expect(new Set(rig.records.map((record) => record.sessionId)).size).toBe(1)
    expect(rig.pstn.invites.length).toBe(0)
  })
})

describe('an emergency call', () => {
  it('933 reaches the PSAP peer as 933 and is of its own category (S0-80)', async () => {
    const alice = await rig.phone('alice-desk')
    const call = await talk(rig, alice, '933', rig.psap)
    expect(call.callee.invite.request.uriText).toBe(`sip:933@127.0.0.1:${rig.psap.port}`)
    call.callee.leg.bye()
    await call.caller.saw('bye')
    await rig.closed(1)
    expect(rig.records[0]).toMatchObject({ termCategory: 'EmergencyServicesVerification', dialedNumber: '933' })
  })

  it('passes from a line that is switched off, which can call nobody else (C-50, C-58)', async () => {
    const alice = await rig.phone('alice-desk')
    const line = rig.directory.lines.get('alice-desk')
    const account = rig.directory.snapshots.get('account-1')
    const routed = account?.lines.get('alice-desk')
    if (line === undefined || account === undefined || routed === undefined) throw new Error('no such line')
    rig.directory.lines.set('alice-desk', { ...line, adminState: 'INACTIVE' })
    rig.directory.snapshots.set('account-1', { ...account, lines: new Map([...account.lines, ['alice-desk', { ...routed, adminState: 'INACTIVE' }]]) })
    expect((await alice.register()).statusCode).toBe(403)
    expect((await alice.call('2003', (await rig.ear()).description()).saw('rejected')).statusCode).toBe(403)
    const call = await talk(rig, alice, '911', rig.psap)
    call.callee.leg.bye()
    await call.caller.saw('bye')
    await rig.closed(2)
  })

  it('is not disturbed by a listener that throws', async () => {
    const alice = await rig.phone('alice-desk')
    rig.emergencies.push = () => {
      throw new Error('the notification service is down')
    }
    const call = await talk(rig, alice, '911', rig.psap)
    call.callee.leg.bye()
    await call.caller.saw('bye')
    await rig.closed(1)
    expect(rig.records[0]?.disposition).toBe('ANSWERED')
  })
})
