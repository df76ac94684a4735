import { describe, expect, it } from 'vitest'
import { parseVia, type Via } from '../message/index.ts'
import { isDestination, isPrivateAddress, numericAddressOf } from './numeric-address.ts'
import { responseDestination } from './response-destination.ts'

const UDP = { transport: 'udp', address: '198.51.100.7', port: 40_000 } as const
const TCP = { transport: 'tcp', address: '198.51.100.7', port: 40_000, connectionId: 'tcp-1' } as const

function via(text: string): Via {
  const parsed = parseVia(text)
  if (parsed === undefined) throw new Error(`not a Via: ${text}`)
  return parsed
}

describe('where a response goes (RFC 3261 18.2.2)', () => {
  it('goes to the source port when the client asked with rport (RFC 3581 4)', () => {
    expect(responseDestination(via('SIP/2.0/UDP 10.0.0.5:5060;rport;branch=z9hG4bK1'), UDP)).toBe(UDP)
  })

  it('goes to the source address and the port of sent-by otherwise', () => {
    expect(responseDestination(via('SIP/2.0/UDP host.example.com:5062;branch=z9hG4bK1'), UDP)).toEqual({ ...UDP, port: 5062 })
    expect(responseDestination(via('SIP/2.0/UDP host.example.com;branch=z9hG4bK1'), UDP)).toEqual({ ...UDP, port: 5060 })
  })

  it('goes to the source port of a client behind a NAT that knows nothing of rport: its port inside means nothing out here (RFC 3581 1)', () => {
    expect(responseDestination(via('SIP/2.0/UDP 10.0.0.5:5062;branch=z9hG4bK1'), UDP)).toBe(UDP)
    const inside = { ...UDP, address: '192.168.1.9' }
    expect(responseDestination(via('SIP/2.0/UDP 10.0.0.5:5062;branch=z9hG4bK1'), inside)).toEqual({ ...inside, port: 5062 })
  })

  it('never follows maddr or a received of the client: nobody aims our answers at others (RFC 4475 3.3.10)', () => {
    const sly = via('SIP/2.0/UDP 255.255.255.255:5062;maddr=192.0.2.99;received=192.0.2.98;branch=z9hG4bK1')
    expect(responseDestination(sly, UDP).address).toBe('198.51.100.7')
  })

  it('goes back over the connection, or to where the peer listens when that is closed', () => {
    expect(responseDestination(via('SIP/2.0/TCP 10.0.0.5:5071;branch=z9hG4bK1'), TCP)).toEqual({ ...TCP, port: 5071 })
  })
})

describe('numeric addresses', () => {
  it('takes IPv6 out of its brackets and knows names from addresses', () => {
    expect([numericAddressOf('[2001:db8::1]'), numericAddressOf('192.0.2.1'), numericAddressOf('example.com')]).toEqual(['2001:db8::1', '192.0.2.1', undefined])
  })

  it('sends nothing to broadcast, multicast, names or impossible ports (RFC 4475 3.3.10)', () => {
    for (const address of ['255.255.255.255', '224.0.1.75', '0.0.0.0', 'ff02::1', '::', 'example.com', '']) expect(isDestination(address, 5060)).toBe(false)
    for (const port of [0, 65_536, -1, Number.NaN]) expect(isDestination('192.0.2.1', port)).toBe(false)
    expect([isDestination('192.0.2.1', 5060), isDestination('2001:db8::1', 1)]).toEqual([true, true])
  })

  it('knows the addresses that mean nothing outside', () => {
    for (const address of ['10.1.2.3', '192.168.1.1', '172.31.0.1', '100.64.0.1', '127.0.0.1', 'fd00::1', '::1']) expect(isPrivateAddress(address)).toBe(true)
    for (const address of ['172.32.0.1', '8.8.8.8', '2001:db8::1', 'example.com']) expect(isPrivateAddress(address)).toBe(false)
  })
})
