import { ManualTime } from '@dialtone/foundation'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createResolver, createSystemLookup, parseUri, type Resolver, type ResolverOptions } from '../src/index.ts'
import { orderByWeight } from '../src/resolver/order-by-weight.ts'
import { NameServer } from './name-server.ts'
import { OFFER } from './raw-peer.ts'
import { LegWatch, StackHarness } from './stack-harness.ts'

let dns: NameServer
let time: ManualTime
let resolver: Resolver

beforeEach(async () => {
  dns = await NameServer.open()
  time = new ManualTime()
  resolver = make()
})
afterEach(() => dns.close())

function make(options: Partial<ResolverOptions> = {}): Resolver {
  const lookup = createSystemLookup({ servers: [dns.address], timeoutMs: 300, tries: 1 })
  return createResolver({ clock: time, lookup, families: [4], random: () => 0, ...options })
}

/** Such as `udp 192.0.2.1:5060`, with the name of a certificate behind. */
async function find(text: string, from = resolver): Promise<readonly string[]> {
  const uri = parseUri(text)
  if (uri === undefined) throw new Error(`not a URI: ${text}`)
  const found = await from.resolve(uri)
  return found.map(({ transport, address, port, serverName }) => `${transport} ${address}:${port}${serverName === undefined ? '' : ` ${serverName}`}`)
}

describe('where a URI is served (RFC 3263 4)', () => {
  it('needs no DNS for an address: UDP, for sips TLS, or what the URI says (4.1)', async () => {
    expect(await find('sip:192.0.2.1')).toEqual(['udp 192.0.2.1:5060'])
    expect(await find('sips:192.0.2.1')).toEqual(['tls 192.0.2.1:5061'])
    expect(await find('sip:[2001:db8::1]:5070;transport=TCP')).toEqual(['tcp 2001:db8::1:5070'])
    expect(await find('sips:192.0.2.1;transport=tcp')).toEqual(['tls 192.0.2.1:5061'])
    expect(dns.questions).toEqual([])
  })

  it('asks for addresses only when a port is given: UDP, for sips TLS (4.1, 4.2)', async () => {
    dns.a('a.test', '192.0.2.1')
    dns.a('a.test', '192.0.2.2')
    expect((await find('sip:a.test:5070')).toSorted()).toEqual(['udp 192.0.2.1:5070', 'udp 192.0.2.2:5070'])
    expect((await find('sips:a.test:5070')).toSorted()).toEqual(['tls 192.0.2.1:5070 a.test', 'tls 192.0.2.2:5070 a.test'])
    expect(await find('sip:a.test:5070;transport=tcp')).toHaveLength(2)
    expect(dns.questions).toEqual(['A a.test'])
  })

  it('asks for the SRV records of the transport that is given (4.2), and for addresses where there are none', async () => {
    dns.srv('_sip._tcp.a.test', '10 0 5080 one.a.test')
    dns.a('one.a.test', '192.0.2.1')
    dns.a('a.test', '192.0.2.9')
    expect(await find('sip:a.test;transport=tcp')).toEqual(['tcp 192.0.2.1:5080'])
    expect(await find('sip:a.test;transport=udp')).toEqual(['udp 192.0.2.9:5060'])
    expect(dns.questions.some((question) => question.startsWith('NAPTR'))).toBe(false)
  })

  it('follows what the domain prefers by NAPTR, in order and preference (4.1)', async () => {
    dns.naptr('a.test', '60 10 s SIP+D2U _sip._udp.a.test')
    dns.naptr('a.test', '50 60 s SIP+D2T _sip._tcp.a.test')
    dns.naptr('a.test', '50 50 s SIPS+D2T _sips._tcp.elsewhere.test')
    // Flag a: its replacement is a host, which 4.1 does not know.
    dns.naptr('a.test', '30 10 a SIP+D2U _sip._tcp.a.test')
    dns.naptr('a.test', '40 10 s SIP+D2S _sip._sctp.a.test')
    dns.naptr('a.test', '40 20 u E2U+sip unrelated.test')
    dns.srv('_sip._udp.a.test', '10 0 5060 one.a.test')
    dns.srv('_sip._tcp.a.test', '10 0 5060 one.a.test')
    dns.srv('_sips._tcp.elsewhere.test', '10 0 5061 two.elsewhere.test')
    dns.a('one.a.test', '192.0.2.1')
    dns.a('two.elsewhere.test', '192.0.2.2')
    // RFC 5922 4: the certificate is for the domain of the URI, whoever serves it.
    expect(await find('sip:a.test')).toEqual(['tls 192.0.2.2:5061 a.test', 'tcp 192.0.2.1:5060', 'udp 192.0.2.1:5060'])
    expect(await find('sips:a.test')).toEqual(['tls 192.0.2.2:5061 a.test'])
    expect(await find('sip:a.test', make({ transports: ['udp', 'tcp'] }))).toEqual(['tcp 192.0.2.1:5060', 'udp 192.0.2.1:5060'])
  })

  it('without NAPTR takes the SRV records of every transport, and without those UDP, or for sips TLS, at the default port (4.1, 4.2)', async () => {
    dns.srv('_sip._tcp.a.test', '10 0 5060 one.a.test')
    dns.srv('_sips._tcp.a.test', '10 0 5061 one.a.test')
    dns.a('one.a.test', '192.0.2.1')
    dns.a('b.test', '192.0.2.2')
    expect(await find('sip:a.test')).toEqual(['tcp 192.0.2.1:5060', 'tls 192.0.2.1:5061 a.test'])
    expect(await find('sips:a.test')).toEqual(['tls 192.0.2.1:5061 a.test'])
    expect([await find('sip:b.test'), await find('sips:b.test')]).toEqual([['udp 192.0.2.2:5060'], ['tls 192.0.2.2:5061 b.test']])
    // RFC 3261 26.2.2: who speaks no TLS reaches nobody, rather than somebody in clear.
    expect(await find('sips:b.test', make({ transports: ['udp', 'tcp'] }))).toEqual([])
  })

  it('orders by priority and by chance within it, and takes "." for no (RFC 2782)', async () => {
    dns.srv('_sip._udp.a.test', '20 0 5060 last.a.test')
    dns.srv('_sip._udp.a.test', '10 9 5060 often.a.test')
    dns.srv('_sip._udp.a.test', '10 0 5060 rare.a.test')
    dns.srv('_sip._udp.b.test', '0 0 0 .')
    for (const [index, host] of ['last', 'rare', 'often'].entries()) dns.a(`${host}.a.test`, `192.0.2.${index}`)
    dns.a('b.test', '192.0.2.9')
    const addresses = async (random: number): Promise<string> => (await find('sip:a.test;transport=udp', make({ random: () => random }))).join(', ')
    expect(await addresses(0)).toBe('udp 192.0.2.1:5060, udp 192.0.2.2:5060, udp 192.0.2.0:5060')
    expect(await addresses(0.99)).toBe('udp 192.0.2.2:5060, udp 192.0.2.1:5060, udp 192.0.2.0:5060')
    expect(await find('sip:b.test;transport=udp')).toEqual([])
  })

  it('tells of what is drawn, for who draws for each call: one transport after the other, with priorities and weights (RFC 2782)', async () => {
    dns.srv('_sip._udp.a.test', '20 0 5060 one.a.test')
    dns.srv('_sip._udp.a.test', '10 9 5060 two.a.test')
    dns.srv('_sip._tcp.a.test', '5 1 5070 one.a.test')
    dns.srv('_sips._tcp.a.test', '0 0 0 .')
    for (const [index, host] of ['one', 'two'].entries()) dns.a(`${host}.a.test`, `192.0.2.${index}`)
    const uri = parseUri('sip:a.test')
    if (uri === undefined) throw new Error('not a URI')
    const services = (await resolver.servicesOf(uri)).toSorted((one, other) => one.priority - other.priority)
    const described = services.map(({ priority, weight, destinations }) => [
      priority,
      weight,
      destinations.map(({ transport, address }) => `${transport} ${address}`),
    ])
    expect(described).toEqual([
      [10, 9, ['udp 192.0.2.1']],
      [20, 0, ['udp 192.0.2.0']],
      [65_536 + 5, 1, ['tcp 192.0.2.0']],
    ])
  })

  it('finds IPv6 addresses too', async () => {
    dns.a('a.test', '192.0.2.1')
    dns.aaaa('a.test', '2001:db8:0:0:0:0:0:1')
    expect(await find('sip:a.test:5060', make({ families: [6, 4] }))).toEqual(['udp 2001:db8::1:5060', 'udp 192.0.2.1:5060'])
  })

  it('leads nowhere for WebSockets, unknown transports, other schemes and addresses that are nobody', async () => {
    dns.a('a.test', '255.255.255.255')
    for (const uri of [
      'sip:a.test;transport=ws',
      'sip:a.test;transport=sctp',
      'tel:+18015551212',
      'sip:a.test:5060',
      'sip:nothing.test',
      `sip:${'a.'.repeat(200)}test`,
    ]) {
      expect(await find(uri)).toEqual([])
    }
  })
})

describe('a call to a name', () => {
  it('goes to the next server when the first one is not there (4.3)', async () => {
    const harness = new StackHarness()
    const [caller, callee] = [await harness.stack(), await harness.stack()]
    callee.stack.onInvite((invite) => invite.reject(486))
    dns.naptr('a.test', '10 10 s SIP+D2T _sip._tcp.a.test')
    dns.naptr('a.test', '20 10 s SIP+D2U _sip._udp.a.test')
    // Port 1 of this machine: nobody listens there.
    dns.srv('_sip._tcp.a.test', '10 0 1 one.a.test')
    dns.srv('_sip._udp.a.test', `10 0 ${callee.udp.port} one.a.test`)
    dns.a('one.a.test', '127.0.0.1')
    const uri = parseUri('sip:bob@a.test')
    const [to, ...alternatives] = uri === undefined ? [] : await resolver.resolve(uri)
    if (to === undefined) throw new Error('nobody serves a.test')
    expect([to.transport, to.port]).toEqual(['tcp', 1])
    const out = caller.stack.invite({ uri: 'sip:bob@a.test', to, alternatives, from: '<sip:a@test>', toHeader: '<sip:b@test>', headers: [], body: OFFER })
    expect(await new LegWatch(out.leg).next('rejected')).toMatchObject({ statusCode: 486 })
    await harness.close()
  })
})

describe('what is remembered', () => {
  it('answers as long as their TTL says, empty ones too, and asks once for all who ask at the same time', async () => {
    dns.a('a.test', '192.0.2.1', 10)
    await Promise.all([find('sip:a.test:5060'), find('sip:a.test:5060'), find('sip:none.test:5060'), find('sip:none.test:5060')])
    expect(dns.questions.toSorted()).toEqual(['A a.test', 'A none.test'])
    time.advance(9_999)
    await Promise.all([find('sip:a.test:5060'), find('sip:none.test:5060')])
    expect(dns.questions).toHaveLength(2)
    time.advance(2)
    await Promise.all([find('sip:a.test:5060'), find('sip:none.test:5060')])
    expect(dns.questions).toHaveLength(3)
    time.advance(30_000)
    await find('sip:none.test:5060')
    expect(dns.questions).toHaveLength(4)
  })

  it('which places failed: they come last until a while has passed (4.3)', async () => {
    dns.srv('_sip._udp.a.test', '10 0 5060 one.a.test')
    dns.srv('_sip._udp.a.test', '20 0 5060 two.a.test')
    dns.a('one.a.test', '192.0.2.1')
    dns.a('two.a.test', '192.0.2.2')
    const before = await find('sip:a.test;transport=udp')
    resolver.reportFailure({ transport: 'udp', address: '192.0.2.1', port: 5060 })
    expect(await find('sip:a.test;transport=udp')).toEqual(before.toReversed())
    time.advance(60_000)
    expect(await find('sip:a.test;transport=udp')).toEqual(before)
  })
})

describe('a name server in trouble', () => {
  it('that fails or says nothing leads nowhere, and is not asked the same for a moment', async () => {
    dns.failing.add('bad.test')
    dns.silent.add('dumb.test')
    expect([await find('sip:bad.test:5060'), await find('sip:dumb.test:5060')]).toEqual([[], []])
    const asked = dns.questions.length
    expect(await find('sip:bad.test:5060')).toEqual([])
    expect(dns.questions).toHaveLength(asked)
    dns.failing.clear()
    dns.a('bad.test', '192.0.2.1')
    time.advance(5_001)
    expect(await find('sip:bad.test:5060')).toEqual(['udp 192.0.2.1:5060'])
  })

  it('does not keep anybody waiting for more than five seconds', async () => {
    const never = new Promise<never>(() => undefined)
    const slow = createResolver({ clock: time, timers: time, lookup: { naptr: () => never, srv: () => never, addresses: () => never } })
    const found = find('sip:a.test', slow)
    time.advance(5_000)
    expect(await found).toEqual([])
  })
})

describe('the choice by weight (RFC 2782)', () => {
  it('gives each target its share', () => {
    const records = [10, 30, 60].map((weight) => ({ priority: 0, weight, port: 5060, target: String(weight) }))
    const firsts = new Map<string, number>()
    for (let turn = 0; turn < 1000; turn++) {
      const first = orderByWeight(records, () => turn / 1000)[0]?.target ?? ''
      firsts.set(first, (firsts.get(first) ?? 0) + 1)
    }
    for (const weight of [10, 30, 60]) expect(Math.abs((firsts.get(String(weight)) ?? 0) / 10 - weight)).toBeLessThan(2)
  })
})
