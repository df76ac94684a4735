import type { RouteDecision, ServiceOrder } from '@dialtone/call-routing'
import { describe, expect, it } from 'vitest'
import { ALICE, onNet, ScriptedCall, type ScriptedRoute } from '../../../test/scripted-call.ts'
import { buildCallRecords } from '../../cdr/build-cdr.ts'
import type { FaxFacts } from '../../ports/call-record.ts'

const NUMBER = '18015551213'
const OFFICE = { kind: 'fax', faxLineId: 'office', name: 'Office' } as const
const facts = (code: FaxFacts['code'], badRows = 0): FaxFacts => ({
  ...{ code, pageCount: 1, badRows, sizeBytes: 900, bitRate: 14_400, hasCorrection: true, isSound: false, resolution: '204x196' },
})

function serve(service: ServiceOrder): RouteDecision {
  return { kind: 'serve', service, target: 'own', userId: undefined, caller: ALICE, calledNumber: NUMBER, diversion: undefined, steps: [] }
}

const faxTo = (...routes: ScriptedRoute[]) => new ScriptedCall(routes, { dialed: NUMBER, offer: undefined, faxCall: { faxId: 'one' } })

describe('a fax that the platform sends to a virtual fax line of its own', () => {
  it('is taken by our own fax machine: both speak T.38 from the beginning, and each account has its record of it', () => {
    const call = faxTo({ decision: onNet('account-2', NUMBER) }, { decision: serve(OFFICE) })
    expect(call.done('sendFax')).toEqual([{ type: 'sendFax', sdp: undefined }])
    expect(call.done('startService')).toMatchObject([{ service: { order: OFFICE, accountId: 'account-2' } }])
    expect(call.state).toMatchObject({ phase: 'setup', servedAtMs: call.time.nowMs(), fax: { isAgreed: true } })
    call.time.advance(20_000)
    call.feed({ type: 'faxReceived', ...facts('Completed', 2) })
    call.feed({ type: 'serviceEnded' })
    call.feed({ type: 'faxSent', ...facts('Completed') })
    call.feed({ type: 'hangup', code: 'FaxSent' })
    const told = { disposition: 'ANSWERED', reasonCode: 'FaxSent', hangupBy: 'system', answeredAtMs: call.state.servedAtMs }
    expect(buildCallRecords(call.state)).toMatchObject([
      { ...told, accountId: 'account-1', legType: 'Origination', fax: { code: 'Completed', badRows: 0 } },
      { ...told, accountId: 'account-2', legType: 'Termination', direction: 'INBOUND', fax: { code: 'Completed', badRows: 2 } },
    ])
    expect(call.state.disposed).toBe(true)
  })

  it('is over when who sends says so, not when the receiver is done', () => {
    const call = faxTo({ decision: serve(OFFICE) })
    call.feed({ type: 'serviceEnded', code: 'FaxIncomplete' })
    expect(call.state).toMatchObject({ phase: 'setup', service: undefined })
    call.feed({ type: 'hangup', code: 'FaxNotSent' })
    expect(call.done('stopService')).toEqual([])
    expect(buildCallRecords(call.state)).toMatchObject([{ disposition: 'ANSWERED', reasonCode: 'FaxNotSent' }])
  })

  it('stops the receiver when the sender has hung up before', () => {
    const call = faxTo({ decision: serve(OFFICE) })
    call.feed({ type: 'hangup', code: 'FaxNotSent' })
    expect(call.done('stopService')).toHaveLength(1)
  })

  it('is refused where no fax machine answers: a person’s voicemail, a menu, a room', () => {
    const call = faxTo({ decision: serve({ kind: 'conference', conferenceRoomId: 'room' }) })
    expect(call.state).toMatchObject({ phase: 'over', outcome: { code: 'DestinationNotAvailable', statusCode: 480 } })
    expect([call.done('sendFax'), call.done('openMedia'), call.done('startService')]).toEqual([[], [], []])
  })
})
