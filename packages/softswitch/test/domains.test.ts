import { computeHa1 } from '@dialtone/sip'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SwitchDomain } from '../src/index.ts'
import { RawPhone } from './raw-phone.ts'
import { SwitchRig } from './switch-rig.ts'
import { ALICE_NUMBER, passwordOf, peer, ZOE_NUMBER } from './switch-tenants.ts'

const MINE: SwitchDomain = { name: 'mine.example.com', partitionIds: [], accountId: 'account-1', isProven: true, isServing: true, defaultTransport: 'udp' }

let rig: SwitchRig
let phones: RawPhone[] = []
const domains = new Map<string, SwitchDomain>()

beforeEach(async () => {
  rig = await SwitchRig.start()
  rig.directory.domain = (name) => domains.get(name)
  domains.set(MINE.name, MINE)
  for (const id of ['alice-desk', 'carol-desk']) {
    const line = rig.directory.lines.get(id)
    const ha1 = (algorithm: 'MD5' | 'SHA-256') => computeHa1(algorithm, id, MINE.name, passwordOf(id))
    if (line !== undefined) rig.directory.lines.set(id, { ...line, ha1AtDomains: new Map([[MINE.name, { MD5: ha1('MD5'), 'SHA-256': ha1('SHA-256') }]]) })
  }
})
afterEach(async () => {
  for (const each of phones) each.close()
  phones = []
  domains.clear()
  await rig.stop()
})

async function phone(name: string, transport: 'udp' | 'tcp' = 'udp'): Promise<RawPhone> {
  const opened = await RawPhone[transport](name, rig.sipPort)
  phones.push(opened)
  return opened
}

const CONTACT = 'Contact: <sip:phone@10.0.0.9:5060>;expires=600'
const register = (of: RawPhone, host = MINE.name, lines: readonly string[] = [CONTACT]) => of.request({ method: 'REGISTER', uri: `sip:${host}`, lines })

async function invite(of: RawPhone, uri: string, lines: readonly string[] = []) {
  const body = (await rig.ear()).description()
  return of.request({ method: 'INVITE', uri, lines: ['Contact: <sip:phone@10.0.0.9:5060>', ...lines], body })
}

describe('a SIP domain of a tenant (RFC 3261 10.3 step 1, 22.1)', () => {
  it('S3-79 is a realm of its own, in whatever case it is written; its lines register there, and the binding says so', async () => {
    const alice = await phone('alice-desk')
    const asked = await alice.finalOf(alice.send({ method: 'REGISTER', uri: 'sip:Mine.Example.COM.', lines: [CONTACT] }))
    expect([asked.statusCode, asked.header('www-authenticate')]).toEqual([401, expect.stringContaining('realm="mine.example.com"')])
    expect((await register(alice, 'MINE.example.com')).statusCode).toBe(200)
    expect(rig.switch.bindingsOf('alice-desk')[0]).toMatchObject({ domain: 'mine.example.com', isPreferredWay: true })
  })

  it('is of no use to a line of another tenant, who gets what a wrong password gets; at the platform’s own name it registers on', async () => {
    const zoe = await phone('zoe-desk')
    const refused = await register(zoe)
    expect([refused.statusCode, refused.header('www-authenticate')]).toEqual([401, expect.stringContaining('realm="mine.example.com"')])
    expect((await register(zoe, 'dialtone.test')).statusCode).toBe(200)
  })

  it('reaches its owner’s people and nobody else: neither by a foreign line nor by a carrier', async () => {
    const [alice, zoe] = [await phone('alice-desk'), await phone('zoe-desk')]
    expect((await invite(alice, 'sip:2003@mine.example.com')).statusCode).toBe(480)
    expect((await invite(zoe, 'sip:2003@mine.example.com')).statusCode).toBe(407)
    const carrier = await phone('gateway')
    rig.directory.peers.push(peer('gateway', carrier.port, false))
    const told = async (number: string) => (await invite(carrier, `sip:+${number}@mine.example.com`)).statusCode
    expect([await told(ZOE_NUMBER), await told(ALICE_NUMBER)]).toEqual([404, 480])
  })

  it.each([
    ['claimed and not proven', { isProven: false, isServing: false }, [403, 403, 200]],
    ['switched off', { isProven: true, isServing: false }, [403, 403, 403]],
  ] as const)('%s: it registers nobody of its owner and takes no calls; a claim alone shuts no others out', async (_what, state, expected) => {
    domains.set(MINE.name, { ...MINE, ...state })
    const [alice, zoe] = [await phone('alice-desk'), await phone('zoe-desk')]
    const [mine, call, other] = [await register(alice), await invite(alice, 'sip:2003@mine.example.com'), await register(zoe)]
    expect([mine.statusCode, call.statusCode, other.statusCode]).toEqual(expected)
    expect([mine.reasonPhrase, call.reasonPhrase]).toEqual(['Domain Not Served', 'Domain Not Served'])
    const told = rig.switch.calls.describe(rig.switch.calls.recentOf('account-1')[0]?.sessionId ?? '')
    expect(told?.decisions[0]?.verdict).toEqual({ kind: 'reject', code: 'DomainNotServed', statusCode: 403, reasonPhrase: 'Domain Not Served' })
  })

  it.each([
    ['one that is not proven', { isProven: false, isServing: false }],
    ['one of another tenant', { accountId: 'account-2' }],
  ])('C-58: a call for help is taken at any name, also at %s', async (_what, state) => {
    domains.set('other.example.com', { ...MINE, name: 'other.example.com', ...state })
    const alice = await phone('alice-desk')
    void invite(alice, 'sip:911@other.example.com')
    const help = await rig.psap.nextCall()
    expect(help.invite.request.method).toBe('INVITE')
  })

  it('keeps phones behind a NAT alive: shorter registrations over UDP, Flow-Timer over connections (RFC 5626 4.4.1)', async () => {
    domains.set(MINE.name, { ...MINE, keepAliveSeconds: 30 })
    const expires = (answer: { header(name: string): string | undefined }) => answer.header('contact')?.replace(/.*expires=/, '')
    expect(expires(await register(await phone('alice-desk')))).toBe('30')
    const outbound = [`${CONTACT};reg-id=1;+sip.instance="<urn:uuid:00000000-0000-1000-8000-000a95a0e128>"`, 'Supported: outbound, path']
    const flow = await register(await phone('carol-desk', 'tcp'), MINE.name, outbound)
    expect([flow.statusCode, flow.header('flow-timer'), expires(flow)]).toEqual([200, '30', expect.stringMatching(/^600/)])
  })
})

describe('the default transport of a domain (S3-73)', () => {
  it('is the way to a device that is called first', async () => {
    domains.set(MINE.name, { ...MINE, defaultTransport: 'tcp' })
    const [overTcp, overUdp] = [await phone('alice-desk', 'tcp'), await phone('alice-desk')]
    const flow = (id: number) => [`${CONTACT};reg-id=${id};+sip.instance="<urn:uuid:00000000-0000-1000-8000-000a95a0e128>"`, 'Supported: outbound, path']
    expect((await register(overTcp, MINE.name, flow(1))).statusCode).toBe(200)
    rig.time.advance(1_000)
    expect((await overUdp.request({ method: 'REGISTER', uri: 'sip:mine.example.com', callId: 'another', lines: flow(2) })).statusCode).toBe(200)
    expect(rig.switch.bindingsOf('alice-desk')).toHaveLength(2)
    const carol = await phone('carol-desk')
    void invite(carol, 'sip:2001@mine.example.com')
    const ringing = await overTcp.nextRequest()
    expect([ringing.method, overUdp.requests.length]).toEqual(['INVITE', 0])
    expect(ringing.from.uri.host).toBe('mine.example.com')
    overTcp.respond(ringing, '486 Busy Here', ['To: x'])
  })
})
