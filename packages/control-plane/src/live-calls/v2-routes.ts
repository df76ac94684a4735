import { err, ok } from '@dialtone/foundation'
import Type from 'typebox'
import { accountOperation, named, oneOf, type Operation, partitionOperation } from '../http/index.ts'
import { invalidField, unavailable } from '../failures/index.ts'
import { findCaller, refusalOfDialed } from '../routing-explanations/index.ts'
import { CallTraceView, callTraceView } from './call-trace-view.ts'
import { commandFailure, wouldBeRefused } from './command-failure.ts'
import { findByCallId } from './find-by-call-id.ts'
import { findCallTrace, findLiveCall } from './find-call.ts'
import { recordCall } from './record-call.ts'
import { superviseCall } from './supervise-call.ts'
import { SUPERVISION_MODES } from '../call-supervision/index.ts'
import { FoundCallView, foundCallView, LiveCallView, liveCallView, recentCallView } from './live-call-view.ts'

const CALLS = '/v2/partition/:partitionId/account/:accountId/calls'
const ITEM = `${CALLS}/:callId`
const TAG = 'Calls'
const reads = { permission: 'AccountCallHistory', level: 'READ' } as const
const acts = { permission: 'AccountCallHistory', level: 'EDIT' } as const
const CallPath = Type.Object({ partitionId: Type.String(), accountId: Type.String(), callId: Type.String({ maxLength: 64 }) })
const MAX_LISTED = 1000

export const liveCallOperations: readonly Operation[] = [
  partitionOperation({
    method: 'GET',
    path: '/v2/partition/:partitionId/calls',
    tag: TAG,
    summary: 'Whose calls had a SIP dialog with this Call-ID: those that go on, that are over, and that were refused, in the partition and below it',
    requires: reads,
    /** As it stands in a capture, whichever leg it was taken from. */
    query: Type.Object({ sipCallId: Type.String({ minLength: 1, maxLength: 255 }) }),
    responses: { 200: named('FoundCallList', Type.Object({ totalRecords: Type.Integer(), results: Type.Array(FoundCallView) })) },
    handle: async (context, { scope, query }) => {
      const results = (await findByCallId(context, scope, query.sipCallId)).map(foundCallView)
      return ok({ status: 200, body: { totalRecords: results.length, results } })
    },
  }),
  accountOperation({
    method: 'GET',
    path: CALLS,
    tag: TAG,
    summary: 'The calls of an account that go on, or the last ones that are over',
    requires: reads,
    query: Type.Object({ state: Type.Optional(oneOf(['LIVE', 'ENDED'])), limit: Type.Integer({ minimum: 1, maximum: MAX_LISTED, default: 100 }) }),
    responses: { 200: named('LiveCallList', Type.Object({ totalRecords: Type.Integer(), results: Type.Array(LiveCallView) })) },
    handle: async (context, { scope, query: { state, limit } }) => {
      const { accountId } = scope
      const calls =
        state === 'ENDED' ? (await context.calls.recentOf(accountId)).map(recentCallView) : (await context.calls.callsOf(accountId)).map(liveCallView)
      return ok({ status: 200, body: { totalRecords: calls.length, results: calls.slice(0, limit) } })
    },
  }),
  accountOperation({
    method: 'GET',
    path: `${ITEM}/trace`,
    tag: TAG,
    summary: 'Why a call went as it did: its decisions, messages, events and media, while it goes on and afterwards',
    requires: reads,
    params: CallPath,
    responses: { 200: CallTraceView },
    handle: async (context, { principal, scope, params }) => {
      const call = await findCallTrace(context, scope, params.callId)
      return call.ok ? ok({ status: 200, body: callTraceView(call.value, principal.accountId) }) : call
    },
  }),
  accountOperation({
    method: 'DELETE',
    path: ITEM,
    tag: TAG,
    summary: 'Hang up a call',
    requires: acts,
    params: CallPath,
    responses: { 204: undefined },
    handle: async (context, { scope, params }) => {
      const call = await findLiveCall(context, scope, params.callId)
      if (!call.ok) return call
      const result = await context.calls.hangUp(call.value.sessionId)
      return result === 'done' ? ok({ status: 204 }) : err(commandFailure(result, call.value.sessionId))
    },
  }),
  accountOperation({
    method: 'POST',
    path: `${ITEM}/transfer`,
    tag: TAG,
    summary: 'Send a party of a call on, as its line could by a blind transfer, or who waits in a queue or a parking spot or talks to a menu',
    requires: acts,
    params: CallPath,
    body: Type.Object({
      /** As the line of the account would dial it; for who talks to no line an extension, a number, or the code for the voicemail of an extension (`*55`). */
      to: Type.String({ minLength: 1, maxLength: 64 }),
      /** Who goes on; without it the one the account's line talks to. */
      transferee: Type.Optional(oneOf(['CALLER', 'CALLEE'])),
    }),
    responses: { 202: Type.Object({ id: Type.String() }) },
    handle: async (context, { scope, params, body }) => {
      const call = await findLiveCall(context, scope, params.callId)
      if (!call.ok) return call
      const { sessionId, accountId } = call.value
      const transferee = body.transferee === undefined ? undefined : body.transferee === 'CALLER' ? 'caller' : 'callee'
      const { result, sessionId: id, refusal } = await context.calls.transfer({ sessionId, accountId, dialed: body.to, transferee })
      return result === 'done' ? ok({ status: 202, body: { id } }) : err(commandFailure(result, sessionId, refusal))
    },
  }),
  accountOperation({
    method: 'POST',
    path: `${ITEM}/supervise`,
    tag: TAG,
    summary: 'Let a supervisor listen to a call, whisper to the own party or join in: his phones ring, and those who talk are told first',
    requires: acts,
    params: CallPath,
    body: Type.Object({
      /** SIP user name, line id, user id or extension of this account. */
      supervisor: Type.String({ minLength: 1, maxLength: 64 }),
      mode: Type.Optional(oneOf(SUPERVISION_MODES)),
      /** Whose ear is whispered into; without it the one on a line of the account. */
      party: Type.Optional(oneOf(['CALLER', 'CALLEE'])),
    }),
    responses: { 202: Type.Object({ id: Type.String() }) },
    handle: async (context, { principal, scope, params, body }) => {
      const party = body.party === undefined ? undefined : body.party === 'CALLER' ? 'caller' : 'callee'
      const { supervisor, mode = 'LISTEN' } = body
      const done = await superviseCall(context, principal, scope, { callId: params.callId, supervisor, mode, party })
      return done.ok ? ok({ status: 202, body: { id: done.value } }) : done
    },
  }),
  accountOperation({
    method: 'POST',
    path: `${ITEM}/record`,
    tag: TAG,
    summary: "Start, pause, resume or stop the account's recording of a call: those who talk are told before it begins; never of calls to 911 and 933",
    requires: acts,
    params: CallPath,
    body: Type.Object({ action: oneOf(['START', 'PAUSE', 'RESUME', 'STOP']) }),
    responses: { 204: undefined },
    handle: async (context, { principal, scope, params, body }) => {
      const done = await recordCall(context, principal, scope, { callId: params.callId, action: body.action })
      return done.ok ? ok({ status: 204 }) : done
    },
  }),
  accountOperation({
    method: 'POST',
    path: CALLS,
    tag: TAG,
    summary: 'Click to call: the own phones of a user ring first, then his line dials',
    requires: acts,
    body: Type.Object({
      /** SIP user name, line id, user id or extension of this account. */
      from: Type.String({ minLength: 1, maxLength: 64 }),
      to: Type.String({ minLength: 1, maxLength: 64 }),
    }),
    responses: { 202: Type.Object({ id: Type.String() }) },
    handle: async (context, { scope, body }) => {
      const caller = await findCaller(context, scope, body.from, scope.accountId)
      if (!caller.ok) return caller
      if (caller.value.kind !== 'line' || caller.value.accountId !== scope.accountId)
        return err(invalidField('from', `"${body.from}" is nobody of this account`, 'a line or a user of the account', 'UnknownCaller'))
      const { accountId, lineId } = caller.value
      const refusal = await refusalOfDialed(context, caller.value, body.to)
      if (refusal !== undefined) return err(wouldBeRefused(refusal))
      const originated = await context.calls.originate({ accountId, lineId, dialed: body.to })
      if (originated === undefined) return err(unavailable('SwitchUnavailable', 'The switch does not answer; try again in a moment.'))
      const { result, sessionId: id = '' } = originated
      return result === 'done' ? ok({ status: 202, body: { id } }) : err(commandFailure(result, id))
    },
  }),
]
