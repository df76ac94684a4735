import { describe, expect, it } from 'vitest'
import { SourceLock } from './source-lock.ts'

const PHONE = { address: '192.0.2.1', port: 4000 }

describe('SourceLock', () => {
  it('takes nothing before an answer was agreed', () => {
    expect(new SourceLock().accept('192.0.2.1', 4000, 1, 1, 0)).toBe(false)
  })

  it('takes the described source and rejects a stray, however loud (RTP injection)', () => {
    const lock = new SourceLock()
    lock.expect(PHONE)
    expect(lock.accept('192.0.2.1', 4000, 1, 1, 0)).toBe(true)
    expect(lock.accept('198.51.100.66', 4000, 1, 2, 20)).toBe(false)
    expect(lock.accept('192.0.2.1', 4002, 9, 2, 20)).toBe(false)
    expect(lock.accept('192.0.2.1', 4000, 1, 2, 20)).toBe(true)
  })

  it('knows an IPv6 address however a description or an operator writes it (RFC 5952 2)', () => {
    const lock = new SourceLock()
    lock.expect({ address: '2001:0DB8:0:0:0::1', port: 4000 }, { addresses: ['2001:db8:0::0001'], isStrict: true })
    expect(lock.accept('2001:db8::1', 4000, 1, 1, 0)).toBe(true)
    expect(lock.accept('2001:db8::2', 4000, 1, 2, 20)).toBe(false)
    const open = new SourceLock()
    open.expect({ address: '2001:0DB8::0:1', port: 4000 })
    expect(open.accept('2001:db8::66', 7, 2, 1, 0)).toBe(true)
    expect(open.accept('2001:db8::1', 4000, 1, 1, 1)).toBe(true)
  })

  it('latches to the first source of a phone behind NAT, and keeps it (RFC 4961)', () => {
    const lock = new SourceLock()
    lock.expect({ address: '10.0.0.5', port: 4000 })
    expect(lock.accept('203.0.113.7', 61_000, 1, 1, 0)).toBe(true)
    expect([lock.address, lock.port]).toEqual(['203.0.113.7', 61_000])
    expect(lock.accept('198.51.100.66', 4000, 2, 1, 20)).toBe(false)
  })

  it('gives the lock to the described address when a stray was faster', () => {
    const lock = new SourceLock()
    lock.expect(PHONE)
    expect(lock.accept('198.51.100.66', 7, 2, 1, 0)).toBe(true)
    expect(lock.accept('192.0.2.1', 4000, 1, 1, 1)).toBe(true)
    expect(lock.accept('198.51.100.66', 7, 2, 2, 2)).toBe(false)
  })

  it('gives the lock to the address the phone signals from, also from behind a NAT, and then to no stranger', () => {
    const lock = new SourceLock()
    lock.expect({ address: '10.0.0.5', port: 4000 }, undefined, '203.0.113.7')
    expect(lock.accept('198.51.100.66', 7, 2, 1, 0)).toBe(true)
    expect(lock.accept('203.0.113.7', 61_000, 1, 1, 1)).toBe(true)
    expect(lock.accept('198.51.100.66', 7, 2, 2, 2)).toBe(false)
    expect(lock.accept('203.0.113.7', 61_001, 3, 1, 3)).toBe(false)
    expect([lock.address, lock.port]).toEqual(['203.0.113.7', 61_000])
  })

  it('is no prize for strangers while the phone is on hold and silent; the phone itself may come back from another port', () => {
    const lock = new SourceLock()
    lock.expect({ address: '10.0.0.5', port: 4000 }, undefined, '203.0.113.7')
    lock.accept('203.0.113.7', 61_000, 1, 1, 0)
    lock.expect({ address: '10.0.0.5', port: 4000 }, undefined, '203.0.113.7')
    expect(lock.accept('198.51.100.66', 7, 2, 1, 60_000)).toBe(false)
    expect(lock.accept('203.0.113.7', 62_000, 3, 1, 60_001)).toBe(true)
  })

  it('takes media from a third place, as behind some carrier NATs, when nothing comes from where the phone signals', () => {
    const lock = new SourceLock()
    lock.expect({ address: '10.0.0.5', port: 4000 }, undefined, '203.0.113.7')
    expect(lock.accept('203.0.113.99', 61_000, 1, 1, 0)).toBe(true)
    expect(lock.accept('203.0.113.99', 61_000, 1, 2, 20)).toBe(true)
    lock.expect({ address: '10.0.0.5', port: 4000 }, undefined, '203.0.113.7')
    expect(lock.accept('203.0.113.98', 61_000, 4, 1, 60_000)).toBe(true)
  })

  it('follows a source that moves only after 2 s of silence and with the same stream', () => {
    const lock = new SourceLock()
    lock.expect({ address: '10.0.0.5', port: 4000 })
    lock.accept('203.0.113.7', 61_000, 1, 65_530, 0)
    expect(lock.accept('203.0.113.7', 61_001, 1, 65_531, 1_999)).toBe(false)
    expect(lock.accept('203.0.113.7', 61_001, 2, 65_531, 2_000)).toBe(false)
    expect(lock.accept('203.0.113.7', 61_001, 1, 60_000, 2_000)).toBe(false)
    expect(lock.accept('203.0.113.7', 61_001, 1, 100, 2_000)).toBe(true)
    expect(lock.accept('203.0.113.7', 61_000, 1, 101, 2_020)).toBe(false)
  })

  it('follows a new description at once and bars packets still under way from the old address', () => {
    const lock = new SourceLock()
    lock.expect({ address: '10.0.0.5', port: 4000 })
    lock.accept('203.0.113.7', 61_000, 1, 1, 0)
    lock.expect({ address: '10.0.0.5', port: 5000 })
    expect(lock.accept('203.0.113.7', 61_000, 1, 2, 20)).toBe(false)
    expect(lock.accept('203.0.113.7', 62_000, 3, 1, 40)).toBe(true)
    expect(lock.accept('203.0.113.7', 61_000, 1, 3, 60)).toBe(false)
  })

  it('takes the old address again when the phone never moved, after 2 s', () => {
    const lock = new SourceLock()
    lock.expect({ address: '10.0.0.5', port: 4000 })
    lock.accept('203.0.113.7', 61_000, 1, 1, 0)
    lock.expect({ address: '10.0.0.5', port: 5000 })
    expect(lock.accept('203.0.113.7', 61_000, 1, 2, 1_999)).toBe(false)
    expect(lock.accept('203.0.113.7', 61_000, 1, 3, 2_000)).toBe(true)
  })

  it('keeps the lock through a re-offer with the same address, and lets a new stream in only after silence', () => {
    const lock = new SourceLock()
    lock.expect({ address: '10.0.0.5', port: 4000 })
    lock.accept('203.0.113.7', 61_000, 1, 1, 0)
    lock.expect({ address: '10.0.0.5', port: 4000 })
    expect(lock.accept('198.51.100.66', 9, 7, 1, 100)).toBe(false)
    expect(lock.accept('203.0.113.7', 61_500, 7, 1, 5_000)).toBe(true)
  })

  it('keeps the lock while a hold names no address', () => {
    const lock = new SourceLock()
    lock.expect(PHONE)
    lock.accept('192.0.2.1', 4000, 1, 1, 0)
    lock.expect(undefined)
    expect(lock.accept('192.0.2.1', 4000, 1, 2, 20)).toBe(true)
    expect(lock.accept('198.51.100.66', 4000, 1, 3, 40)).toBe(false)
  })

  it('with a list of addresses takes nothing from elsewhere, be it described or not (S3-25)', () => {
    const lock = new SourceLock()
    lock.expect(PHONE, { addresses: ['198.51.100.7'], isStrict: false })
    expect([lock.accept('192.0.2.1', 4000, 1, 1, 0), lock.accept('203.0.113.7', 4000, 1, 1, 0)]).toEqual([false, false])
    expect(lock.accept('198.51.100.7', 9, 1, 1, 0)).toBe(true)
    expect([lock.address, lock.port]).toEqual(['198.51.100.7', 9])
    lock.expect(PHONE, { addresses: ['192.0.2.1'], isStrict: false })
    expect([lock.accept('198.51.100.7', 9, 1, 2, 20), lock.port]).toEqual([false, 0])
  })

  it('without NAT in between follows nobody: only the described address, to which ours keep going (S3-13)', () => {
    const lock = new SourceLock()
    lock.expect(PHONE, { addresses: undefined, isStrict: true })
    expect([lock.accept('203.0.113.7', 4000, 1, 1, 0), lock.accept('192.0.2.1', 5000, 1, 1, 0), lock.port]).toEqual([false, true, 0])
    expect(lock.accept('203.0.113.7', 4000, 1, 2, 5_000)).toBe(false)
  })
})
