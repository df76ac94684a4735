import { ManualTime } from '@dialtone/foundation'
import { describe, expect, it } from 'vitest'
import { BanList } from './ban-list.ts'

const LIMITS = { failuresPerUser: 3, failuresPerSource: 5, windowMs: 60_000, banMs: 300_000 }

function setUp(limits = LIMITS) {
  const time = new ManualTime()
  return { time, bans: new BanList(time, limits) }
}

function fail(bans: BanList, address: string, username: string, times: number): void {
  for (let time = 0; time < times; time++) bans.failed(address, username)
}

describe('BanList', () => {
  it('bans a user at one address: neither the user elsewhere nor another one there', () => {
    const { bans } = setUp()
    fail(bans, '192.0.2.1', 'alice', 3)
    expect([bans.isUserBanned('192.0.2.1', 'alice'), bans.isUserBanned('192.0.2.2', 'alice'), bans.isUserBanned('192.0.2.1', 'bob')]).toEqual([
      true,
      false,
      false,
    ])
    expect(bans.isSourceBanned('192.0.2.1')).toBe(false)
  })

  it('bans an address that goes through many users', () => {
    const { bans } = setUp()
    for (const user of ['a', 'b', 'c', 'd', 'e']) bans.failed('192.0.2.1', user)
    expect([bans.isSourceBanned('192.0.2.1'), bans.isSourceBanned('192.0.2.2')]).toEqual([true, false])
  })

  it('takes every address of a /64 of IPv6 for one: a host picks its own among them (RFC 4291 2.5.4)', () => {
    const { bans } = setUp()
    for (const host of ['::1', '::2', '::ffff:3']) bans.failed(`2001:db8:1:1${host}`, 'alice')
    expect([bans.isUserBanned('2001:db8:1:1::4', 'alice'), bans.isUserBanned('2001:db8:1:2::4', 'alice')]).toEqual([true, false])
    for (const user of ['b', 'c']) bans.failed(`2001:db8:1:1::${user}`, user)
    expect([bans.isSourceBanned('2001:db8:1:1::5'), bans.isSourceBanned('2001:db8:1:2::5')]).toEqual([true, false])
  })

  it('a few failures an hour ban nobody, and a ban ends', () => {
    const { time, bans } = setUp()
    for (let hour = 0; hour < 10; hour++) {
      fail(bans, '192.0.2.1', 'alice', 2)
      time.advance(60_001)
    }
    expect(bans.isUserBanned('192.0.2.1', 'alice')).toBe(false)
    fail(bans, '192.0.2.1', 'alice', 3)
    time.advance(299_999)
    expect(bans.isUserBanned('192.0.2.1', 'alice')).toBe(true)
    time.advance(1)
    expect(bans.isUserBanned('192.0.2.1', 'alice')).toBe(false)
  })

  it('guessing on while banned goes on being banned', () => {
    const { time, bans } = setUp()
    fail(bans, '192.0.2.1', 'alice', 3)
    time.advance(200_000)
    bans.failed('192.0.2.1', 'alice')
    time.advance(200_000)
    expect(bans.isUserBanned('192.0.2.1', 'alice')).toBe(true)
  })

  it('the right password ends the count of the user and not that of the address', () => {
    const { bans } = setUp()
    fail(bans, '192.0.2.1', 'alice', 2)
    bans.succeeded('192.0.2.1', 'alice')
    fail(bans, '192.0.2.1', 'alice', 2)
    expect(bans.isUserBanned('192.0.2.1', 'alice')).toBe(false)
    bans.failed('192.0.2.1', 'bob')
    expect(bans.isSourceBanned('192.0.2.1')).toBe(true)
  })

  it('stays bounded whoever comes', () => {
    const { bans } = setUp()
    for (let user = 0; user < 50_000; user++) bans.failed(`192.0.2.${user % 250}`, `user-${user}`)
    expect(bans.size).toBe(20_000)
  })

  it('0 failures: nobody is banned, nothing is remembered', () => {
    const { bans } = setUp({ ...LIMITS, failuresPerUser: 0 })
    fail(bans, '192.0.2.1', 'alice', 100)
    expect([bans.isUserBanned('192.0.2.1', 'alice'), bans.isSourceBanned('192.0.2.1'), bans.size]).toEqual([false, false, 0])
  })
})
