import { describe, expect, it } from 'vitest'
import { ALICE, carrier, OFFER, ring, ScriptedCall } from '../../../test/scripted-call.ts'
import type { CallEvent } from './call-event.ts'
import { joinRefusal } from './mix-state.ts'
import { startCall, stepCall } from './step-call.ts'

const HOST = 'session-1'

/** A call of two, answered; `joined`: these are in it too. */
function hostCall(options: { readonly joined?: readonly string[]; readonly toCarrier?: boolean } = {}): ScriptedCall {
  const call = new ScriptedCall([{ decision: options.toCarrier === true ? carrier('pstn') : ring() }])
  call.feed({ type: 'legAnswered', legId: call.state.legs[0]?.id ?? '', sdp: 'v=0 answer' })
  for (const bySessionId of options.joined ?? []) {
    call.feed({ type: 'joinAsked', bySessionId })
    call.feed({ type: 'mixOpened', forSessionId: bySessionId })
  }
  return call
}

function told(call: ScriptedCall): readonly unknown[] {
  return call.done('tellCall').map(({ sessionId, message }) => [sessionId, message.type])
}

describe('a call that others join (RFC 3911)', () => {
  it('a call for help lets nobody in, whoever was asked before (47 CFR 9.11)', () => {
    const help = { service: '911', carrierIds: ['psap'], callbackNumber: undefined, location: undefined, caller: ALICE, steps: [] } as const
    const call = new ScriptedCall([{ decision: { kind: 'emergency', ...help } }])
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: 'v=0 answer' })
    call.feed({ type: 'joinAsked', bySessionId: 'third' })
    expect(call.done('tellCall').map(({ message }) => message)).toMatchObject([{ type: 'joinRefused', code: 'EmergencyCall' }])
    expect(call.done('openMix')).toEqual([])
    const { accountId } = call.state.question
    const party = { kind: 'line', lineId: 'line-carol', userId: 'carol', partitionId: 'partition-1', accountId, identity: ALICE } as const
    expect(joinRefusal(call.state, 'caller', party)).toBe('EmergencyCall')
  })

  it('lets one in when its own legs are in the mix', () => {
    const call = hostCall()
    expect(call.feed({ type: 'joinAsked', bySessionId: 'third' })).toEqual([{ type: 'openMix', forSessionId: 'third' }])
    call.feed({ type: 'mixOpened', forSessionId: 'third' })
    expect(told(call)).toEqual([['third', 'joinGranted']])
  })

  it('says why not: the media cannot be mixed, an offer is on its way, the call is over', () => {
    const call = hostCall()
    call.feed({ type: 'joinAsked', bySessionId: 'third' })
    call.feed({ type: 'mixRefused', forSessionId: 'third', code: 'MixFull' })
    call.feed({ type: 'reinvite', side: 'caller', sdp: OFFER })
    call.feed({ type: 'joinAsked', bySessionId: 'third' })
    call.feed({ type: 'callerEnded', cause: 'bye', reason: undefined })
    call.feed({ type: 'joinAsked', bySessionId: 'third' })
    const codes = call.done('tellCall').map(({ message }) => (message.type === 'joinRefused' ? message.code : message.type))
    expect(codes).toEqual(['MixFull', 'DialogBusy', 'NoSuchDialog'])
    expect(call.state.mix).toBeUndefined()
  })

  it('gives the two back to each other when the third has left, unless one was described anew: then they stay in the mix', () => {
    const call = hostCall({ joined: ['third'] })
    expect(call.feed({ type: 'joinedCallOver', bySessionId: 'third' })).toEqual([{ type: 'closeMix' }])
    const renegotiated = hostCall({ joined: ['third'] })
    expect(renegotiated.feed({ type: 'reinvite', side: 'callee', sdp: OFFER })).toEqual([{ type: 'answerInMix', to: 'callee', sdp: OFFER }])
    expect(renegotiated.feed({ type: 'joinedCallOver', bySessionId: 'third' })).toEqual([])
    expect(renegotiated.feed({ type: 'reinvite', side: 'caller', sdp: OFFER })).toEqual([{ type: 'answerInMix', to: 'caller', sdp: OFFER }])
    expect(renegotiated.feed({ type: 'callerEnded', cause: 'bye', reason: undefined })).toContainEqual(expect.objectContaining({ type: 'byeLeg' }))
  })

  /** A call whose media cannot be mixed as it is, and somebody who wants in. */
  function otherCodecs(): ScriptedCall {
    const call = hostCall()
    call.feed({ type: 'joinAsked', bySessionId: 'third' })
    call.feed({ type: 'mixRefused', forSessionId: 'third', code: 'NoCommonCodec' })
    return call
  }

  it('of other codecs, or on hold, is offered our own end, one side after the other, and then mixed (RFC 3725 4)', () => {
    const call = otherCodecs()
    expect(call.done('offerOwnEnd')).toEqual([{ type: 'offerOwnEnd', to: 'caller' }])
    call.feed({ type: 'joinAsked', bySessionId: 'fourth' })
    expect(call.done('tellCall').at(-1)?.message).toMatchObject({ type: 'joinRefused', code: 'DialogBusy' })
    expect(call.feed({ type: 'reinviteAnswered', side: 'caller', sdp: 'v=0 a' })).toEqual([
      { type: 'acceptInMix', from: 'caller', sdp: 'v=0 a' },
      { type: 'offerOwnEnd', to: 'callee' },
    ])
    expect(call.feed({ type: 'reinviteAnswered', side: 'callee', sdp: 'v=0 b' })).toEqual([
      { type: 'acceptInMix', from: 'callee', sdp: 'v=0 b' },
      { type: 'openMix', forSessionId: 'third' },
    ])
    call.feed({ type: 'mixOpened', forSessionId: 'third' })
    expect(call.state.mix).toEqual({ joined: ['third'], renegotiated: true })
  })

  it('that does not take our offer lets nobody in: the first side is brought back to the second', () => {
    const first = otherCodecs()
    first.feed({ type: 'reinviteRejected', side: 'caller', statusCode: 488 })
    expect(told(first)).toEqual([['third', 'joinRefused']])
    expect([first.state.phase, first.state.transfer.renegotiation]).toEqual(['talking', undefined])
    const second = otherCodecs()
    second.feed({ type: 'reinviteAnswered', side: 'caller', sdp: 'v=0 a' })
    const effects = second.feed({ type: 'reinviteRejected', side: 'callee', statusCode: 488 })
    expect(effects.map(({ type }) => type)).toEqual(['tellCall', 'offerToParty'])
  })

  it('that ends meanwhile tells who waited', () => {
    const call = otherCodecs()
    call.feed({ type: 'callerEnded', cause: 'bye', reason: undefined })
    expect(told(call)).toEqual([['third', 'mixOver']])
  })

  it('a re-INVITE without offer gets ours, its ACK the answer; a second one meanwhile 491 (RFC 3261 14.2)', () => {
    const call = hostCall({ joined: ['third'] })
    expect(call.feed({ type: 'reinvite', side: 'caller', sdp: undefined })).toEqual([{ type: 'offerInMix', to: 'caller' }])
    expect(call.feed({ type: 'reinvite', side: 'callee', sdp: OFFER })).toEqual([{ type: 'rejectReinvite', to: 'callee', statusCode: 491 }])
    expect(call.feed({ type: 'acknowledged', side: 'caller', sdp: 'v=0 mine' })).toEqual([{ type: 'acceptInMix', from: 'caller', sdp: 'v=0 mine' }])
  })

  it('a re-INVITE without offer of a leg with SRTP: our offer has keys, as others have none', () => {
    const call = hostCall({ joined: ['third'] })
    call.feed({ type: 'reinvite', side: 'caller', sdp: 'v=0\r\nm=audio 4000 RTP/SAVP 0\r\n' })
    expect(call.feed({ type: 'reinvite', side: 'caller', sdp: undefined })).toEqual([{ type: 'offerInMix', to: 'caller' }])
  })

  it('a leg that is silent is hung up, once, and the others go on; the last one is not left alone', () => {
    const call = hostCall({ joined: ['third'] })
    const effects = call.feed({ type: 'mediaInactive', side: 'a', silentMs: 60_000 })
    expect(effects.map(({ type }) => type)).toEqual(['byeCaller', 'releaseSide'])
    expect(call.feed({ type: 'mediaInactive', side: 'a', silentMs: 120_000 })).toEqual([])
    const last = call.feed({ type: 'joinedCallOver', bySessionId: 'third' })
    expect(last.map(({ type }) => type)).toContain('byeLeg')
    expect(call.state.phase).toBe('over')
  })

  it('that ends otherwise hangs up everybody who joined', () => {
    const call = hostCall({ joined: ['third', 'fourth'] })
    call.feed({ type: 'hangup', code: 'ShuttingDown' })
    expect(told(call).slice(-2)).toEqual([
      ['third', 'mixOver'],
      ['fourth', 'mixOver'],
    ])
  })

  it('is no place for transfers as long as it is mixed: REFER 603, Replaces 491', () => {
    const call = hostCall({ joined: ['third'] })
    expect(call.feed({ type: 'referred', side: 'caller', referral: { kind: 'unknownDialog' } })).toEqual([
      { type: 'rejectRefer', side: 'caller', statusCode: 603 },
    ])
    const identity = { number: '2003', name: '', anonymous: false }
    const party = { kind: 'line', lineId: 'line-3', userId: 'carol', partitionId: 'partition-1', accountId: 'account-1', identity } as const
    const asked = call.feed({ type: 'takeoverAsked', side: 'caller', party, sdp: OFFER, sipCallId: 'x' })
    expect(asked).toEqual([{ type: 'rejectTakeover', statusCode: 491 }])
    call.feed({ type: 'replacementOffered', bySessionId: 'other', side: 'caller', transferor: party })
    expect(call.done('tellCall').at(-1)?.message).toMatchObject({ type: 'transferFailed', statusCode: 491 })
  })

  it('keys go to the other leg of the call as long as there is one', () => {
    const call = hostCall({ joined: ['third'] })
    const key = { type: 'digit', side: 'caller', digit: '5', relayed: false, isInfoAllowed: true } as const
    expect(call.feed(key)).toEqual([{ type: 'sendDigit', to: 'callee', digit: '5', durationMs: 160 }])
    call.feed({ type: 'legEnded', legId: call.state.winnerId ?? '', cause: 'bye', reason: undefined })
    expect(call.feed(key)).toEqual([])
    expect(call.feed({ type: 'info', side: 'caller', contentType: 'application/dtmf', body: '5' })).toEqual([])
  })
})

describe('a call that joins another one', () => {
  const started = {
    type: 'started',
    atMs: 0,
    sessionId: 'third',
    origin: { kind: 'line', lineId: 'line-carol', userId: 'carol', number: '2003', name: '', dialed: '2002' },
    account: { partitionId: 'partition-1', accountId: 'account-1', recordId: 'record-3' },
    question: { accountId: 'account-1', call: { direction: 'originating', fromLineId: 'line-carol', dialed: '2002' } },
    offer: OFFER as string | undefined,
    sipCallId: 'call-3',
    times: { maxRingMs: 900_000, maxCallMs: 86_400_000, carrierSetupTimeoutMs: 20_000 },
    joins: HOST,
  } as const

  /** The effects of each event, after the start. */
  function run(events: readonly (Record<string, unknown> & { readonly type: string })[], { offer }: { readonly offer: string | undefined } = { offer: OFFER }) {
    let step = startCall({ ...started, offer })
    const effects = events.map((event, index) => {
      step = stepCall(step.state, { atMs: index + 1, ...event } as CallEvent)
      return step.effects
    })
    return { first: startCall({ ...started, offer }).effects, effects, state: step.state }
  }

  const OPENED = { type: 'mediaOpened' }
  const GRANTED = { type: 'joinGranted', bySessionId: HOST }

  it('asks once it has media, is answered when it may come in, and is routed nowhere', () => {
    const { first, effects, state } = run([OPENED, GRANTED, { type: 'mixEntered' }])
    expect(first.map(({ type }) => type)).toEqual(['startTimer', 'openMedia'])
    expect(effects[0]).toEqual([{ type: 'tellCall', sessionId: HOST, message: { type: 'joinAsked', bySessionId: 'third', accountId: 'account-1' } }])
    expect(effects[1]).toEqual([{ type: 'enterMix', mixId: HOST }])
    expect(state).toMatchObject({ phase: 'talking', callerLeg: 'answered', answeredAtMs: 3 })
  })

  it.each([
    ['NoSuchDialog', 481],
    ['DialogBusy', 491],
    ['MixFull', 488],
  ])('refused with %s it is rejected with %i', (code, statusCode) => {
    const { effects } = run([OPENED, { type: 'joinRefused', bySessionId: HOST, code }])
    expect(effects[1]).toContainEqual(expect.objectContaining({ type: 'rejectCaller', statusCode }))
  })

  it('tells the host when it ends: cancelled before it was in, and after', () => {
    for (const events of [
      [OPENED, { type: 'callerCancelled', reason: undefined }, GRANTED],
      [OPENED, GRANTED, { type: 'mixEntered' }, { type: 'callerEnded', cause: 'bye', reason: undefined }],
    ]) {
      const { effects, state } = run(events)
      const gone = { type: 'tellCall', sessionId: HOST, message: { type: 'joinedCallOver', bySessionId: 'third' } }
      expect(
        effects
          .flat()
          .filter(({ type }) => type === 'tellCall')
          .at(-1),
      ).toEqual(gone)
      expect(effects.flat().filter(({ type }) => type === 'enterMix')).toHaveLength(events.length - 3)
      expect(state.phase).toBe('over')
    }
  })

  it('without an offer has the answer in the ACK (RFC 3261 13.2.1)', () => {
    const { effects } = run([OPENED, GRANTED, { type: 'mixEntered' }, { type: 'acknowledged', side: 'caller', sdp: 'v=0 mine' }], { offer: undefined })
    expect(effects[3]).toEqual([{ type: 'acceptInMix', from: 'caller', sdp: 'v=0 mine' }])
  })

  it('is hung up when nobody else is left', () => {
    const { effects } = run([OPENED, GRANTED, { type: 'mixEntered' }, { type: 'mixOver', bySessionId: HOST }])
    expect(effects[3]).toContainEqual(expect.objectContaining({ type: 'byeCaller' }))
  })
})
