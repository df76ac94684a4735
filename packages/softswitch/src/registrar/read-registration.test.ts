import { createRequest } from '@dialtone/sip'
import type { Header } from '@dialtone/sip'
import { describe, expect, it } from 'vitest'
import type { LineCredentials } from '../ports/switch-directory.ts'
import { readRegistration } from './read-registration.ts'

const INSTANCE = '"<urn:uuid:00000000-0000-1000-8000-000a95a0e128>"'

function read(...headers: readonly Header[]) {
  const via: Header = ['Via', 'SIP/2.0/UDP 10.0.0.5;branch=z9hG4bK1']
  const request = createRequest({ method: 'REGISTER', uri: 'sip:test', headers: [via, ...headers] })
  const source = { transport: 'udp', address: '10.0.0.5', port: 5060 } as const
  const ha1 = { MD5: '', 'SHA-256': '' }
  const line: LineCredentials = { lineId: 'line-1', accountId: 'account-1', partitionId: 'partition-1', ha1, adminState: 'ACTIVE' }
  return readRegistration({ request, source, localTag: 'tag', respond: () => undefined }, line, undefined)
}

describe('Path of a REGISTER (RFC 3327 4)', () => {
  it.each(['<sip:edge.test;lr>', '<sips:edge.test;lr>, <sip:192.0.2.1:5070;lr;ob>'])('is kept as it came: %s', (path) => {
    expect(read(['Path', path])).toMatchObject({ path: path.split(', ') })
  })

  it.each([
    '<tel:+18015550101>',
    '<http://edge.test>',
    'sip:edge.test;lr',
    '<sip:>',
    'nonsense',
    `<sip:${'a'.repeat(512)}.test;lr>`,
    Array.from({ length: 9 }, () => '<sip:edge.test;lr>').join(', '),
  ])('that could be no route of ours is refused with 400: %s', (path) => {
    expect(read(['Path', path])).toMatchObject({ statusCode: 400 })
  })
})

describe('a contact of a REGISTER', () => {
  const contactOf = (parameters: string, ...headers: readonly Header[]) => {
    const found = read(['Contact', `<sip:alice@10.0.0.5>${parameters}`], ...headers)
    return 'contacts' in found ? found.contacts[0] : undefined
  }

  it.each(['0', '0.', '0.5', '0.125', '1', '1.', '1.0', '1.000'])('has a q (RFC 3261 25.1): %s', (q) => {
    expect(contactOf(`;q=${q}`)?.q).toBe(q)
  })

  it.each(['2', '1.1', '0.1234', '-1', '.5', 'high', '0,5'])('has none when it says %s', (q) => {
    expect(contactOf(`;q="${q}"`)?.q).toBeUndefined()
  })

  it.each([
    ['1', 1],
    ['2147483647', 2_147_483_647],
    ['0', undefined],
    ['2147483648', undefined],
    ['-1', undefined],
    ['1x', undefined],
  ])('with reg-id=%s is flow %s of its device (RFC 5626 9.1)', (regId, expected) => {
    expect(contactOf(`;+sip.instance=${INSTANCE};reg-id=${regId}`, ['Supported', 'outbound'])?.regId).toBe(expected)
  })

  it('is no flow without an instance, with one that is no URN, or without `outbound` in Supported (RFC 5626 6)', () => {
    expect(contactOf(';reg-id=1', ['Supported', 'outbound'])?.regId).toBeUndefined()
    expect(contactOf(';+sip.instance="urn:uuid:1";reg-id=1', ['Supported', 'outbound'])).toMatchObject({ regId: undefined, instanceId: undefined })
    expect(contactOf(`;+sip.instance=${INSTANCE};reg-id=1`, ['Supported', 'path'])?.regId).toBeUndefined()
  })
})
