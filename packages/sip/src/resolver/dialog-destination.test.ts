import { describe, expect, it } from 'vitest'
import { dialogDestination as destinationOf } from './dialog-destination.ts'
import type { RemoteAddress } from '../transport/index.ts'

const PHONE = { transport: 'udp', address: '203.0.113.9', port: 31_000 } as const

const OWN = { address: '192.168.1.2', port: 5060 }
const dialogDestination = (nextHop: string, heardFrom: RemoteAddress): RemoteAddress =>
  destinationOf(nextHop, heardFrom, ({ address, port }) => address === OWN.address && port === OWN.port)

describe('where requests inside a dialog go (RFC 3261 12.2.1.1)', () => {
  it('follows the Contact or route of a peer on the open network', () => {
    expect(dialogDestination('sip:media@198.51.100.4:5066', PHONE)).toEqual({ transport: 'udp', address: '198.51.100.4', port: 5066 })
    expect(dialogDestination('sip:198.51.100.4;lr;transport=tcp', PHONE)).toEqual({ transport: 'tcp', address: '198.51.100.4', port: 5060 })
  })

  it('stays with where a peer behind NAT was heard from', () => {
    expect(dialogDestination('sip:alice@192.168.1.20:5060', PHONE)).toBe(PHONE)
  })

  it('stays with the transport that has worked when the place is the same', () => {
    const reached = { transport: 'tcp', address: '198.51.100.4', port: 5060 } as const
    expect(dialogDestination('sip:bob@198.51.100.4:5060;transport=udp', reached)).toBe(reached)
    expect(dialogDestination('sip:bob@198.51.100.4:5062;transport=udp', reached)).toEqual({ transport: 'udp', address: '198.51.100.4', port: 5062 })
  })

  it('follows private addresses within a private network', () => {
    const neighbour = { transport: 'udp', address: '192.168.1.20', port: 5060 } as const
    expect(dialogDestination('sip:alice@192.168.1.21', neighbour)).toEqual({ transport: 'udp', address: '192.168.1.21', port: 5060 })
  })

  it.each([
    'sip:x@127.0.0.1:5432',
    'sip:x@127.9.9.9;transport=tcp',
    'sip:x@[::1]:8080;transport=tcp',
    'sip:x@[0:0:0:0:0:0:0:1]:8080',
    'sip:x@[::ffff:127.0.0.1]:5432',
    'sip:x@[::ffff:7f00:1]:5432',
    'sip:x@169.254.169.254:80;transport=tcp',
    'sip:x@[::ffff:a9fe:a9fe]:80',
    'sip:x@[FE80::1]:5060',
    'sips:x@127.0.0.1:443',
    'sip:x@192.168.1.2:5060;transport=tcp',
  ])('a peer of the same network aims nothing at this machine, its cable or ourselves: %s', (uri) => {
    for (const address of ['192.168.1.20', 'fd00::20']) {
      const neighbour = { transport: 'udp', address, port: 5060 } as const
      expect(dialogDestination(uri, neighbour)).toBe(neighbour)
    }
  })

  it('follows a peer that is there itself', () => {
    const onCable = { transport: 'udp', address: '169.254.7.7', port: 5060 } as const
    expect(dialogDestination('sip:x@169.254.8.8:5070', onCable)).toEqual({ transport: 'udp', address: '169.254.8.8', port: 5070 })
    expect(dialogDestination('sip:x@192.168.1.2:5070', { ...onCable, address: '192.168.1.20' })).toMatchObject({ address: '192.168.1.2', port: 5070 })
  })

  it('never waits for DNS and sends nothing to broadcast addresses', () => {
    for (const uri of ['sip:alice@example.com', 'sip:alice@255.255.255.255', 'tel:+18015551212', 'junk']) {
      expect(dialogDestination(uri, PHONE)).toBe(PHONE)
    }
  })

  it('stays with a peer on this machine whose Contact is the address others reach it at', () => {
    // Such as the sandbox and a switch behind NAT: the machine cannot reach its own public address.
    const ownMachine = { transport: 'udp', address: '127.0.0.1', port: 5060 } as const
    expect(dialogDestination('sip:switch@203.0.113.1:5060', ownMachine)).toBe(ownMachine)
    expect(dialogDestination('sip:switch@10.1.1.1:5060', ownMachine)).toBe(ownMachine)
    expect(dialogDestination('sip:other@127.0.0.1:5080', ownMachine)).toEqual({ ...ownMachine, port: 5080 })
    expect(dialogDestination('sip:other@[::1]:5080', { ...ownMachine, address: '::1' })).toEqual({ transport: 'udp', address: '::1', port: 5080 })
  })

  it('reaches a browser over its WebSocket alone, whatever it wrote (RFC 7118 5, RFC 5626 5.3)', () => {
    const browser = { transport: 'wss', address: '203.0.113.9', port: 31_000, connectionId: 'wss-3' } as const
    for (const host of ['df7jal23ls0d.invalid', '198.51.100.4:5062', '203.0.113.9']) {
      expect(dialogDestination(`sip:alice@${host};transport=ws`, browser)).toBe(browser)
    }
  })

  it('goes to a sips target over TLS, at its own default port (RFC 3261 26.2.2, RFC 3263 4.2)', () => {
    expect(dialogDestination('sips:alice@198.51.100.4', PHONE)).toEqual({ transport: 'tls', address: '198.51.100.4', port: 5061 })
    const inClear = { transport: 'tcp', address: '198.51.100.4', port: 5061, connectionId: 'tcp-3' } as const
    expect(dialogDestination('sips:alice@198.51.100.4', inClear)).toEqual({ transport: 'tls', address: '198.51.100.4', port: 5061 })
    const flow = { transport: 'tls', address: '203.0.113.9', port: 31_000, connectionId: 'tls-3' } as const
    expect(dialogDestination('sips:alice@203.0.113.9:5063', flow)).toEqual({ ...flow, port: 5063 })
    expect(dialogDestination('sip:alice@203.0.113.9:5063;transport=tls', flow)).toEqual({ ...flow, port: 5063 })
  })

  it('prefers the connection the peer opened, and has its listening port for when that is closed (RFC 5923)', () => {
    const flow = { transport: 'tcp', address: '203.0.113.9', port: 31_000, connectionId: 'tcp-3' } as const
    expect(dialogDestination('sip:alice@203.0.113.9:5062', flow)).toEqual({ transport: 'tcp', address: '203.0.113.9', port: 5062, connectionId: 'tcp-3' })
    expect(dialogDestination('sip:alice@10.0.0.9:5062', flow)).toBe(flow)
  })
})
