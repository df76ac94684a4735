import { describe, expect, it } from 'vitest'
import { canonicalAddress, isInRange, parseAddressRange, sourceOf } from './address-range.ts'

describe('an address range', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7/32'],
    ['192.0.2.7/24', '192.0.2.0/24'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['2001:DB8::1', '2001:db8::1/128'],
    ['2001:db8:0:1:2::/48', '2001:db8::/48'],
    ['::/0', '::/0'],
    ['::1', '::1/128'],
    ['::ffff:192.0.2.7', '192.0.2.7/32'],
    ['::ffff:192.0.2.7/120', '192.0.2.0/24'],
    ['::ffff:c000:207/128', '192.0.2.7/32'],
    ['::ffff:0:0/96', '0.0.0.0/0'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221/128'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3/128'],
  ])('%s is kept as %s', (written, kept) => {
    expect(parseAddressRange(written)?.cidr).toBe(kept)
  })

  it.each([
    '',
    'host',
    '192.0.2.1/33',
    '2001:db8::/129',
    '192.0.2.1/24/8',
    '192.0.2.1/-1',
    '192.0.2',
    'fe80::1%eth0',
    '1.2.3.4/',
    '::ffff:192.0.2.7/95',
    '::ffff:192.0.2.7/129',
  ])('%s is none', (written) => {
    expect(parseAddressRange(written)).toBeUndefined()
  })

  it.each([
    ['192.0.2.0/24', '192.0.2.255', true],
    ['192.0.2.0/24', '192.0.3.0', false],
    ['192.0.2.0/24', '::ffff:192.0.2.9', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['192.0.2.0/24', 'not an address', false],
  ])('%s holds %s: %s', (cidr, address, expected) => {
    const range = parseAddressRange(cidr)
    expect(range !== undefined && isInRange(range, address)).toBe(expected)
  })

  it('one IPv6 host with many addresses is one source', () => {
    expect(sourceOf('2001:db8:1:2:aaaa::1')).toBe(sourceOf('2001:db8:1:2:bbbb::2'))
    expect(sourceOf('2001:db8:1:3::1')).not.toBe(sourceOf('2001:db8:1:2::1'))
    expect(sourceOf('192.0.2.1')).toBe('192.0.2.1')
  })
})

describe('canonicalAddress', () => {
  it.each([
    ['2001:0DB8:0:0:0::0001', '2001:db8::1'],
    ['2001:db8::1', '2001:db8::1'],
    ['::FFFF:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['192.0.2.1', '192.0.2.1'],
    ['fe80::1%eth0', 'fe80::1%eth0'],
    ['media.example.com', 'media.example.com'],
    ['', ''],
  ])('%s is %s', (given, canonical) => {
    expect(canonicalAddress(given)).toBe(canonical)
  })
})
