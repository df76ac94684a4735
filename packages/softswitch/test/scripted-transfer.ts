import type { Party } from '../src/calls/state/transfer-state.ts'
import { ANSWER, ring, ScriptedCall } from './scripted-call.ts'

export const BLIND = { kind: 'blind', dialed: '2003', toSessionId: 'session-2', recordId: 'record-2' } as const
export const BOB: Party = {
  kind: 'line',
  lineId: 'line-bob',
  userId: 'bob',
  partitionId: 'partition-1',
  accountId: 'account-1',
  identity: { number: '2002', name: 'Bob', anonymous: false },
}
export const GRANDMA: Party = {
  ...BOB,
  kind: 'carrier',
  lineId: undefined,
  userId: undefined,
  identity: { number: '12125550142', name: 'Grandma', anonymous: false },
}

/** A call that Bob has answered. */
export function answered(...more: ConstructorParameters<typeof ScriptedCall>[0]): ScriptedCall {
  const call = new ScriptedCall([{ decision: ring() }, ...more])
  call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
  return call
}

/** What a call told others. */
export function told(call: ScriptedCall) {
  return call.done('tellCall').map(({ message }) => message.type)
}
