import { expect, it } from 'vitest'
import { ALICE, ANSWER, OFFER, ring, ScriptedCall } from '../../test/scripted-call.ts'
import type { Party } from '../calls/state/transfer-state.ts'
import { watchedDialogs } from './watched-dialogs.ts'

const CAROL: Party = {
  kind: 'line',
  lineId: 'line-carol',
  userId: 'carol',
  partitionId: 'partition-1',
  accountId: 'account-1',
  identity: { number: '2003', name: 'Carol', anonymous: false },
}

it('after a transfer the transferor is free again, and the one who was transferred is in the call (RFC 4235)', () => {
  const transferor = { ...CAROL, lineId: 'line-alice', userId: 'alice', identity: ALICE }
  const call = new ScriptedCall([{ decision: ring() }], { transfer: { fromSessionId: 'session-0', transferor, transferee: CAROL, depth: 1 } })
  const statesOf = (lineId: string) => watchedDialogs(call.state, { accountId: 'account-1', lineIds: [lineId], realm: 'test' }).map(({ state }) => state)
  call.feed({ type: 'legProgress', legId: 'b1', statusCode: 180, sdp: undefined })
  // Until then carol talks in the call she comes from.
  expect([statesOf('line-alice'), statesOf('line-carol'), statesOf('line-0')]).toEqual([[], [], ['early']])
  call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
  call.feed({ type: 'partyJoined', side: 'caller', party: CAROL, sdp: OFFER, records: [], sipCallId: 'joined' })
  expect([statesOf('line-alice'), statesOf('line-carol'), statesOf('line-0')]).toEqual([[], ['confirmed'], ['confirmed']])
})
