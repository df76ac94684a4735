import { describe, expect, it } from 'vitest'
import { certificateNames, isNamedBy } from './certificate-names.ts'

describe('the names of a certificate (RFC 5922 7.1)', () => {
  it.each([
    [
      'DNS names, URIs of domains and addresses count',
      'DNS:A.example.com, URI:sip:example.com, IP Address:192.0.2.1',
      ['a.example.com', 'example.com', '192.0.2.1'],
    ],
    ['a URI with a user, and one of another scheme, do not', 'URI:sip:bob@example.com, URI:https://example.com, URI:sips:example.com', []],
    ['what hides a comma does not', 'DNS:"evil, DNS:bank.example"', []],
    ['each once', 'DNS:example.com, URI:sip:example.com', ['example.com']],
  ])('%s', (_, subjectAltName, names) => {
    expect(certificateNames({ subjectAltName, commonName: 'other.example' })).toEqual(names)
  })

  it('the common name counts where there are no others', () => {
    expect(certificateNames({ subjectAltName: undefined, commonName: 'SBC.example.com' })).toEqual(['sbc.example.com'])
    expect(certificateNames({ subjectAltName: undefined, commonName: undefined })).toEqual([])
  })

  it('are so many and no more: every message carries them between threads', () => {
    const many = Array.from({ length: 100 }, (_, at) => `DNS:h${at}.example`).join(', ')
    expect(certificateNames({ subjectAltName: many, commonName: undefined })).toHaveLength(32)
    expect(certificateNames({ subjectAltName: `DNS:${'a'.repeat(254)}`, commonName: undefined })).toEqual([])
  })

  it.each([
    ['sip.example.com', ['sip.example.com'], true],
    ['SIP.Example.com', ['sip.example.com'], true],
    ['sip.example.com', ['*.example.com'], true],
    ['a.sip.example.com', ['*.example.com'], false],
    ['example.com', ['*.com'], false],
    ['example.com', ['*.example.com'], false],
    ['sip.example.com', ['example.com'], false],
    ['sip.example.com', [], false],
  ])('%s by %j: %s', (host, names, isNamed) => {
    expect(isNamedBy(names, host)).toBe(isNamed)
  })
})
