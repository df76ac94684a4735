import { describe, expect, it } from 'vitest'
import { ParameterMap } from './parameter-map.ts'
import { formatUri, parseUri, userOf } from './sip-uri.ts'

function parametersOf(entries: readonly (readonly [string, string])[]): ParameterMap {
  const parameters = new ParameterMap()
  for (const [name, value] of entries) parameters.add(name, value)
  return parameters
}

describe('parseUri', () => {
  it('takes a SIP URI apart (RFC 3261 19.1.1)', () => {
    expect(parseUri('SIPS:alice:secret@Atlanta.Example.COM:5061;Transport=TCP;lr?subject=a%20b&x=y')).toEqual({
      scheme: 'sips',
      user: 'alice',
      password: 'secret',
      host: 'atlanta.example.com',
      port: 5061,
      parameters: parametersOf([
        ['transport', 'TCP'],
        ['lr', ''],
      ]),
      headers: 'subject=a%20b&x=y',
    })
  })

  it.each([
    ['sip:[2001:DB8::1]:5070', '[2001:db8::1]', 5070],
    ['sip:user@[::1]', '[::1]', undefined],
    ['sip:user@[2001:db8::10]:5070;transport=udp', '[2001:db8::10]', 5070],
    ['sip:user@[::ffff:192.0.2.10]:19823', '[::ffff:192.0.2.10]', 19823],
  ])('reads IPv6 references: %s (RFC 5118 4)', (text, host, port) => {
    expect(parseUri(text)).toMatchObject({ host, port })
  })

  it.each([
    'sip:',
    'sip:@host',
    'sip:user@',
    'sip:a@b@c',
    'sip:user@2001:db8::10',
    'sip:host:',
    'sip:host:70000',
    'sip:host:5o60',
    'sip:user@[::1',
    'sip:user@[host]',
    'sip:a b@host',
    'sip:host;',
    'sip:host;=x',
    'sip:host;;a',
    '<sip:host>',
    'sip:"a"@host',
    'host',
    ':host',
    '',
    'tel:',
    '1:x',
    'isbn:',
    'sip:host;a=b@c@d',
    'sip:ho st',
    'sip:host\r\nVia: x',
  ])('refuses %j', (text) => {
    expect(parseUri(text)).toBeUndefined()
  })

  it('reads a telephone number (RFC 3966) and only the scheme of other URIs', () => {
    expect(parseUri('tel:+1-201-555-0123;phone-context=example.com')).toMatchObject({ scheme: 'tel', user: '+1-201-555-0123', host: '' })
    expect(parseUri('urn:service:sos')).toMatchObject({ scheme: 'urn', user: '', host: '' })
  })

  it('knows parameters whose names are escaped, and keeps the first of a name given twice (RFC 4475 3.1.1.3)', () => {
    expect([...(parseUri('sip:h;%6C%72;a=1;A=2')?.parameters ?? [])]).toEqual([
      ['lr', ''],
      ['a', '1'],
    ])
  })
})

describe('userOf', () => {
  it.each([
    ['sip:%61lice@h', 'alice'],
    ['sip:J%C3%BCrgen@h', 'Jürgen'],
    ['sip:null-%00-null@h', 'null-\0-null'],
    ['sip:100%@h', '100%'],
    ['sip:%zz%4@h', '%zz%4'],
  ])('undoes the escapes of %s (RFC 3261 19.1.2)', (text, user) => {
    const uri = parseUri(text)
    expect(uri && userOf(uri)).toBe(user)
  })
})

describe('formatUri', () => {
  it.each([
    'sip:alice@example.com:5061;transport=tcp;lr',
    'sips:+12015550123@example.com;user=phone',
    'sip:[::1]:5060',
    'sip:a%20b;c=d@h',
    'tel:+12015550123;ext=1',
  ])('writes what it read: %s', (text) => {
    const uri = parseUri(text)
    expect(uri && formatUri(uri)).toBe(text)
  })

  it('puts an address of IPv6 between brackets (RFC 3261 25.1), once', () => {
    expect(formatUri({ user: '911', host: '2001:db8::10', port: 5060 })).toBe('sip:911@[2001:db8::10]:5060')
    expect(formatUri({ user: '911', host: '[2001:db8::10]', port: 5060 })).toBe('sip:911@[2001:db8::10]:5060')
  })

  it('escapes what may not stand in a user, so that no name can become a host, a parameter or a line', () => {
    expect(formatUri({ user: 'a@b <c>\r\n"ü"', host: 'h' })).toBe('sip:a%40b%20%3Cc%3E%0D%0A%22%C3%BC%22@h')
    expect(formatUri({ host: 'h', port: 5060, parameters: new Map([['x', 'a;b=c']]) })).toBe('sip:h:5060;x=a%3Bb%3Dc')
  })
})
