import { describe, expect, it } from 'vitest'
import { ALICE, ANSWER, OFFER, ring, ScriptedCall } from '../../../test/scripted-call.ts'
import { MAX_LEGS } from './call-state.ts'
import type { CallState } from './call-state.ts'
import { onRedirected } from './redirection.ts'
import type { Party } from './transfer-state.ts'

const CAROL: Party = {
  kind: 'line',
  lineId: 'line-carol',
  userId: 'carol',
  partitionId: 'partition-1',
  accountId: 'account-1',
  identity: { number: '2003', name: 'Carol', anonymous: false },
}
const TAKEOVER = { type: 'takeoverAsked', side: 'callee', party: CAROL, sdp: 'v=0 carol', sipCallId: 'carol-call-id' } as const
const elsewhere = 'SIP;cause=200;text="Call completed elsewhere"'

function answered(): ScriptedCall {
  const call = new ScriptedCall([{ decision: ring() }])
  call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
  return call
}

describe('INVITE with Replaces for an answered leg (RFC 3891 3)', () => {
  it('asks the other side first; its answer answers the new party, and only then the old one is hung up', () => {
    const call = answered()
    const asked = call.feed(TAKEOVER)
    expect(asked.map(({ type }) => type)).toEqual(['holdTakeover', 'relayReinvite'])
    const done = call.feed({ type: 'reinviteAnswered', side: 'caller', sdp: 'v=0 alice' })
    expect(done.map(({ type }) => type)).toEqual(['answerReinvite', 'seatParty', 'byeLeg', 'checkpointRecords'])
    expect(call.done('byeLeg')).toEqual([{ type: 'byeLeg', legId: 'b1', reason: elsewhere }])
    expect(call.state.descriptions).toEqual({ caller: 'v=0 alice', callee: 'v=0 carol' })
    call.feed({ type: 'legEnded', legId: 'g2', cause: 'bye', reason: undefined })
    expect([call.done('byeCaller').length, call.state.outcome?.hangupBy, call.state.disposed]).toEqual([1, 'callee', true])
  })

  it('the place of the caller can be taken too', () => {
    const call = answered()
    call.feed({ ...TAKEOVER, side: 'caller' })
    call.feed({ type: 'reinviteAnswered', side: 'callee', sdp: 'v=0 bob' })
    expect(call.done('byeCaller')).toEqual([{ type: 'byeCaller', reason: elsewhere }])
    call.feed({ type: 'callerEnded', cause: 'bye', reason: undefined })
    expect([call.done('byeLeg').length, call.state.disposed]).toEqual([1, true])
  })

  it('refused by the other side, nothing has changed', () => {
    const call = answered()
    call.feed(TAKEOVER)
    call.feed({ type: 'reinviteRejected', side: 'caller', statusCode: 488 })
    expect(call.done('rejectReinvite')).toEqual([{ type: 'rejectReinvite', to: 'callee', statusCode: 488 }])
    expect([call.state.winnerId, call.state.transfer.takeover, call.done('byeLeg').length]).toEqual(['b1', undefined, 0])
  })

  it('given up meanwhile, the two who talk are brought back together', () => {
    const call = answered()
    call.feed(TAKEOVER)
    expect(call.feed({ type: 'takeoverGone' })).toEqual([{ type: 'cancelReinvite', to: 'caller' }])
    call.feed({ type: 'reinviteAnswered', side: 'caller', sdp: 'v=0 alice' })
    expect(call.done('offerToParty')).toEqual([{ type: 'offerToParty', to: 'caller', sdp: ANSWER }])
    expect([call.done('answerReinvite').length, call.done('seatParty').length, call.state.winnerId]).toEqual([0, 0, 'b1'])
  })

  it.each([
    ['of another account', { ...TAKEOVER, party: { ...CAROL, accountId: 'account-9' } }, 481],
    ['while another one is under way', TAKEOVER, 491],
  ] as const)('%s it is refused', (what, event, statusCode) => {
    const call = answered()
    if (what.startsWith('while')) call.feed(TAKEOVER)
    call.feed(event)
    expect(call.done('rejectTakeover')).toEqual([{ type: 'rejectTakeover', statusCode }])
  })

  it('a call that ends meanwhile refuses it', () => {
    const call = answered()
    call.feed(TAKEOVER)
    call.feed({ type: 'callerEnded', cause: 'bye', reason: undefined })
    expect([call.done('rejectTakeover').length, call.state.disposed, call.time.pendingTimers]).toEqual([1, true, 0])
  })
})

describe('INVITE with Replaces for a leg that rings (RFC 3891 3)', () => {
  const PICKUP = { type: 'pickupAsked', legId: 'b1', party: CAROL, sdp: 'v=0 carol', sipCallId: 'carol-call-id' } as const

  it('answers the call: every phone stops ringing and is told why', () => {
    const call = new ScriptedCall([{ decision: ring(), forks: 2 }])
    call.feed(PICKUP)
    expect(call.done('cancelLeg')).toEqual(['b1', 'b2'].map((legId) => ({ type: 'cancelLeg', legId, reason: elsewhere })))
    expect(call.done('answerPickup')).toEqual([{ type: 'answerPickup', sdp: 'v=0 carol' }])
    expect(call.done('answerCaller')).toEqual([{ type: 'answerCaller', legId: 'g3', sdp: 'v=0 carol' }])
    expect([call.state.phase, call.state.accounts[0]?.calledLineId]).toEqual(['talking', 'line-carol'])
  })

  it.each([
    ['of another account', { ...PICKUP, party: { ...CAROL, accountId: 'account-9' } }, OFFER, 481],
    ['that rings no more', { ...PICKUP, legId: 'b7' }, OFFER, 481],
    ['of a caller without offer', PICKUP, undefined, 488],
  ] as const)('a leg %s is not picked up', (_what, event, offer, statusCode) => {
    const call = new ScriptedCall([{ decision: ring() }], { offer })
    call.feed(event)
    expect(call.done('rejectTakeover')).toEqual([{ type: 'rejectTakeover', statusCode }])
    expect(call.state.phase).toBe('setup')
  })
})

describe('a phone that redirects (RFC 3261 8.1.3.4)', () => {
  const REDIRECTED = { type: 'legRejected', legId: 'b1', statusCode: 302, local: false, contacts: ['2003'] } as const
  const plan = {
    kind: 'line',
    lineId: 'line-carol',
    requestUri: 'sip:carol@test',
    to: { transport: 'udp', address: '127.0.0.1', port: 1 },
    from: '',
    toHeader: '',
    headers: [],
  } as const

  it('other phones of the account ring in its place; who rings already is not asked again', () => {
    const call = new ScriptedCall([{ decision: ring() }])
    call.feed(REDIRECTED)
    expect(call.done('askRedirection')).toEqual([{ type: 'askRedirection', legId: 'b1', statusCode: 302, contacts: ['2003'], lineId: 'line-0' }])
    call.feed({ type: 'redirected', legId: 'b1', statusCode: 302, plans: [plan, { ...plan, requestUri: 'sip:fork0@127.0.0.1' }] })
    expect(call.done('startLeg').map((effect) => [effect.legId, effect.plan.redirections])).toEqual([
      ['b1', undefined],
      ['b2', 1],
    ])
    call.feed({ type: 'legAnswered', legId: 'b2', sdp: ANSWER })
    expect([call.state.winnerId, call.state.legs[0]?.phase]).toEqual(['b2', 'over'])
  })

  it('whose call has had more legs than it remembers: those it leads to have names nobody has', () => {
    const { state } = new ScriptedCall([{ decision: ring() }])
    const [leg] = state.legs
    if (leg === undefined) throw new Error('nobody rings')
    // As after two who rang in vain for a menu or a queue, of whom one is remembered.
    const before: CallState = { ...state, legsBefore: 1, legs: [2, 3].map((number) => ({ ...leg, id: `b${number}` })) }
    const plans = ['sip:one@test', 'sip:two@test'].map((requestUri) => ({ ...plan, requestUri }))
    const after = onRedirected({ state: before, effects: [] }, { type: 'redirected', atMs: 0, legId: 'b3', statusCode: 302, plans })
    expect(after?.state.legs.map(({ id }) => id)).toEqual(['b2', 'b3', 'b4', 'b5'])
  })

  it('starts no more legs than a call may have', () => {
    const { state } = new ScriptedCall([{ decision: ring() }])
    const [leg] = state.legs
    if (leg === undefined) throw new Error('nobody rings')
    const plans = ['sip:one@test', 'sip:two@test'].map((requestUri) => ({ ...plan, requestUri }))
    const redirect = (count: number) => {
      const legs = Array.from({ length: count }, (_, index) => ({ ...leg, id: `b${index + 1}` }))
      return onRedirected({ state: { ...state, legs }, effects: [] }, { type: 'redirected', atMs: 0, legId: 'b1', statusCode: 302, plans })
    }
    expect([redirect(MAX_LEGS - 2)?.state.legs.length, redirect(MAX_LEGS - 1)?.state.legs.length, redirect(MAX_LEGS)]).toEqual([MAX_LEGS, MAX_LEGS, undefined])
  })

  it('that leads nowhere, and one too many, is a refusal', () => {
    const nowhere = new ScriptedCall([
      { decision: ring() },
      { decision: { kind: 'reject', statusCode: 480, code: 'DestinationFailed', reasonPhrase: '', steps: [] } },
    ])
    nowhere.feed(REDIRECTED)
    nowhere.feed({ type: 'redirected', legId: 'b1', statusCode: 302, plans: [] })
    expect(nowhere.state.trail).toEqual([{ target: 'user:bob', outcome: 'failed', statusCode: 302 }])
    const far = new ScriptedCall([
      { decision: ring() },
      { decision: { kind: 'reject', statusCode: 480, code: 'DestinationFailed', reasonPhrase: '', steps: [] } },
    ])
    for (let hop = 1; hop <= 6; hop++) {
      far.feed({ ...REDIRECTED, legId: `b${hop}` })
      if (far.state.phase === 'setup')
        far.feed({ type: 'redirected', legId: `b${hop}`, statusCode: 302, plans: [{ ...plan, requestUri: `sip:hop${hop}@test` }] })
    }
    expect([far.done('askRedirection').length, far.state.outcome?.statusCode]).toEqual([5, 480])
  })
})

describe('why the other network refused (RFC 3326)', () => {
  it("its Reason goes to the caller with its status, not with somebody else's", () => {
    const refusal = (statusCode: number) => {
      const decision = { kind: 'reject', statusCode, code: 'UnknownNumber', reasonPhrase: '', steps: [] } as const
      const call = new ScriptedCall([
        { decision: { kind: 'carrier', carrierIds: ['one'], number: '16075550123', caller: ALICE, category: 'OffNet', diversion: undefined, steps: [] } },
        { decision },
      ])
      call.feed({ type: 'legRejected', legId: 'b1', statusCode: 404, local: false, reason: 'Q.850;cause=3' })
      return call.done('rejectCaller')[0]?.reason
    }
    expect(refusal(404)).toBe('Q.850;cause=3')
    expect(refusal(486)).toContain('cause=1;')
  })
})
