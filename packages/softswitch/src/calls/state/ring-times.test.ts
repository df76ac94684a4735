import { describe, expect, it } from 'vitest'
import { ANSWER, carrier, onNet, ring, ScriptedCall } from '../../../test/scripted-call.ts'
import { buildCallRecords } from '../../cdr/build-cdr.ts'

const RINGS = { type: 'legProgress', statusCode: 180, sdp: undefined } as const
const ALONG = { startsAfterMs: 0, ringsForMs: undefined, endsRingingWhenBusy: false } as const

/** Whose record it is, and how long after the beginning of the call it says that somebody began to ring. */
function ringingOf(call: ScriptedCall): readonly (readonly [string, number | undefined])[] {
  const { startedAtMs } = call.state
  return buildCallRecords(call.state).map(({ id, ringingAtMs }) => [id, ringingAtMs === undefined ? undefined : ringingAtMs - startedAtMs])
}

describe('when somebody began to ring', () => {
  it('is in the record of a leg that was sent on only when it rang there: not before it began, not after it ended', () => {
    const call = new ScriptedCall([{ decision: ring() }, { decision: carrier(), forwardRecordId: 'forward-1' }, { decision: ring('carol') }])
    call.time.advance(1_000)
    call.feed({ ...RINGS, legId: 'b1' })
    call.feed({ type: 'legRejected', legId: 'b1', statusCode: 486, local: false })
    call.time.advance(1_000)
    call.feed({ type: 'legRejected', legId: 'b2', statusCode: 404, local: false })
    call.time.advance(1_000)
    call.feed({ ...RINGS, legId: 'b3' })
    expect(ringingOf(call)).toEqual([
      ['record-account-1', 1_000],
      ['forward-1', undefined],
    ])
  })

  it('is in the records of both accounts of a call between them', () => {
    const call = new ScriptedCall([{ decision: onNet('account-2', '16075550199') }, { decision: ring('zoe') }], { dialed: '6075550199' })
    call.time.advance(500)
    call.feed({ ...RINGS, legId: 'b1' })
    expect(ringingOf(call)).toEqual([
      ['record-account-1', 500],
      ['record-account-2', 500],
    ])
  })

  it('is of those who are called beside the phones of a user each their own', () => {
    const call = new ScriptedCall([{ decision: ring(), beside: [ALONG, { ...ALONG }] }])
    call.time.advance(500)
    call.feed({ ...RINGS, legId: 'b1' })
    call.time.advance(500)
    call.feed({ ...RINGS, legId: 'b3' })
    call.feed({ type: 'legAnswered', legId: 'b3', sdp: ANSWER })
    expect(ringingOf(call)).toEqual([
      ['record-account-1', 500],
      ['forward-0', undefined],
      ['forward-1', 1_000],
    ])
  })
})
