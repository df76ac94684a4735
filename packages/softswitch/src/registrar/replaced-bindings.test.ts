import { parseUri } from '@dialtone/sip'
import type { RemoteAddress, TransportName } from '@dialtone/sip'
import { describe, expect, it } from 'vitest'
import type { StoredBinding } from '../ports/registration-store.ts'
import { decideRegistration } from './decide-registration.ts'
import type { RegistrationRequest, RequestedContact } from './decide-registration.ts'

const NOW = 1_700_000_000_000
const LIMITS = { minExpiresSeconds: 60, maxExpiresSeconds: 3600, defaultExpiresSeconds: 1800, maxContactsPerLine: 3 }
const PHONE = '<urn:uuid:00000000-0000-1000-8000-000a95a0e128>'
const OTHER_PHONE = '<urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6>'

const at = (port: number, address = '203.0.113.9'): RemoteAddress => ({ transport: 'udp', address, port })

function contact(uriText: string, options: { instanceId?: string; regId?: number; expires?: string } = {}): RequestedContact {
  const uri = parseUri(uriText)
  if (uri === undefined) throw new Error(`no URI: ${uriText}`)
  return { uriText, uri, expires: options.expires, q: undefined, instanceId: options.instanceId, regId: options.regId }
}

let cseq = 0

function register(bindings: readonly StoredBinding[], contacts: readonly RequestedContact[], changes: Partial<RegistrationRequest> = {}) {
  const identity = { lineId: 'line-1', accountId: 'account-1', partitionId: 'partition-1', userAgent: 'phone', isStar: false, expires: undefined, path: [] }
  const decision = decideRegistration(bindings, { ...identity, contacts, callId: 'call-1', cseq: ++cseq, source: at(40_000), ...changes }, LIMITS, NOW)
  if (decision.kind === 'refused') throw new Error(`refused with ${decision.statusCode}`)
  return decision
}

const uris = (bindings: readonly StoredBinding[]): readonly string[] => bindings.map((binding) => binding.contactUri)

describe('one phone has one binding', () => {
  it('a phone behind a NAT that got another port keeps one binding: same contact, called at the new port (RFC 3581, 10.3 step 7)', () => {
    const first = register([], [contact('sip:alice@192.168.1.2:5060')], { source: at(40_000) })
    const second = register(first.bindings, [contact('sip:alice@192.168.1.2:5060')], { source: at(40_017) })
    expect(second.bindings.map((binding) => binding.receivedFrom.port)).toEqual([40_017])
    expect(second.changes.map((change) => change.kind)).toEqual(['put'])
  })

  it('a phone that writes its outside address into its contact replaces it when the NAT moves it, and the store forgets the old one', () => {
    const first = register([], [contact('sip:alice@203.0.113.9:40000')], { source: at(40_000) })
    const moved = register(first.bindings, [contact('sip:alice@198.51.100.4:41000')], { source: at(41_000, '198.51.100.4') })
    expect(uris(moved.bindings)).toEqual(['sip:alice@198.51.100.4:41000'])
    expect(moved.changes).toMatchObject([{ kind: 'remove', contactUri: 'sip:alice@203.0.113.9:40000' }, { kind: 'put' }])
  })

  it.each([
    ['another Call-ID: another phone behind the same NAT', { callId: 'call-2' }, 'sip:alice@203.0.113.9:40017'],
    ['another user part', {}, 'sip:other@203.0.113.9:40017'],
    ['a contact that is not where it came from', {}, 'sip:alice@10.0.0.9:40017'],
  ])('but not with %s', (_what, changes, uri) => {
    const first = register([], [contact('sip:alice@203.0.113.9:40000')], { source: at(40_000) })
    const second = register(first.bindings, [contact(uri)], { source: at(40_017), ...changes })
    expect(second.bindings.length).toBe(2)
  })

  it('a device that says which it is replaces its binding, whatever contact and Call-ID it has after a reboot (RFC 5626 6)', () => {
    const first = register([], [contact('sip:x7@abc.invalid;transport=ws', { instanceId: PHONE })])
    const rebooted = register(first.bindings, [contact('sip:k2@def.invalid;transport=ws', { instanceId: PHONE })], { callId: 'after-reboot' })
    expect(uris(rebooted.bindings)).toEqual(['sip:k2@def.invalid;transport=ws'])
    const neighbour = register(rebooted.bindings, [contact('sip:z9@ghi.invalid;transport=ws', { instanceId: OTHER_PHONE })], { callId: 'call-3' })
    expect(neighbour.bindings.length).toBe(2)
  })

  it('flows of one device stand beside each other by reg-id; a new flow replaces the one of its number (RFC 5626 6)', () => {
    const one = register([], [contact('sip:a@10.0.0.1;ob', { instanceId: PHONE, regId: 1 })])
    const two = register(one.bindings, [contact('sip:a@10.0.0.1;ob', { instanceId: PHONE, regId: 2 })], { callId: 'call-2' })
    expect(two.bindings.map((binding) => binding.regId)).toEqual([1, 2])
    const again = register(two.bindings, [contact('sip:a@10.0.0.2:6000;ob', { instanceId: PHONE, regId: 1 })], { callId: 'call-3' })
    expect(again.bindings.map((binding) => [binding.regId, binding.contactUri])).toEqual([
      [2, 'sip:a@10.0.0.1;ob'],
      [1, 'sip:a@10.0.0.2:6000;ob'],
    ])
    const single = register(again.bindings, [contact('sip:a@10.0.0.3', { instanceId: PHONE })], { callId: 'call-4' })
    expect(uris(single.bindings)).toEqual(['sip:a@10.0.0.3'])
  })

  it('a device takes itself away by Expires 0 even when its contact has changed', () => {
    const first = register([], [contact('sip:x7@abc.invalid', { instanceId: PHONE })])
    const gone = register(first.bindings, [contact('sip:k2@def.invalid', { instanceId: PHONE, expires: '0' })], { callId: 'call-2' })
    expect(gone).toMatchObject({ bindings: [], changes: [{ kind: 'remove', contactUri: 'sip:x7@abc.invalid' }] })
  })

  it('several contacts of one request stay, whatever they have in common; the same one twice is one (RFC 3261 10.2.1)', () => {
    const both = register([], [contact('sip:a@10.0.0.1', { instanceId: PHONE }), contact('sip:a@10.0.0.1;transport=tcp', { instanceId: PHONE })])
    expect(both.bindings.length).toBe(2)
    expect(register([], [contact('sip:a@10.0.0.1'), contact('sip:a@10.0.0.1')]).bindings.length).toBe(1)
  })

  it('phones that reboot with new contacts never reach the limit of a line (10 reboots, limit 3)', () => {
    let bindings: readonly StoredBinding[] = []
    for (let boot = 0; boot < 10; boot++) {
      bindings = register(bindings, [contact(`sip:boot${boot}@10.0.0.1`, { instanceId: PHONE })], { callId: `boot-${boot}` }).bindings
    }
    expect(uris(bindings)).toEqual(['sip:boot9@10.0.0.1'])
  })

  it('one bad contact among good ones changes nothing (10.3 step 7: all or nothing)', () => {
    const before = register([], [contact('sip:a@10.0.0.1')]).bindings
    const decision = decideRegistration(
      before,
      {
        lineId: 'line-1',
        accountId: 'account-1',
        partitionId: 'partition-1',
        userAgent: '',
        isStar: false,
        expires: undefined,
        path: [],
        callId: 'call-1',
        cseq: ++cseq,
        source: at(40_000),
        contacts: [contact('sip:a@10.0.0.2'), contact('sip:a@10.0.0.1', { expires: '0' }), contact('sip:a@10.0.0.3', { expires: '7' })],
      },
      LIMITS,
      NOW,
    )
    expect(decision).toMatchObject({ kind: 'refused', statusCode: 423 })
  })
})

describe('which bindings end with their connection (RFC 5626 4.2.2)', () => {
  const source: RemoteAddress = { transport: 'tcp', address: '10.0.0.5', port: 51_111, connectionId: 'tcp-1' }
  const over = (transport: TransportName) => ({ source: { ...source, transport } })
  const flowBound = (given: RequestedContact, changes: Partial<RegistrationRequest> = {}) =>
    register([], [given], { source, ...changes }).bindings[0]?.flowBound ?? false

  it.each([
    ['TCP behind a NAT', contact('sip:a@192.168.1.2:5070;transport=tcp'), {}, true],
    ['TCP without NAT: it can be called back (RFC 5923)', contact('sip:a@10.0.0.5:5070;transport=tcp'), {}, false],
    ['TCP with a reg-id', contact('sip:a@10.0.0.5:5070;ob', { instanceId: PHONE, regId: 1 }), {}, true],
    ['TLS', contact('sips:a@10.0.0.5:5071'), over('tls'), true],
    ['WebSocket', contact('sip:x@abc.invalid;transport=ws'), over('ws'), true],
    ['UDP: it has no connection', contact('sip:a@192.168.1.2'), { source: at(40_000) }, false],
    ['a proxy next to us that can be connected to', contact('sip:a@192.168.1.2'), { path: ['<sip:10.0.0.5:5060;lr>'] }, false],
  ])('%s', (_what, given, changes, expected) => {
    expect(flowBound(given, changes)).toBe(expected)
  })

  it('a Path aims requests at nobody but the proxy the REGISTER came from (RFC 3327 5.3)', () => {
    const victim = register([], [contact('sip:a@192.168.1.2')], { path: ['<sip:198.51.100.99:5060;lr>'], source: at(5060, '10.0.0.5') }).bindings[0]
    expect(victim?.receivedFrom).toEqual(at(5060, '10.0.0.5'))
    const proxy = register([], [contact('sip:a@192.168.1.2')], { path: ['<sip:10.0.0.5:5080;lr>'], source: at(51_000, '10.0.0.5') }).bindings[0]
    expect([proxy?.receivedFrom.port, proxy?.path]).toEqual([5080, ['<sip:10.0.0.5:5080;lr>']])
  })
})
