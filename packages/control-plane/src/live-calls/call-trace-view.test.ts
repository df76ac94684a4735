import type { DescribedCall } from '@dialtone/softswitch'
import { describe, expect, it } from 'vitest'
import { callTraceView } from './call-trace-view.ts'

const OWN = 'account-own'
const OTHER = 'account-other'

const stream = (address: string) => ({ kind: 'audio', protocol: 'RTP/AVP', address, port: 4000, direction: 'sendrecv', formats: ['PCMU/8000'] }) as const

/** From a phone of one account of a partition to one of another. */
const call: DescribedCall = {
  sessionId: 'session',
  accountIds: [OWN, OTHER],
  startedAtMs: 0,
  answeredAtMs: 1,
  endedAtMs: 2,
  from: { number: '18015550101', name: 'Ann', lineId: 'line-own' },
  dialed: '18015550102',
  outcome: undefined,
  decisions: [OWN, OTHER].map((accountId) => ({
    atMs: 0,
    partitionId: 'partition',
    accountId,
    accountVersion: 1,
    after: undefined,
    steps: [{ rule: 'line', outcome: `of ${accountId}` }],
    verdict: { kind: 'reject', statusCode: 480, code: 'Unregistered', reasonPhrase: 'Temporarily Unavailable' },
  })),
  legs: [
    { id: 'caller', kind: 'caller', accountId: OWN, lineId: 'line-own', sipCallId: 'sip-own' },
    { id: 'leg-1', kind: 'line', accountId: OTHER, lineId: 'line-other', uri: 'sip:other@198.51.100.9', sipCallId: 'sip-other' },
  ],
  messages: [
    { atMs: 0, leg: 'caller', direction: 'in', method: 'INVITE', media: [stream('192.0.2.1')] },
    { atMs: 1, leg: 'leg-1', direction: 'in', method: 'INVITE', statusCode: 200, media: [stream('198.51.100.9')] },
  ],
  events: [
    { atMs: 0, type: 'started', detail: { sipCallId: 'sip-own' } },
    { atMs: 0, type: 'legStarted', detail: { legId: 'leg-1', sipCallId: 'sip-other' } },
    { atMs: 1, type: 'legAnswered', detail: { legId: 'leg-1', statusCode: 200 } },
  ],
  media: undefined,
  mediaMissing: 'measured when the call is over',
  isCut: false,
}

describe('the trace of a call between two accounts', () => {
  it('shows an operator of the partition both, and a user of one account nothing of who and where the other one is', () => {
    const whole = JSON.stringify(callTraceView(call, undefined))
    for (const word of ['198.51.100.9', 'line-other', 'sip-other', 'line-own', '192.0.2.1', OTHER]) expect(whole).toContain(word)
    const own = callTraceView(call, OWN)
    for (const word of ['198.51.100.9', 'line-other', 'sip-other', OTHER]) expect(JSON.stringify(own)).not.toContain(word)
    for (const word of ['192.0.2.1', 'line-own', 'sip-own']) expect(JSON.stringify(own)).toContain(word)
    expect(own.events.at(-1)).toMatchObject({ type: 'legAnswered', detail: { legId: 'leg-1', statusCode: 200 } })
  })

  it('nor the one who was called where the caller is', () => {
    const called = JSON.stringify(callTraceView(call, OTHER))
    for (const word of ['192.0.2.1', 'line-own', 'sip-own', '18015550101', OWN]) expect(called).not.toContain(word)
    expect(called).toContain('198.51.100.9')
  })
})
