import type { RoutingSnapshot } from '@dialtone/call-routing'
import { answerChallenge, partsOf } from '@dialtone/sip'
import type { SipRequest, SipResponse } from '@dialtone/sip'
import { afterEach, describe, expect, it } from 'vitest'
import { RawPhone } from './raw-phone.ts'
import { SwitchRig } from './switch-rig.ts'
import { ALICE_NUMBER, LOCATION, PARTITION, passwordOf, peer, REALM } from './switch-tenants.ts'
import { HeardLeg } from './test-phone.ts'
import type { TestPhone } from './test-phone.ts'
import { expectNothingLeft, hearEachOther, talk } from './talk.ts'

let rig: SwitchRig

afterEach(async () => {
  try {
    await expectNothingLeft(rig)
  } finally {
    await rig.stop()
  }
})

function snapshotOf(accountId: string): RoutingSnapshot {
  const snapshot = rig.directory.snapshots.get(accountId)
  if (snapshot === undefined) throw new Error(`no ${accountId}`)
  return snapshot
}

function suspend(accountId: string): void {
  rig.directory.snapshots.set(accountId, { ...snapshotOf(accountId), accountStatus: 'SUSPENDED' })
}

/** The location by the Content-ID that Geolocation names (RFC 6442 4.1). */
function locationIn(request: SipRequest): string | undefined {
  const contentId = /^<cid:([^>]+)>$/.exec(request.header('geolocation') ?? '')?.[1]
  return partsOf(request)?.find((part) => part.contentId === contentId && part.contentType === 'application/pidf+xml')?.body
}

describe('911', () => {
  it.each([
    ['urn:service:sos (RFC 5031)', 'urn:service:sos', []],
    ['a kind of help (RFC 5031 4.2)', 'urn:service:sos.fire', []],
    ['escaped digits (RFC 3261 19.1.2)', `sip:%39%31%31@${REALM}`, []],
    ['no breadth left (C-58, RFC 5393 5.3.3)', `sip:911@${REALM}`, [['Max-Breadth', '0']]],
    ['a time to expire (C-58)', `sip:911@${REALM}`, [['Expires', '1']]],
    ['no hop left (C-58)', `sip:911@${REALM}`, [['Max-Forwards', '0']]],
    ['an extension nobody knows (C-58)', `sip:911@${REALM}`, [['Require', 'x-unheard-of']]],
  ] as const)('is reached with %s', async (_what, uri, headers) => {
    rig = await SwitchRig.start()
    const alice = await rig.unregisteredPhone('alice-desk')
    const credentials = { username: 'alice-desk', password: passwordOf('alice-desk') }
    const to = { transport: 'udp', address: '127.0.0.1', port: rig.sipPort } as const
    const body = (await rig.ear()).description()
    const asked = { uri, to, from: `<sip:alice-desk@${REALM}>`, toHeader: `<${uri}>`, body, headers, credentials }
    const call = new HeardLeg(alice.stack.invite(asked).leg)
    const help = await rig.psap.nextCall()
    rig.time.advance(1_500)
    help.invite.answer({ body: (await rig.ear()).description() })
    await call.saw('answered')
    expect([help.invite.request.uri?.user, rig.emergencies.length]).toEqual(['911', 1])
    help.leg.bye()
    await call.saw('bye')
    await rig.closed(1)
  })

  it.each(['ACTIVE', 'SUSPENDED'])('reaches the PSAP with callback number and location from an account that is %s (S0-75, S0-78, C-58)', async (status) => {
    rig = await SwitchRig.start()
    if (status === 'SUSPENDED') suspend('account-1')
    const alice = await rig.phone('alice-desk')
    const call = await talk(rig, alice, '911', rig.psap)
    const { request } = call.callee.invite
    expect(request.uri?.user).toBe('911')
    expect(request.header('p-asserted-identity')).toContain(`sip:+${ALICE_NUMBER}@`)
    expect([request.header('geolocation-routing'), request.header('priority')]).toEqual(['yes', 'emergency'])
    expect(locationIn(request)).toMatch(/<ca:A1>UT<.*<ca:A3>Lindon<.*<ca:HNO>333</)
    expect(partsOf(request)?.map((part) => part.contentType)).toEqual(['application/sdp', 'application/pidf+xml'])
    // Who cannot read it shall take the call all the same (RFC 3261 20.11, RFC 5621 9).
    expect(partsOf(request)?.[1]?.disposition).toBe('by-reference;handling=optional')
    await hearEachOther(call)
    call.callee.leg.bye()
    await call.caller.saw('bye')
    await rig.closed(1)
    const [record] = rig.records
    expect(record).toMatchObject({ termCategory: 'Emergency', disposition: 'ANSWERED', calledNumber: '911', carrierId: 'psap' })
    expect(record?.emergency).toEqual({ callbackNumber: ALICE_NUMBER, location: LOCATION })
    expect(rig.emergencies).toHaveLength(1)
    expect(rig.emergencies[0]).toMatchObject({ service: '911', recordId: record?.id, callingUserId: 'alice', callbackNumber: ALICE_NUMBER, location: LOCATION })
    expect([rig.pstn.invites.length, rig.backup.invites.length]).toEqual([0, 0])
  })

  it('a suspended account can call nobody else: 403 (C-58)', async () => {
    rig = await SwitchRig.start()
    suspend('account-1')
    const alice = await rig.phone('alice-desk')
    const rejected = await alice.call('6075550123', (await rig.ear()).description()).saw('rejected')
    expect(rejected.statusCode).toBe(403)
    await rig.closed(1)
    expect([rig.records[0]?.disposition, rig.pstn.invites.length, rig.emergencies.length]).toEqual(['REJECTED', 0, 0])
  })

  it('goes through when the switch takes no more calls, which are refused with 503 and Retry-After (C-58)', async () => {
    rig = await SwitchRig.start({ limits: { maxCalls: 0 } })
    const alice = await rig.phone('alice-desk')
    const refused = await alice.call('6075550123', (await rig.ear()).description()).saw('rejected')
    expect([refused.statusCode, refused.response?.header('retry-after')]).toEqual([503, '5'])
    const call = await talk(rig, alice, '911', rig.psap)
    call.caller.leg.bye()
    await call.callee.saw('bye')
    await rig.closed(1)
  })

  it('goes without a body part when no address is registered, and says so (C-36)', async () => {
    rig = await SwitchRig.start()
    const snapshot = snapshotOf('account-1')
    const numbers = new Map([...snapshot.numbers].map(([digits, number]) => [digits, { ...number, emergencyAddress: undefined }]))
    rig.directory.snapshots.set('account-1', { ...snapshot, numbers })
    const alice = await rig.phone('alice-desk')
    const call = await talk(rig, alice, '911', rig.psap)
    const { request } = call.callee.invite
    expect([request.contentType, request.header('geolocation'), request.header('geolocation-routing')]).toEqual(['application/sdp', undefined, undefined])
    expect(request.header('p-asserted-identity')).toContain(`sip:+${ALICE_NUMBER}@`)
    expect(rig.emergencies[0]).toMatchObject({ callbackNumber: ALICE_NUMBER, location: undefined })
    const routed = rig.switch.traceOf(rig.emergencies[0]?.sessionId ?? '')?.find((event) => event.type === 'routed')
    expect(routed?.decision.steps).toContainEqual({ rule: 'emergency.location', outcome: 'no address is registered for the callback number' })
    call.caller.leg.bye()
    await call.callee.saw('bye')
    await rig.closed(1)
  })

  it.each([415, 424, 400])('asks a route that answers %i to the location again without it, before any other (RFC 6442 4.3)', async (statusCode) => {
    rig = await SwitchRig.start()
    const alice = await rig.phone('alice-desk')
    const ear = await rig.ear()
    const calling = alice.call('911', ear.description())
    const refused = await rig.psap.nextCall()
    expect(locationIn(refused.invite.request)).toBeDefined()
    refused.invite.reject(statusCode)
    const taken = await rig.psap.nextCall()
    expect(taken.invite.request.contentType).toBe('application/sdp')
    taken.invite.answer({ body: (await rig.ear()).description() })
    await calling.saw('answered')
    calling.leg.bye()
    await taken.saw('bye')
    await rig.closed(1)
    expect([rig.pstn.invites.length, rig.emergencies.length]).toEqual([0, 1])
  })

  it('goes on to the next route at once when the first one fails, and after 5 s when it is silent (47 CFR 9.11)', async () => {
    rig = await SwitchRig.start()
    const alice = await rig.phone('alice-desk')
    const calling = alice.call('911', (await rig.ear()).description())
    ;(await rig.psap.nextCall()).invite.reject(503)
    // The next one says nothing: neither 180 nor a refusal.
    const silent = await rig.pstn.nextCall()
    expect(locationIn(silent.invite.request)).toBeDefined()
    rig.time.advance(4_999)
    expect(rig.backup.invites.length).toBe(0)
    rig.time.advance(1)
    const taken = await rig.backup.nextCall()
    expect([taken.invite.request.uri?.user, locationIn(taken.invite.request) === undefined]).toEqual(['911', false])
    taken.invite.answer({ body: (await rig.ear()).description() })
    await calling.saw('answered')
    calling.leg.bye()
    await taken.saw('bye')
    await rig.closed(1)
    expect(rig.records[0]).toMatchObject({ disposition: 'ANSWERED', termCategory: 'Emergency', carrierId: 'backup' })
  })

  it('is taken with a nonce that has expired: the challenge says so, and the phone tries again by itself (RFC 7616 3.3)', async () => {
    rig = await SwitchRig.start()
    const phone = await RawPhone.udp('alice-desk', rig.sipPort)
    const uri = `sip:911@${REALM}`
    const body = (await rig.ear()).description()
    const invite = (lines: readonly string[]) => phone.finalOf(phone.send({ method: 'INVITE', uri, body, lines: [`Contact: <sip:alice-desk@127.0.0.1:${phone.port}>`, ...lines] })) // prettier-ignore
    const answerTo = (response: SipResponse): string => {
      const answer = answerChallenge({ response, method: 'INVITE', uri, username: 'alice-desk', password: passwordOf('alice-desk'), cnonce: 'c0ffee', nonceCount: 1 }) // prettier-ignore
      return answer === undefined ? '' : `${answer[0]}: ${answer[1]}`
    }
    const first = await invite([])
    rig.time.advance(301_000)
    const stale = await invite([answerTo(first)])
    expect([stale.statusCode, stale.header('proxy-authenticate')]).toEqual([407, expect.stringContaining('stale=true')])
    const answered = invite([answerTo(stale)])
    const taken = await rig.psap.nextCall()
    taken.invite.answer({ body: (await rig.ear()).description() })
    expect((await answered).statusCode).toBe(200)
    taken.leg.bye()
    await rig.closed(1)
    phone.close()
  })

  it('is taken from a caller whose INVITE has parts of its own (RFC 5621 3.1)', async () => {
    rig = await SwitchRig.start()
    const alice = await rig.phone('alice-desk')
    const parts = [{ contentType: 'application/pidf+xml', contentId: 'mine@test', body: '<presence/>' }]
    const calling = alice.call('911', (await rig.ear()).description(), { parts })
    const taken = await rig.psap.nextCall()
    taken.invite.answer({ body: (await rig.ear()).description() })
    await calling.saw('answered')
    calling.leg.bye()
    await taken.saw('bye')
    await rig.closed(1)
  })
})

describe('the PSAP calls back (RFC 7090)', () => {
  async function helpCall(dialed = '911'): Promise<TestPhone> {
    rig = await SwitchRig.start()
    const snapshot = snapshotOf('account-1')
    const users = new Map([...snapshot.users].map(([id, user]) => [id, { ...user, callHandling: { ...user.callHandling, doNotDisturbEnabled: true } }]))
    rig.directory.snapshots.set('account-1', { ...snapshot, users })
    const alice = await rig.phone('alice-desk')
    const call = await talk(rig, alice, dialed, rig.psap)
    call.callee.leg.bye()
    await call.caller.saw('bye')
    await rig.closed(1)
    return alice
  }

  it('and reaches the phone that called through do not disturb, marked as what it is; half an hour later it is a call as any other', async () => {
    const alice = await helpCall()
    const calling = rig.psap.callIn(ALICE_NUMBER, (await rig.ear()).description(), [['P-Asserted-Identity', '<sip:911@psap.test>']])
    const ringing = await alice.nextCall()
    expect(ringing.invite.request.header('priority')).toBe('psap-callback')
    ringing.invite.answer({ body: (await rig.ear()).description() })
    await calling.saw('answered')
    calling.leg.bye()
    await ringing.saw('bye')
    await rig.closed(2)
    rig.time.advance(30 * 60_000)
    const late = rig.psap.callIn(ALICE_NUMBER, (await rig.ear()).description(), [])
    expect((await late.saw('rejected')).statusCode).toBeGreaterThanOrEqual(400)
    await rig.closed(3)
    expect(alice.invites).toHaveLength(1)
  })

  it('and is recorded as little as the call to it was, whatever the account wants', async () => {
    const recorded: string[] = []
    rig = await SwitchRig.start({
      recorder: { begin: ({ calledNumber }) => void recorded.push(calledNumber), write: () => undefined, end: () => undefined },
    })
    const snapshot = snapshotOf('account-1')
    rig.directory.snapshots.set('account-1', { ...snapshot, services: { ...snapshot.services, recording: { userIds: undefined, announces: false } } })
    const [alice, carol] = [await rig.phone('alice-desk'), await rig.phone('carol-desk')]
    const help = await talk(rig, alice, '911', rig.psap)
    help.callee.leg.bye()
    await help.caller.saw('bye')
    const back = await talkIn(rig.psap, alice)
    back.leg.bye()
    await rig.closed(2)
    expect(recorded).toEqual([])
    const other = await talk(rig, alice, '2003', carol)
    other.caller.leg.bye()
    await rig.closed(3)
    expect(recorded).toHaveLength(1)
  })

  it('and reaches a phone that may not even register, where it called from (C-50, C-58)', async () => {
    rig = await SwitchRig.start()
    const alice = await rig.unregisteredPhone('alice-desk')
    const call = await talk(rig, alice, '911', rig.psap)
    call.callee.leg.bye()
    await call.caller.saw('bye')
    const back = await talkIn(rig.psap, alice)
    back.leg.bye()
    await rig.closed(2)
  })

  it('and reaches a phone at an address that access rules deny, by the carrier of a tenant too, which they deny as well (C-58)', async () => {
    rig = await SwitchRig.start()
    Object.assign(rig.directory, { admits: () => false })
    const alice = await rig.unregisteredPhone('alice-desk')
    expect((await alice.register()).statusCode).toBe(403)
    const call = await talk(rig, alice, '911', rig.psap)
    call.callee.leg.bye()
    await call.caller.saw('bye')
    const gateway = await rig.unregisteredPhone('gateway')
    rig.directory.peers.push({ ...peer('of-tenant', gateway.port, false), partitionId: PARTITION })
    const back = await talkIn(gateway, alice)
    back.leg.bye()
    await rig.closed(2)
  })

  it('and reaches the phone that called also while another one has the line registered, which rings beside it', async () => {
    rig = await SwitchRig.start()
    const desk = await rig.phone('alice-desk')
    const soft = await rig.unregisteredPhone('alice-desk')
    const call = await talk(rig, soft, '911', rig.psap)
    call.callee.leg.bye()
    await call.caller.saw('bye')
    const back = await talkIn(rig.psap, soft)
    expect(await (await desk.nextCall()).saw('cancelled')).toBeDefined()
    back.leg.bye()
    await rig.closed(2)
    expect([desk.invites.length, soft.invites.length]).toEqual([1, 1])
  })

  it('but not after 933, which is a test', async () => {
    const alice = await helpCall('933')
    const calling = rig.psap.callIn(ALICE_NUMBER, (await rig.ear()).description(), [])
    await calling.saw('rejected')
    await rig.closed(2)
    expect(alice.invites).toHaveLength(0)
  })

  it('also when the switch takes no more calls', async () => {
    rig = await SwitchRig.start({ limits: { maxCalls: 0 } })
    const alice = await rig.phone('alice-desk')
    const call = await talk(rig, alice, '911', rig.psap)
    call.callee.leg.bye()
    await call.caller.saw('bye')
    const back = await talkIn(rig.psap, alice)
    back.leg.bye()
    await rig.closed(2)
  })

  async function talkIn(from: TestPhone, to: TestPhone) {
    const calling = from.callIn(ALICE_NUMBER, (await rig.ear()).description(), [])
    const ringing = await to.nextCall()
    ringing.invite.answer({ body: (await rig.ear()).description() })
    await calling.saw('answered')
    return calling
  }
})
