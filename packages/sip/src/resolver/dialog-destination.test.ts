import { describe, expect, it } from 'vitest'
import { dialogDestination } from './dialog-destination.ts'

const PHONE = { transport: 'udp', address: '203.0.113.9', port: 31_000 } as const

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

  it('never waits for DNS and sends nothing to broadcast addresses', () => {
    for (const uri of ['sip:alice@example.com', 'sip:alice@255.255.255.255', 'sips:alice@198.51.100.4', 'tel:+18015551212', 'junk']) {
      expect(dialogDestination(uri, PHONE)).toBe(PHONE)
    }
  })

  it('prefers the connection the peer opened, and has its listening port for when that is closed (RFC 5923)', () => {
    const flow = { transport: 'tcp', address: '203.0.113.9', port: 31_000, connectionId: 'tcp-3' } as const
    expect(dialogDestination('sip:alice@203.0.113.9:5062', flow)).toEqual({ transport: 'tcp', address: '203.0.113.9', port: 5062, connectionId: 'tcp-3' })
    expect(dialogDestination('sip:alice@10.0.0.9:5062', flow)).toBe(flow)
  })
})
