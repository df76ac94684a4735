import { parseUri } from '@dialtone/sip'
import type { RemoteAddress } from '@dialtone/sip'
import { describe, expect, it } from 'vitest'
import type { StoredBinding } from '../ports/registration-store.ts'
import { contactHeaders } from './contact-headers.ts'
import { decideRegistration } from './decide-registration.ts'
import type { RegistrationDecision, RegistrationRequest, RequestedContact } from './decide-registration.ts'

const NOW = 1_700_000_000_000
const LIMITS = { minExpiresSeconds: 60, maxExpiresSeconds: 3600, defaultExpiresSeconds: 1800, maxContactsPerLine: 3 }
const SOURCE: RemoteAddress = { transport: 'udp', address: '203.0.113.9', port: 40_000 }

function contact(uriText: string, options: { expires?: string; q?: string; instanceId?: string; regId?: number } = {}): RequestedContact {
  const uri = parseUri(uriText)
  if (uri === undefined) throw new Error(`no URI: ${uriText}`)
  return { uriText, uri, expires: options.expires, q: options.q, instanceId: options.instanceId, regId: options.regId }
}

function request(changes: Partial<RegistrationRequest>): RegistrationRequest {
  const identity = { lineId: 'line-1', accountId: 'account-1', partitionId: 'partition-1', callId: 'call-1', cseq: 1, userAgent: 'phone', source: SOURCE }
  return { ...identity, contacts: [], isStar: false, expires: undefined, path: [], ...changes }
}

function accepted(decision: RegistrationDecision): readonly StoredBinding[] {
  if (decision.kind !== 'accepted') throw new Error(`refused with ${decision.statusCode} ${decision.reasonPhrase}`)
  return decision.bindings
}

const register = (bindings: readonly StoredBinding[], changes: Partial<RegistrationRequest>, nowMs = NOW) =>
  decideRegistration(bindings, request(changes), LIMITS, nowMs)

const bound = (...uris: string[]) => accepted(register([], { contacts: uris.map((uri) => contact(uri)) }))

describe('decideRegistration', () => {
  it('binds a contact to where the request came from (RFC 3261 10.3 step 7, RFC 3581)', () => {
    const decision = register([], { contacts: [contact('sip:alice@10.0.0.5:5060')], expires: '300' })
    expect(decision).toMatchObject({ kind: 'accepted', changes: [{ kind: 'put' }] })
    expect(accepted(decision)).toEqual([
      {
        lineId: 'line-1',
        accountId: 'account-1',
        partitionId: 'partition-1',
        contactUri: 'sip:alice@10.0.0.5:5060',
        receivedFrom: SOURCE,
        callId: 'call-1',
        cseq: 1,
        expiresAtMs: NOW + 300_000,
        userAgent: 'phone',
        registeredAtMs: NOW,
        transport: 'udp',
      },
    ])
  })

  it('takes one flow of one phone at a time, beside what it takes back (RFC 5626 6)', () => {
    const flow = (number: number, expires?: string) =>
      contact(`sip:alice@10.0.0.${number}`, { instanceId: '<urn:uuid:1>', regId: number, ...(expires === undefined ? {} : { expires }) })
    const refused = { kind: 'refused', statusCode: 400 }
    expect(register([], { contacts: [flow(1), flow(2)] })).toMatchObject(refused)
    expect(register([], { contacts: [flow(1), contact('sip:alice@10.0.0.5')] })).toMatchObject(refused)
    expect(accepted(register(accepted(register([], { contacts: [flow(1)] })), { contacts: [flow(1, '0'), flow(2)], cseq: 2 }))).toMatchObject([{ regId: 2 }])
  })

  it('without contacts changes nothing and lists what there is (10.3: a fetch)', () => {
    const bindings = bound('sip:alice@10.0.0.5')
    expect(register(bindings, { cseq: 2 })).toEqual({ kind: 'accepted', bindings, changes: [] })
  })

  it.each([
    ['the contact before the header', '120', '300', 120],
    ['the header', undefined, '300', 300],
    ['the default', undefined, undefined, 1800],
    ['no more than the longest', undefined, '86400', 3600],
    ['3600 for what cannot be read (20.10)', 'soon', undefined, 3600],
  ])('takes the time from %s', (_what, expires, header, seconds) => {
    const options = expires === undefined ? {} : { expires }
    const [binding] = accepted(register([], { contacts: [contact('sip:alice@10.0.0.5', options)], expires: header }))
    expect(binding?.expiresAtMs).toBe(NOW + seconds * 1000)
  })

  it('refuses too short a time with 423 and Min-Expires (10.3 step 7)', () => {
    expect(register([], { contacts: [contact('sip:alice@10.0.0.5')], expires: '59' })).toEqual({
      kind: 'refused',
      statusCode: 423,
      reasonPhrase: 'Interval Too Brief',
      headers: [['Min-Expires', '60']],
    })
  })

  it('removes one contact by Expires: 0 and keeps the others', () => {
    const bindings = bound('sip:alice@10.0.0.5', 'sip:alice@10.0.0.6')
    const decision = register(bindings, { contacts: [contact('sip:alice@10.0.0.5', { expires: '0' })], cseq: 2 })
    expect(accepted(decision).map((binding) => binding.contactUri)).toEqual(['sip:alice@10.0.0.6'])
    expect(decision).toMatchObject({ changes: [{ kind: 'remove', contactUri: 'sip:alice@10.0.0.5' }] })
  })

  it('removing what is not there succeeds', () => {
    expect(register([], { contacts: [contact('sip:alice@10.0.0.5', { expires: '0' })] })).toEqual({ kind: 'accepted', bindings: [], changes: [] })
  })

  it('* with Expires: 0 removes everything (10.2.2)', () => {
    const bindings = bound('sip:alice@10.0.0.5', 'sip:alice@10.0.0.6')
    const decision = register(bindings, { isStar: true, expires: '0', cseq: 2 })
    expect(decision).toMatchObject({ kind: 'accepted', bindings: [], changes: [{ kind: 'remove' }, { kind: 'remove' }] })
  })

  it.each([
    ['with a time', { isStar: true, expires: '300' }],
    ['without Expires', { isStar: true }],
    ['beside a contact', { isStar: true, expires: '0', contacts: [contact('sip:alice@10.0.0.5')] }],
  ])('refuses * %s with 400 (10.3 step 6)', (_what, changes) => {
    expect(register([], changes)).toMatchObject({ kind: 'refused', statusCode: 400 })
  })

  it('refuses what is older than the binding, all or nothing (10.3 step 7)', () => {
    const bindings = accepted(register([], { contacts: [contact('sip:alice@10.0.0.5')], cseq: 7 }))
    const late = register(bindings, { contacts: [contact('sip:alice@10.0.0.9'), contact('sip:alice@10.0.0.5', { expires: '0' })], cseq: 7 })
    expect(late).toMatchObject({ kind: 'refused', statusCode: 500 })
    expect(register(bindings, { isStar: true, expires: '0', cseq: 6 })).toMatchObject({ kind: 'refused', statusCode: 500 })
    expect(register(bindings, { contacts: [contact('sip:alice@10.0.0.5')], cseq: 1, callId: 'after-reboot' })).toMatchObject({ kind: 'accepted' })
  })

  it.each([
    ['sip:alice@10.0.0.5', 'sip:alice@10.0.0.5;x=1', true],
    ['sip:%61lice@10.0.0.5', 'sip:alice@10.0.0.5', true],
    ['sip:alice@Phone.Example', 'sip:alice@phone.example', true],
    ['sip:alice@10.0.0.5', 'sip:alice@10.0.0.5:5060', false],
    ['sip:alice@10.0.0.5', 'sip:alice@10.0.0.5;transport=tcp', false],
    ['sip:alice@10.0.0.5', 'sip:ALICE@10.0.0.5', false],
    ['sip:alice@10.0.0.5;x=1', 'sip:alice@10.0.0.5;x=2', false],
    ['sip:alice@10.0.0.5;x=a;y=2', 'sip:alice@10.0.0.5;y=2;X=A', true],
    ['sip:alice@10.0.0.5', 'sip:alice@10.0.0.5;user=phone', false],
    ['sip:alice:one@10.0.0.5', 'sip:alice:two@10.0.0.5', false],
    ['sip:alice@10.0.0.5?subject=one', 'sip:alice@10.0.0.5', false],
    ['sip:alice@10.0.0.5', 'sips:alice@10.0.0.5', false],
  ])('%s and %s are the same binding: %s (19.1.4)', (first, second, same) => {
    const decision = register(bound(first), { contacts: [contact(second)], cseq: 2 })
    expect(accepted(decision).length).toBe(same ? 1 : 2)
  })

  it('a renewal keeps when the phone first registered', () => {
    const bindings = bound('sip:alice@10.0.0.5')
    const [binding] = accepted(register(bindings, { contacts: [contact('sip:alice@10.0.0.5')], cseq: 2 }, NOW + 60_000))
    expect([binding?.registeredAtMs, binding?.cseq]).toEqual([NOW, 2])
  })

  it('holds no more contacts than the limit, and existing ones can still be renewed', () => {
    const bindings = bound('sip:a@10.0.0.1', 'sip:a@10.0.0.2', 'sip:a@10.0.0.3')
    expect(register(bindings, { contacts: [contact('sip:a@10.0.0.4')], cseq: 2 })).toMatchObject({ kind: 'refused', statusCode: 403 })
    expect(register(bindings, { contacts: [contact('sip:a@10.0.0.3')], cseq: 2 })).toMatchObject({ kind: 'accepted' })
  })

  it.each(['tel:+18015551212', 'mailto:alice@example.com'])('refuses a contact that cannot be called: %s', (uri) => {
    expect(register([], { contacts: [contact(uri)] })).toMatchObject({ kind: 'refused', statusCode: 400 })
  })

  it('calls a phone over TCP when its contact says so, though it registered over UDP: without a NAT in between (RFC 3261 19.1.1)', () => {
    const source: RemoteAddress = { transport: 'udp', address: '10.0.0.5', port: 5060 }
    const [direct] = accepted(register([], { contacts: [contact('sip:alice@10.0.0.5:5070;transport=TCP')], source }))
    expect(direct?.receivedFrom).toEqual({ transport: 'tcp', address: '10.0.0.5', port: 5070 })
    const [behindNat] = accepted(register([], { contacts: [contact('sip:alice@192.168.1.2:5070;transport=tcp')], source }))
    expect(behindNat?.receivedFrom).toEqual(source)
  })

  it('calls a phone on TCP back at the port of its contact when it is not behind a NAT (RFC 5923)', () => {
    const source: RemoteAddress = { transport: 'tcp', address: '10.0.0.5', port: 51_111, connectionId: 'c1' }
    const [direct] = accepted(register([], { contacts: [contact('sip:alice@10.0.0.5:5070;transport=tcp')], source }))
    expect(direct?.receivedFrom).toEqual({ ...source, port: 5070 })
    const [behindNat] = accepted(register([], { contacts: [contact('sip:alice@192.168.1.2:5070;transport=tcp')], source }))
    expect(behindNat?.receivedFrom).toEqual(source)
  })

  it('calls a phone on UDP at the port it names when it is not behind a NAT, else where it came from (RFC 3581)', () => {
    const source: RemoteAddress = { transport: 'udp', address: '10.0.0.5', port: 51_111 }
    const [direct] = accepted(register([], { contacts: [contact('sip:alice@10.0.0.5:5070')], source }))
    expect(direct?.receivedFrom).toEqual({ ...source, port: 5070 })
    const [behindNat] = accepted(register([], { contacts: [contact('sip:alice@192.168.1.2:5070')], source }))
    expect(behindNat?.receivedFrom).toEqual(source)
  })
})

describe('contactHeaders', () => {
  it('lists every binding with its remaining time and its q (10.3 step 8)', () => {
    const bindings = accepted(register([], { contacts: [contact('sip:a@10.0.0.1', { q: '0.5' }), contact('sip:a@10.0.0.2', { expires: '120' })] }))
    expect(contactHeaders(bindings, NOW + 60_000)).toEqual([
      ['Contact', '<sip:a@10.0.0.1>;q=0.5;expires=1740'],
      ['Contact', '<sip:a@10.0.0.2>;expires=60'],
    ])
  })
})
