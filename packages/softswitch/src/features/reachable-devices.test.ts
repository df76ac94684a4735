import { describe, expect, it } from 'vitest'
import type { StoredBinding } from '../ports/registration-store.ts'
import { reachableDevices } from './reachable-devices.ts'

function binding(contactUri: string, changes: Partial<StoredBinding> = {}): StoredBinding {
  return {
    lineId: 'line-1',
    accountId: 'account-1',
    partitionId: 'partition-1',
    contactUri,
    receivedFrom: { transport: 'udp', address: '10.0.0.5', port: 5060 },
    callId: 'call-1',
    cseq: 1,
    expiresAtMs: 1_000,
    userAgent: '',
    registeredAtMs: 0,
    transport: 'udp',
    ...changes,
  }
}

describe('reachableDevices', () => {
  it('are asked in the order of their q, one without q among the best; equal ones as they registered (RFC 3261 16.6)', () => {
    const bindings = [binding('sip:c', { q: '0.2' }), binding('sip:a'), binding('sip:b', { q: '0.9' }), binding('sip:d', { q: '0.2' })]
    expect(reachableDevices(bindings).map((device) => device.binding.contactUri)).toEqual(['sip:a', 'sip:b', 'sip:c', 'sip:d'])
  })

  it('a device with two flows rings once, over the newer one, with the other at hand (RFC 5626 6)', () => {
    const phone = { instanceId: '<urn:uuid:1>' }
    const old = { transport: 'tcp', address: '10.0.0.5', port: 1, connectionId: 'tcp-1' } as const
    const bindings = [
      binding('sip:a;ob', { ...phone, regId: 1, receivedFrom: old }),
      binding('sip:a;x;ob', { ...phone, regId: 2, expiresAtMs: 2_000 }),
      binding('sip:other', { instanceId: '<urn:uuid:2>', regId: 1 }),
    ]
    expect(reachableDevices(bindings).map((device) => [device.binding.contactUri, device.alternatives])).toEqual([
      ['sip:a;x;ob', [old]],
      ['sip:other', []],
    ])
  })

  it('of its flows the transport that its domain likes best comes before the newer one (S3-73)', () => {
    const flow = (regId: number, changes: Partial<StoredBinding>) => binding(`sip:${regId}`, { instanceId: '<urn:uuid:1>', regId, ...changes })
    const [device] = reachableDevices([flow(1, { expiresAtMs: 3_000 }), flow(2, { isPreferredWay: true }), flow(3, { expiresAtMs: 2_000 })])
    expect(device?.binding.contactUri).toBe('sip:2')
  })

  it('two contacts of one device without reg-id both ring: it did not say they are flows', () => {
    const phone = { instanceId: '<urn:uuid:1>' }
    expect(reachableDevices([binding('sip:a', phone), binding('sip:b', phone)]).length).toBe(2)
  })
})
