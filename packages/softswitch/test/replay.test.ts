import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CallEvent } from '../src/index.ts'
import { startCall, stepCall } from '../src/calls/state/step-call.ts'
import { buildCallRecords } from '../src/cdr/build-cdr.ts'
import type { CallRecord } from '../src/index.ts'
import { replay } from './scripted-call.ts'
import { SwitchRig } from './switch-rig.ts'
import { expectNothingLeft, talk } from './talk.ts'

let rig: SwitchRig

beforeEach(async () => {
  rig = await SwitchRig.start()
})

afterEach(async () => {
  try {
    await expectNothingLeft(rig)
  } finally {
    await rig.stop()
  }
})

/** The records of the account, folded anew out of the events alone. The report of the media engine is no event. */
function recordsOf([first, ...rest]: readonly CallEvent[], told: CallRecord | undefined): readonly CallRecord[] {
  if (first?.type !== 'started') throw new Error('a trace begins with the start of the call')
  const end = rest.reduce((step, event) => stepCall(step.state, event), startCall(first))
  return buildCallRecords(end.state, told?.mediaReport)
}

function traceOf(record: CallRecord | undefined): readonly CallEvent[] {
  const trace = rig.switch.traceOf(record?.sessionId ?? '')
  if (trace === undefined) throw new Error('the trace is not kept')
  return trace
}

describe('the trace of a call that was made, replayed through the pure call', () => {
  it('two phones, one answers: the same INVITEs, CANCEL, answer and BYE, and the same record', async () => {
    const alice = await rig.phone('alice-desk')
    const desk = await rig.phone('bob-desk')
    const cell = await rig.phone('bob-cell')
    const call = await talk(rig, alice, '2002', cell)
    const loser = await desk.nextCall()
    const { reason } = await loser.saw('cancelled')
    rig.time.advance(3_000)
    call.caller.leg.bye()
    const { request } = await call.callee.saw('bye')
    await rig.closed(1)
    await expectNothingLeft(rig)
    const trace = traceOf(rig.records[0])
    const effects = replay(trace)
    const started = effects.filter((effect) => effect.type === 'startLeg').map((effect) => effect.plan.requestUri)
    expect(started.toSorted()).toEqual([loser, call.callee].map((leg) => leg.invite.request.uriText).toSorted())
    expect(effects.filter((effect) => effect.type === 'cancelLeg').map((effect) => effect.reason)).toEqual([reason])
    expect(effects.filter((effect) => effect.type === 'byeLeg').map((effect) => effect.reason)).toEqual([request.header('reason')])
    expect(effects.filter((effect) => effect.type === 'progressCaller')).toHaveLength(call.caller.count('progress'))
    expect(effects.filter((effect) => effect.type === 'answerCaller')).toHaveLength(call.caller.count('answered'))
    expect(effects.at(-1)?.type).toBe('dispose')
    expect(recordsOf(trace, rig.records[0])).toEqual(rig.records)
  })

  it('a first carrier that fails and a second that is busy: the same INVITEs in order, the same refusal, the same record', async () => {
    const alice = await rig.phone('alice-desk')
    const caller = alice.call('6075550123', (await rig.ear()).description())
    const first = await rig.pstn.nextCall()
    first.invite.reject(503)
    const second = await rig.backup.nextCall()
    second.invite.reject(486)
    const rejected = await caller.saw('rejected')
    await rig.closed(1)
    await expectNothingLeft(rig)
    const trace = traceOf(rig.records[0])
    const effects = replay(trace)
    const started = effects.filter((effect) => effect.type === 'startLeg').map((effect) => effect.plan.requestUri)
    expect(started).toEqual([first, second].map((leg) => leg.invite.request.uriText))
    expect(effects.filter((effect) => effect.type === 'rejectCaller')).toEqual([
      { type: 'rejectCaller', statusCode: 486, reasonPhrase: rejected.reasonPhrase, reason: rejected.response?.header('reason') },
    ])
    expect(recordsOf(trace, rig.records[0])).toEqual(rig.records)
  })
})
