import { describe, expect, it } from 'vitest'
import { createRequest, createResponse, type Header, type SipRequest, type SipResponse } from '../message/index.ts'
import { agreeAsClient, agreeAsServer, expirySeconds, minimumSecondsOf, refreshHeaders, tooShortInterval } from './session-timer.ts'

const POLICY = { intervalSeconds: 1800, minimumSeconds: 90 }

function update(...headers: Header[]): SipRequest {
  return createRequest({ method: 'UPDATE', uri: 'sip:b@test', headers })
}

function success(...headers: Header[]): SipResponse {
  return createResponse(update(), 200, { headers })
}

describe('session interval as the callee (RFC 4028 9)', () => {
  it('keeps the roles where the peer leaves the choice', () => {
    const current = { intervalSeconds: 600, refresher: 'remote', peerKnowsTimers: true } as const
    const request = update(['Supported', 'timer'], ['Session-Expires', '600'])
    expect(agreeAsServer(POLICY, request, current).interval.refresher).toBe('remote')
    expect(agreeAsServer(POLICY, request, undefined).interval.refresher).toBe('local')
  })

  it('is too short below our minimum, never because of what is missing or unreadable', () => {
    expect(tooShortInterval(POLICY, update(['Session-Expires', '89']))).toEqual([['Min-SE', '90']])
    for (const value of ['90', 'soon', '', '-1', '99999999999']) expect(tooShortInterval(POLICY, update(['Session-Expires', value]))).toBeUndefined()
    expect(tooShortInterval(POLICY, update())).toBeUndefined()
  })

  it('reads the compact form and no more than a week', () => {
    expect(agreeAsServer({ ...POLICY, intervalSeconds: 9_000_000 }, update(['x', '999999999']), undefined).interval.intervalSeconds).toBe(604_800)
  })
})

describe('session interval as the caller (RFC 4028 7)', () => {
  it.each<[readonly Header[], number, string, boolean]>([
    [[['Session-Expires', '600;refresher=uas']], 600, 'remote', true],
    [[['Session-Expires', '600;refresher=uac']], 600, 'local', true],
    [[['Session-Expires', '600']], 600, 'local', true],
    [[['Session-Expires', '0']], 1, 'local', true],
    [[], 1800, 'local', false],
  ])('is what the 2xx says: %j', (headers, intervalSeconds, refresher, peerKnowsTimers) => {
    expect(agreeAsClient(POLICY, success(...headers))).toEqual({ intervalSeconds, refresher, peerKnowsTimers })
  })

  it('asks for no less than a 422 wanted, and names who refreshes once that is known (7.4)', () => {
    expect(refreshHeaders(POLICY, undefined, 0)).toEqual([['Session-Expires', '1800']])
    expect(refreshHeaders(POLICY, { intervalSeconds: 300, refresher: 'remote', peerKnowsTimers: true }, 400)).toEqual([
      ['Session-Expires', '400;refresher=uas'],
      ['Min-SE', '400'],
    ])
    expect(minimumSecondsOf(success(['Min-SE', ' 400 ;x=y']))).toBe(400)
  })

  it.each([
    [1800, 1768],
    [90, 60],
    [3, 2],
  ])('of %i seconds is over after %i (10)', (intervalSeconds, expected) => {
    expect(expirySeconds({ intervalSeconds, refresher: 'local', peerKnowsTimers: true })).toBe(expected)
  })
})
