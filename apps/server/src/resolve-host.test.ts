import type { DnsLookup, SrvRecord } from '@dialtone/sip'
import { describe, expect, it } from 'vitest'
import { createHostResolver } from './resolve-host.ts'

const ADDRESSES: Readonly<Record<string, readonly string[]>> = {
  'carrier.example': ['192.0.2.1'],
  'first.carrier.example': ['192.0.2.20', '192.0.2.12'],
  'second.carrier.example': ['192.0.2.3'],
  'light.carrier.example': ['192.0.2.2'],
  'plain.example': ['192.0.2.9', '192.0.2.8'],
}
const SERVICES: Readonly<Record<string, readonly SrvRecord[]>> = {
  '_sip._udp.carrier.example': [
    { priority: 20, weight: 0, port: 5062, target: 'second.carrier.example' },
    { priority: 10, weight: 1, port: 5060, target: 'light.carrier.example' },
    { priority: 10, weight: 90, port: 5070, target: 'first.carrier.example' },
  ],
  '_sips._tcp.carrier.example': [{ priority: 1, weight: 1, port: 5071, target: 'second.carrier.example' }],
}

/** A name server that gives every answer the other way round than the one before. */
function turningLookup(): DnsLookup {
  let isTurned = false
  const answer = <One>(records: readonly One[] = []) => {
    isTurned = !isTurned
    return Promise.resolve({ records: isTurned ? records.toReversed() : records, ttlSeconds: 0 })
  }
  return {
    naptr: () => answer<never>(),
    srv: (name) => answer(SERVICES[name]),
    addresses: (name, family) => answer(family === 4 ? ADDRESSES[name] : ['2001:db8::1']),
  }
}

describe('the name of a carrier (RFC 3263)', () => {
  const resolve = createHostResolver({ hasIpv6: false, lookup: turningLookup() })

  it('leads where its SRV records say, with the part each has in the calls, the same every time (RFC 2782)', async () => {
    const [heavy, light, last] = [
      { service: 0, priority: 10, weight: 90 },
      { service: 1, priority: 10, weight: 1 },
      { service: 2, priority: 20, weight: 0 },
    ]
    for (let time = 0; time < 5; time++) {
      expect(await resolve('carrier.example', 5060, 'udp')).toEqual([
        { address: '192.0.2.12', port: 5070, share: heavy },
        { address: '192.0.2.20', port: 5070, share: heavy },
        { address: '192.0.2.2', port: 5060, share: light },
        { address: '192.0.2.3', port: 5062, share: last },
      ])
    }
    expect(await resolve('carrier.example', 5061, 'tls')).toEqual([{ address: '192.0.2.3', port: 5071 }])
  })

  it('with a port of its own, or without SRV records, leads to its addresses', async () => {
    expect(await resolve('carrier.example', 5080, 'udp')).toEqual([{ address: '192.0.2.1', port: 5080 }])
    for (let time = 0; time < 2; time++)
      expect(await resolve('plain.example', 5060, 'udp')).toEqual(['192.0.2.8', '192.0.2.9'].map((address) => ({ address, port: 5060 })))
  })

  it('leads to addresses of IPv6 where the server has one', async () => {
    const both = createHostResolver({ hasIpv6: true, lookup: turningLookup() })
    expect(await both('carrier.example', 5080, 'udp')).toEqual(['192.0.2.1', '2001:db8::1'].map((address) => ({ address, port: 5080 })))
  })
})
