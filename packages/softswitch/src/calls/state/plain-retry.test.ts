import { describe, expect, it } from 'vitest'
import { ANSWER, carrier, OFFER, reject, ring, ScriptedCall } from '../../../test/scripted-call.ts'
import { MAX_LEGS } from './call-state.ts'

/** The phone, then nobody. */
const ROUTES = [{ decision: ring() }, { decision: reject('Declined', 488) }]
const SECURE_OFFER = 'v=0\r\nm=audio 4000 RTP/SAVP 0\r\n'

describe('a phone without SRTP, called by one with (RFC 4568, leg by leg)', () => {
  it.each([488, 415, 606])('that answers %i is asked once more, for plain RTP, and may answer', (statusCode) => {
    const call = new ScriptedCall(ROUTES, { offer: SECURE_OFFER })
    call.feed({ type: 'legRejected', legId: 'b1', statusCode, local: false })
    expect(call.done('startLeg').map(({ legId, plan }) => [legId, plan.encryption])).toEqual([
      ['b1', undefined],
      ['b2', 'none'],
    ])
    call.feed({ type: 'legAnswered', legId: 'b2', sdp: ANSWER })
    expect(call.done('answerCaller').map(({ legId }) => legId)).toEqual(['b2'])
  })

  it('that refuses that too, refuses the call', () => {
    const call = new ScriptedCall(ROUTES, { offer: SECURE_OFFER })
    call.feed({ type: 'legRejected', legId: 'b1', statusCode: 488, local: false })
    call.feed({ type: 'legRejected', legId: 'b2', statusCode: 488, local: false })
    expect([call.done('startLeg').length, call.done('rejectCaller').length]).toEqual([2, 1])
  })

  it('that refuses plain RTP is asked once more for SRTP, and refuses the call when it refuses that too', () => {
    const call = new ScriptedCall(ROUTES)
    call.feed({ type: 'legRejected', legId: 'b1', statusCode: 488, local: false })
    expect(call.done('startLeg').map(({ plan }) => plan.encryption)).toEqual([undefined, 'required'])
    call.feed({ type: 'legRejected', legId: 'b2', statusCode: 488, local: false })
    expect([call.done('startLeg').length, call.done('rejectCaller').length]).toEqual([2, 1])
  })

  it.each([
    [MAX_LEGS - 1, MAX_LEGS],
    [MAX_LEGS, MAX_LEGS],
  ])('of %i that ring is asked once more as long as the call has fewer legs than it may: %i in all', (forks, started) => {
    const call = new ScriptedCall([{ decision: ring(), forks }, { decision: reject('Declined', 488) }])
    for (const legId of ['b1', 'b2']) call.feed({ type: 'legRejected', legId, statusCode: 488, local: false })
    expect([call.done('startLeg').length, call.state.phase]).toEqual([started, 'setup'])
  })

  it('is not asked for SRTP of a fax, which has no keys', () => {
    const call = new ScriptedCall(ROUTES, { offer: 'v=0\r\nm=image 4000 udptl t38\r\n' })
    call.feed({ type: 'legRejected', legId: 'b1', statusCode: 488, local: false })
    expect([call.done('startLeg').length, call.done('rejectCaller').length]).toEqual([1, 1])
  })

  describe('whose media would go past us', () => {
    const passed = (routes: ConstructorParameters<typeof ScriptedCall>[0], options: { offer?: string } = {}) => {
      const call = new ScriptedCall(routes, { opensMedia: false, ...options })
      call.feed({ type: 'mediaOpened', isUnanchored: true })
      return call
    }

    it.each([
      ['SRTP', {}, 'required'],
      ['plain RTP', { offer: SECURE_OFFER }, 'none'],
    ] as const)('is asked once more for %s over a session that passes us, once', (_what, options, encryption) => {
      const call = passed(ROUTES, options)
      call.feed({ type: 'legRejected', legId: 'b1', statusCode: 488, local: false })
      expect([call.done('openMedia').length, call.done('startLeg').length, call.state.phase]).toEqual([2, 1, 'setup'])
      call.feed({ type: 'mediaOpened' })
      expect(call.done('startLeg').at(-1)).toMatchObject({ legId: 'b2', plan: { encryption, mustAnchor: true } })
      call.feed({ type: 'legRejected', legId: 'b2', statusCode: 488, local: false })
      expect([call.done('openMedia').length, call.done('rejectCaller').length]).toEqual([2, 1])
    })

    it.each([
      [MAX_LEGS / 2, 'setup'],
      [MAX_LEGS / 2 + 1, 'over'],
    ])('%i of them are asked again only when all of them can be: then the call is in %s', (forks, phase) => {
      const call = passed([{ decision: ring(), forks }, { decision: reject('Declined', 488) }])
      for (let leg = 1; leg <= forks; leg++) call.feed({ type: 'legRejected', legId: `b${leg}`, statusCode: 488, local: false })
      expect([call.state.phase, call.state.legs.length]).toEqual([phase, phase === 'setup' ? MAX_LEGS : forks])
    })

    it('is asked when nobody else rings any more: they ring by the description of the caller itself', () => {
      const call = passed([{ decision: ring(), forks: 3 }, { decision: reject('Declined', 488) }])
      call.feed({ type: 'legRejected', legId: 'b1', statusCode: 488, local: false })
      call.feed({ type: 'legRejected', legId: 'b2', statusCode: 486, local: false })
      expect(call.done('openMedia')).toHaveLength(1)
      call.feed({ type: 'legRejected', legId: 'b3', statusCode: 488, local: false })
      call.feed({ type: 'mediaOpened' })
      const again = call.done('startLeg').slice(3)
      expect(again.map(({ legId, plan }) => [legId, plan.lineId])).toEqual([
        ['b4', 'line-0'],
        ['b5', 'line-2'],
      ])
      call.feed({ type: 'legAnswered', legId: 'b5', sdp: ANSWER })
      expect(call.done('answerCaller').map(({ legId }) => legId)).toEqual(['b5'])
    })

    it('and a carrier of a caller with SRTP, who gets plain RTP; without SRTP there is nothing to change for it', () => {
      for (const [offer, opened] of [
        [SECURE_OFFER, 2],
        [OFFER, 1],
      ] as const) {
        // prettier-ignore
        const call = passed([{ decision: carrier() }, { decision: reject('CarrierFailed', 503) }], { offer })
        call.feed({ type: 'legRejected', legId: 'b1', statusCode: 488, local: false })
        expect(call.done('openMedia')).toHaveLength(opened)
      }
    })
  })

  it('is not asked again when it is busy or out of reach', () => {
    for (const [statusCode, local] of [
      [486, false],
      [488, true],
    ] as const) {
      const call = new ScriptedCall(ROUTES, { offer: SECURE_OFFER })
      call.feed({ type: 'legRejected', legId: 'b1', statusCode, local })
      expect(call.done('startLeg').length).toBe(1)
    }
  })
})
