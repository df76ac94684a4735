import { describe, expect, it } from 'vitest'
import { createRequest, createResponse, type Header, type SipRequest, type SipResponse } from '../message/index.ts'
import { createCalleeDialog, createCallerDialog, matchesDialog, receiveInDialog, refreshTarget, withNextSequence } from './dialog.ts'
import { buildInDialogRequest } from './in-dialog-request.ts'
import { routeRequest } from './route-set.ts'

function request(method: string, cseq: number, more: readonly Header[] = [], to = '<sip:bob@example.com>'): SipRequest {
  const headers: Header[] = [
    ['Via', 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1'],
    ['From', '"Alice" <sip:alice@example.com>;tag=a1'],
    ['To', to],
    ['Call-ID', 'c1'],
    ['CSeq', `${cseq} ${method}`],
    ...more,
  ]
  return createRequest({ method, uri: 'sip:bob@192.0.2.2', headers })
}

const ROUTES: Header[] = [
  ['Record-Route', '<sip:p2.example.com;lr>'],
  ['Record-Route', '<sip:p1.example.com;lr>'],
]
const invite = request('INVITE', 314, [['Contact', '<sip:alice@192.0.2.1:5070>'], ...ROUTES])

function success(headers: readonly Header[] = [['Contact', '<sip:bob@192.0.2.2:5080>']]): SipResponse {
  return createResponse(invite, 200, { toTag: 'b1', headers })
}

describe('dialog of the callee (RFC 3261 12.1.1)', () => {
  const dialog = createCalleeDialog(invite, 'b1')

  it('takes its state from the INVITE', () => {
    expect(dialog).toEqual({
      callId: 'c1',
      localTag: 'b1',
      remoteTag: 'a1',
      localAddress: '<sip:bob@example.com>;tag=b1',
      remoteAddress: '"Alice" <sip:alice@example.com>;tag=a1',
      remoteTarget: 'sip:alice@192.0.2.1:5070',
      routeSet: ['<sip:p2.example.com;lr>', '<sip:p1.example.com;lr>'],
      localSequence: 0,
      remoteSequence: 314,
    })
  })

  it('falls back on From when an RFC 2543 caller gives neither tag nor Contact', () => {
    const old = createRequest({
      method: 'INVITE',
      uri: 'sip:bob@192.0.2.2',
      headers: [
        ['Via', 'SIP/2.0/UDP 192.0.2.1'],
        ['From', '<sip:alice@192.0.2.1>'],
        ['To', '<sip:bob@example.com>'],
        ['Call-ID', 'c1'],
        ['CSeq', '1 INVITE'],
      ],
    })
    expect(createCalleeDialog(old, 'b1')).toMatchObject({ remoteTag: undefined, remoteTarget: 'sip:alice@192.0.2.1' })
  })

  it('drops header fields hidden in the Contact URI (RFC 3261 19.1.1, RFC 4475 3.3.14)', () => {
    const sly = request('INVITE', 1, [['Contact', '<sip:alice@192.0.2.1?Route=%3Csip:sip.example.com%3E>']])
    expect(createCalleeDialog(sly, 'b1').remoteTarget).toBe('sip:alice@192.0.2.1')
  })

  it('knows its requests by Call-ID and both tags', () => {
    const own = '<sip:bob@example.com>;tag=b1'
    expect(matchesDialog(dialog, request('BYE', 315, [], own))).toBe(true)
    expect(matchesDialog(dialog, request('BYE', 315, [], '<sip:bob@example.com>;tag=b2'))).toBe(false)
  })

  it('refuses a CSeq number lower than the last and remembers a higher one (12.2.2)', () => {
    expect(receiveInDialog(dialog, request('INFO', 313))).toBeUndefined()
    expect(receiveInDialog(dialog, request('ACK', 314))).toBe(dialog)
    expect(receiveInDialog(dialog, request('INFO', 400))?.remoteSequence).toBe(400)
  })

  it('moves its target with a re-INVITE (12.2.2)', () => {
    const moved = request('INVITE', 315, [['Contact', '<sip:alice@192.0.2.77>']])
    expect(refreshTarget(dialog, moved).remoteTarget).toBe('sip:alice@192.0.2.77')
    expect(refreshTarget(dialog, request('INVITE', 315))).toBe(dialog)
  })
})

describe('dialog of the caller (RFC 3261 12.1.2, 13.2.2.4)', () => {
  it('takes its state from the 2xx, the route set in reverse order', () => {
    expect(createCallerDialog(invite, success())).toEqual({
      callId: 'c1',
      localTag: 'a1',
      remoteTag: 'b1',
      localAddress: '"Alice" <sip:alice@example.com>;tag=a1',
      remoteAddress: '<sip:bob@example.com>;tag=b1',
      remoteTarget: 'sip:bob@192.0.2.2:5080',
      routeSet: ['<sip:p1.example.com;lr>', '<sip:p2.example.com;lr>'],
      localSequence: 314,
      remoteSequence: undefined,
    })
  })

  it('falls back on the Request-URI when the 2xx has no Contact', () => {
    expect(createCallerDialog(invite, success([])).remoteTarget).toBe('sip:bob@192.0.2.2')
  })
})

describe('requests inside a dialog (RFC 3261 12.2.1.1)', () => {
  it('go to the remote target through loose routes', () => {
    const dialog = withNextSequence(createCallerDialog(invite, success()))
    const routed = routeRequest(dialog.routeSet, dialog.remoteTarget)
    const bye = buildInDialogRequest(dialog, routed, {
      method: 'BYE',
      sequence: dialog.localSequence,
      via: 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK2',
      headers: [],
    })
    expect(routed.nextHop).toBe('sip:p1.example.com;lr')
    expect(bye.uriText).toBe('sip:bob@192.0.2.2:5080')
    expect(bye.headers('route')).toEqual(['<sip:p1.example.com;lr>', '<sip:p2.example.com;lr>'])
    expect(bye.cseq).toEqual({ sequence: 315, method: 'BYE' })
    expect([bye.fromTag, bye.toTag, bye.callId, bye.maxForwards]).toEqual(['a1', 'b1', 'c1', 70])
  })

  it('put the remote target last when the first proxy is a strict router', () => {
    const routed = routeRequest(['<sip:p1.example.com>', '<sip:p2.example.com;lr>'], 'sip:bob@192.0.2.2')
    expect(routed).toEqual({
      requestUri: 'sip:p1.example.com',
      routes: ['<sip:p2.example.com;lr>', '<sip:bob@192.0.2.2>'],
      nextHop: 'sip:p1.example.com',
    })
  })

  it('go straight to the remote target without routes', () => {
    expect(routeRequest([], 'sip:bob@192.0.2.2')).toEqual({ requestUri: 'sip:bob@192.0.2.2', routes: [], nextHop: 'sip:bob@192.0.2.2' })
  })
})
