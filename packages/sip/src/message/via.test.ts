import { describe, expect, it } from 'vitest'
import { parseVia } from './via.ts'

describe('parseVia', () => {
  it.each([
    ['SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;rport', 'UDP', '192.0.2.1', 5060],
    ['SIP / 2.0 / tcp   first.example.com : 4000 ;branch=z9hG4bK1', 'TCP', 'first.example.com', 4000],
    ['sip/2.0/UDP\thost', 'UDP', 'host', undefined],
    ['SIP/2.0/UDP [2001:db8::9:1]:5060;received=2001:db8::9:255;branch=z9hG4bK1', 'UDP', '[2001:db8::9:1]', 5060],
    ['SIP/2.0/UDP host ; a = "b;c" ;d', 'UDP', 'host', undefined],
  ])('reads %s (RFC 3261 20.42, RFC 5118 4.5)', (text, transport, host, port) => {
    expect(parseVia(text)).toMatchObject({ transport, host, port, text })
  })

  it('reads parameters, quoted or not, an IPv6 address without brackets too', () => {
    const via = parseVia('SIP/2.0/UDP h;Branch=z9hG4bK1;rport;received=2001:db8::1;x="a;b"')
    expect([...(via?.parameters ?? [])]).toEqual([
      ['branch', 'z9hG4bK1'],
      ['rport', ''],
      ['received', '2001:db8::1'],
      ['x', 'a;b'],
    ])
  })

  it.each([
    '',
    'SIP/2.0/UDP',
    'SIP/2.0/UDP ',
    'SIP/2.0 host',
    'SIP/3.0/UDP host',
    'HTTP/2.0/UDP host',
    'SIP/2.0/UDP host:x',
    'SIP/2.0/UDP host;;',
    'SIP/2.0/UDP 2001:db8::1',
    'SIP/2.0/ host',
    '[',
    'SIP/2.0/UDP [',
  ])('refuses %j', (text) => {
    expect(parseVia(text)).toBeUndefined()
  })
})
