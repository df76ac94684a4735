import { describe, expect, it } from 'vitest'
import { CALL_ID, headerIdOf, isCommaList, VIA } from './header-name.ts'

describe('header names', () => {
  it('are known in any case and in compact form (RFC 3261 7.3.1, 7.3.3)', () => {
    expect(['Call-ID', 'CALL-ID', 'call-id', 'i', 'I'].map(headerIdOf)).toEqual([CALL_ID, CALL_ID, CALL_ID, CALL_ID, CALL_ID])
    expect(['a', 'b', 'c', 'd', 'e', 'f', 'i', 'j', 'k', 'l', 'm', 'o', 'r', 's', 't', 'u', 'v', 'x', 'y'].map(headerIdOf)).not.toContain(0)
  })

  it('are all different, and different from those nobody knows', () => {
    const ids = ['via', 'from', 'to', 'call-id', 'cseq', 'contact', 'max-forwards', 'content-length', 'reason', 'privacy', 'sip-etag', 'warning'].map(
      headerIdOf,
    )
    expect(new Set(ids).size).toBe(ids.length)
    expect(['', 'q', 'x-via', 'vi', 'viaa', 'call_id', 'call\rid', 'Call-IĐ', '-'].map(headerIdOf)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0])
  })

  it('say whether commas separate values', () => {
    expect([VIA, headerIdOf('contact'), headerIdOf('allow')].every(isCommaList)).toBe(true)
    expect(['authorization', 'www-authenticate', 'date', 'subject', 'call-id', 'x-unknown'].map(headerIdOf).some(isCommaList)).toBe(false)
  })
})
