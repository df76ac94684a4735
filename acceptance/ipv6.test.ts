import { createServer } from 'node:http'
import { type AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { recordOf } from './call-records.ts'
import { eventually, pause } from './eventually.ts'
import { Baresip } from './phones/baresip.ts'
import { freePorts } from './phones/free-ports.ts'
import { hear } from './phones/hear.ts'
import { isAbsent } from './phones/program-present.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import type { PhoneTransport, ServerAddress } from './phones/sip-socket.ts'
import { valueOf } from './phones/sip-text.ts'
import { runSipp, sippLogin } from './phones/sipp.ts'
import { CALLEE_HZ, CALLER_HZ, makeTwoParties, PSTN_HZ, TONES_HZ, type TwoParties } from './phones/two-parties.ts'
import { localAddressIpv6, Platform } from './platform.ts'
import { done, Tenant } from './tenant.ts'

const IPV6 = localAddressIpv6()
const BOTH = { DIALTONE_SIP_HOST: '::', DIALTONE_HTTP_HOST: '::', DIALTONE_PUBLIC_ADDRESS_IPV6: IPV6 ?? '' }

let platform: Platform
let parties: TwoParties
/** The same server as seen by the two families. */
let four: ServerAddress
let six: ServerAddress
const ended: (() => void | Promise<void>)[] = []

afterEach(async () => {
  for (const end of ended.splice(0).toReversed()) await end()
})

async function phoneOf(server: ServerAddress, whose: 'caller' | 'callee', transport: PhoneTransport): Promise<ScriptedPhone> {
  const phone = await ScriptedPhone.open(server, parties[whose].login, { transport })
  ended.push(async () => {
    await phone.unregister()
    phone.close()
  })
  await phone.register()
  return phone
}

async function makePlatform(environment: Readonly<Record<string, string>>): Promise<void> {
  platform = await Platform.start({ environment })
  parties = await makeTwoParties(await Tenant.logIn(platform.address))
  four = parties.server
  const httpUrl = new URL(platform.address.httpUrl)
  six = { ...parties.server, sipHost: IPV6 ?? '', httpUrl: `http://[${IPV6 ?? ''}]:${httpUrl.port}` }
}

describe.skipIf(IPV6 === undefined)('a server of both families (RFC 5118, RFC 6157)', () => {
  beforeAll(() => makePlatform(BOTH))
  afterAll(() => platform.discard())

  it.each([
    ['IPv6', 'udp', 'IPv4', 'udp'],
    ['IPv4', 'udp', 'IPv6', 'udp'],
    ['IPv6', 'tcp', 'IPv4', 'tls'],
    ['IPv4', 'ws', 'IPv6', 'tls'],
    ['IPv6', 'ws', 'IPv6', 'tcp'],
  ] as const)('joins a phone of %s over %s and one of %s over %s: each hears the other, holds and resumes', async (from, fromTransport, to, toTransport) => {
    const caller = await phoneOf(from === 'IPv6' ? six : four, 'caller', fromTransport)
    const callee = await phoneOf(to === 'IPv6' ? six : four, 'callee', toTransport)
    const call = await caller.call(parties.callee.extension, { toneHz: CALLER_HZ })
    const ringing = await callee.nextCall()
    await ringing.answer(CALLEE_HZ)
    expect(await call.finalStatus()).toBe(200)
    const family = { IPv4: `c=IN IP4 ${four.sipHost}`, IPv6: `c=IN IP6 ${six.sipHost}` }
    const host = { IPv4: four.sipHost, IPv6: `[${six.sipHost}]` }
    if (call.final === undefined) throw new Error('no answer')
    expect([call.final.body, ringing.invite.body]).toEqual([expect.stringContaining(family[from]), expect.stringContaining(family[to])])
    // RFC 5118 4.1, 4.2, 4.5: what each is told to send to is an address it can use.
    expect(valueOf(call.final, 'contact')).toContain(`@${host[from]}:`)
    expect(valueOf(ringing.invite, 'via')).toContain(` ${host[to]}:`)
    await pause(1_500)
    expect([call.media.toneHeard(TONES_HZ), ringing.media?.toneHeard(TONES_HZ)]).toEqual([CALLEE_HZ, CALLER_HZ])
    expect(await call.offer('sendonly')).toBe(200)
    expect(await call.offer('sendrecv')).toBe(200)
    call.media.forget()
    ringing.media?.forget()
    await pause(1_000)
    expect([call.media.toneHeard(TONES_HZ), ringing.media?.toneHeard(TONES_HZ)]).toEqual([CALLEE_HZ, CALLER_HZ])
    await call.hangUp()
    expect(await recordOf(parties.account, call.callId)).toMatchObject({ callFlagType: 'ANSWERED', termNumber: parties.callee.extension })
  })

  it.skipIf(isAbsent('baresip')).each([
    ['IPv6', 'IPv4'],
    ['IPv4', 'IPv6'],
  ] as const)('joins a baresip of %s with one of %s, sound goes both ways', async (from, to) => {
    const caller = await Baresip.start(from === 'IPv6' ? six : four, parties.caller.login, { toneHz: CALLER_HZ })
    const callee = await Baresip.start(to === 'IPv6' ? six : four, parties.callee.login, { toneHz: CALLEE_HZ })
    ended.push(
      () => caller.stop(),
      () => callee.stop(),
    )
    await Promise.all([caller.registered(), callee.registered()])
    await caller.dial(`sip:${parties.callee.extension}@dialtone.local`)
    await callee.saw('CALL_INCOMING')
    await callee.accept()
    await Promise.all([caller.saw('CALL_ESTABLISHED'), callee.saw('CALL_ESTABLISHED')])
    await pause(2_500)
    await caller.hangUp()
    await callee.saw('CALL_CLOSED')
    expect([await caller.toneHeard(TONES_HZ), await callee.toneHeard(TONES_HZ)]).toEqual([CALLEE_HZ, CALLER_HZ])
  })

  it.skipIf(isAbsent('sipp'))('carries a call of SIPp by IPv6 to one by IPv4', async () => {
    const port = await freePorts(60)
    const { login } = parties.callee
    const contact = `${four.sipHost}:${port}`
    await runSipp(four, { scenario: 'register', port: port + 1, fields: [login.sipUsername, 'dialtone.local', contact, '120', sippLogin(login)] }).success()
    const callee = runSipp(four, { scenario: 'answer-until-hung-up', port, mediaPort: port + 20 })
    const fields = [parties.caller.login.sipUsername, 'dialtone.local', parties.callee.extension, sippLogin(parties.caller.login)]
    const caller = runSipp(six, { scenario: 'call-then-hang-up', port: port + 2, mediaPort: port + 40, fields })
    await Promise.all([caller.success(), callee.success()])
    await runSipp(four, { scenario: 'register', port: port + 3, fields: [login.sipUsername, 'dialtone.local', contact, '0', sippLogin(login)] }).success()
  })
})

describe.skipIf(IPV6 === undefined)('a server of both families that only signals', () => {
  beforeAll(() => makePlatform({ ...BOTH, DIALTONE_MEDIA_ANCHORING: 'never' }))
  afterAll(() => platform.discard())

  it('lets phones of one family talk alone, and carries the media of those who cannot reach each other', async () => {
    const caller = await phoneOf(six, 'caller', 'udp')
    for (const [server, family] of [[six, 'IPv6'] as const, [four, 'IPv4'] as const]) {
      const callee = await phoneOf(server, 'callee', 'udp')
      const call = await caller.call(parties.callee.extension, { toneHz: CALLER_HZ })
      const ringing = await callee.nextCall()
      await ringing.answer(CALLEE_HZ)
      expect(await call.finalStatus()).toBe(200)
      await hear([call.media, CALLEE_HZ], [ringing.media, CALLER_HZ])
      const isDirect = call.final?.body.includes(`m=audio ${String(ringing.media?.port)} `)
      expect([family, isDirect]).toEqual([family, family === 'IPv6'])
      await call.hangUp()
      await callee.unregister()
    }
  })
})

/** The loopback has one wherever IPv6 is known at all. */
describe.skipIf(IPV6 === undefined)('a server of IPv6 alone, without any address of IPv4', () => {
  beforeAll(async () => {
    await makePlatform({ DIALTONE_SIP_HOST: '::1', DIALTONE_HTTP_HOST: '::1', DIALTONE_PUBLIC_ADDRESS: '' })
    six = { ...parties.server, sipHost: '::1' }
  })
  afterAll(() => platform.discard())

  it.each([
    ['udp', 'udp'],
    ['tls', 'ws'],
  ] as const)('joins phones over %s and %s: each hears the other, and the record says so', async (fromTransport, toTransport) => {
    const caller = await phoneOf(six, 'caller', fromTransport)
    const callee = await phoneOf(six, 'callee', toTransport)
    const call = await caller.call(parties.callee.extension, { toneHz: CALLER_HZ })
    const ringing = await callee.nextCall()
    await ringing.answer(CALLEE_HZ)
    expect(await call.finalStatus()).toBe(200)
    expect(call.final?.body).toContain('c=IN IP6 ::1')
    await pause(1_500)
    expect([call.media.toneHeard(TONES_HZ), ringing.media?.toneHeard(TONES_HZ)]).toEqual([CALLEE_HZ, CALLER_HZ])
    await call.hangUp()
    expect(await recordOf(parties.account, call.callId)).toMatchObject({ callFlagType: 'ANSWERED', termNumber: parties.callee.extension })
  })

  it('the carrier and the PSAP of the sandbox are there too, and a phone is told where to register', async () => {
    const caller = await phoneOf(six, 'caller', 'udp')
    const call = await caller.call('12125550105')
    expect(await call.finalStatus()).toBe(200)
    await pause(1_500)
    expect(call.media.toneHeard(TONES_HZ)).toBe(PSTN_HZ)
    await call.hangUp()
    const number = await parties.account.addNumber()
    await parties.account.assignNumber(number, parties.caller.userId)
    done(await parties.tenant.http.post('/v2/sandbox/inbound-call', { from: '18015559876', to: number, seconds: 2 }))
    const ringing = await caller.nextCall()
    await ringing.answer(CALLER_HZ)
    await ringing.ended()
    const { path } = parties.account
    const lines = done(await parties.tenant.http.get<readonly { id: string }[]>(`${path}/deviceline`))
    const told = await parties.tenant.http.get(`${parties.tenant.path}/deviceprovisioning/account/${path.split('/').at(-1)}/device/${lines[0]?.id}`)
    expect(told.text).toContain('::1')
  })

  it('tells a webhook at an address of IPv6', async () => {
    const heard: string[] = []
    const receiver = createServer((request, response) => {
      heard.push(String(request.headers['x-alianza-event']))
      request.resume().on('end', () => response.writeHead(204).end())
    })
    await new Promise<void>((resolve) => {
      receiver.listen(0, '::1', resolve)
    })
    ended.push(() => void receiver.close())
    const url = `http://[::1]:${(receiver.address() as AddressInfo).port}/`
    done(await parties.tenant.http.post(`${parties.tenant.path}/webhook`, { url, secret: 'a-shared-secret-of-it', events: ['user.created'] }))
    await parties.account.createUser('4009')
    await eventually('the webhook', 10_000, () => (heard.includes('user.created') ? true : undefined))
  })
})
