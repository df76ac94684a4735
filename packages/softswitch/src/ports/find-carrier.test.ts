import { describe, expect, it } from 'vitest'
import { carrierPretended, findCarrier, type RequestSource } from './find-carrier.ts'
import type { CarrierPeer } from './switch-directory.ts'

const ADDRESS = '192.0.2.10'
const carrier = (more: Partial<CarrierPeer>): CarrierPeer => ({
  ...{ id: 'tls', name: 'TLS', partitionId: undefined, address: ADDRESS, port: 5061, transport: 'tls', emergency: false, serverName: 'sip.carrier.example' },
  ...more,
})
const from = (more: Partial<RequestSource> = {}): RequestSource => ({ transport: 'tls', address: ADDRESS, port: 40_000, ...more })
const THEIRS = ['sip.carrier.example']
const ELSEWHERE = '198.51.100.7'

/** What is shown, from where, and for whom it is taken with each setting. */
describe('a carrier over TLS is known by its certificate (RFC 5922 7.3)', () => {
  it.each([
    ['its own', from({ certificateNames: THEIRS }), { optional: true, required: true, ignored: true }],
    ['its own, from elsewhere', from({ certificateNames: THEIRS, address: ELSEWHERE }), { optional: true, required: true, ignored: false }],
    ['that of another', from({ certificateNames: ['other.example'] }), { optional: false, required: false, ignored: true }],
    ['one that nobody vouches for', from({ certificateNames: [] }), { optional: false, required: false, ignored: true }],
    ['none', from(), { optional: true, required: false, ignored: true }],
    ['none, from elsewhere', from({ address: ELSEWHERE }), { optional: false, required: false, ignored: false }],
    ['nothing, over UDP', from({ transport: 'udp', port: 5061 }), { optional: true, required: false, ignored: true }],
    [
      'names it could not have shown over UDP',
      from({ transport: 'udp', port: 5061, certificateNames: THEIRS }),
      { optional: true, required: false, ignored: true },
    ],
  ] as const)('%s', (_, source, expected) => {
    const isTaken = (peerCertificate: CarrierPeer['peerCertificate']) => findCarrier([carrier({ peerCertificate })], source) !== undefined
    expect({ optional: isTaken('optional'), required: isTaken('required'), ignored: isTaken('ignored') }).toEqual(expected)
    expect(isTaken(undefined)).toBe(expected.optional)
  })

  it('by an address where it has no name, and over nothing but TLS', () => {
    const named = from({ certificateNames: [ADDRESS], address: ELSEWHERE })
    expect(findCarrier([carrier({ serverName: undefined })], named)?.id).toBe('tls')
    expect(findCarrier([carrier({ serverName: undefined, targets: [{ id: 'b', address: '192.0.2.11', port: 5061 }] })], named)).toBeUndefined()
    expect(findCarrier([carrier({ transport: 'tcp' })], from({ certificateNames: ['other.example'] }))?.id).toBe('tls')
  })

  it('tells who is at its address and does not prove to be it', () => {
    const required = [carrier({ peerCertificate: 'required' })]
    expect(carrierPretended(required, from())?.id).toBe('tls')
    expect(carrierPretended(required, from({ certificateNames: THEIRS }))).toBeUndefined()
    expect(carrierPretended(required, from({ address: ELSEWHERE }))).toBeUndefined()
  })
})
