import type { CallRecord, RecentCall } from '@dialtone/softswitch'
import Type, { type Static } from 'typebox'
import type { FoundCall } from './find-by-call-id.ts'
import { named } from '../http/index.ts'

const date = Type.String({ format: 'date-time' })

/** A call that goes on, or one of the last. */
export const LiveCallView = named(
  'LiveCall',
  Type.Object({
    /** The session: the same as `sessionId` of its call detail records. */
    id: Type.String(),
    state: Type.String(),
    direction: Type.Optional(Type.String()),
    from: Type.String(),
    fromName: Type.Optional(Type.String()),
    to: Type.String(),
    dialed: Type.String(),
    startTime: date,
    connectTime: Type.Optional(date),
    endTime: Type.Optional(date),
    outcome: Type.Optional(Type.String()),
    statusCode: Type.Optional(Type.Integer()),
    callingUserId: Type.Optional(Type.String()),
    callingLineId: Type.Optional(Type.String()),
    calledUserId: Type.Optional(Type.String()),
    calledLineId: Type.Optional(Type.String()),
    carrierId: Type.Optional(Type.String()),
  }),
)

export function liveCallView(record: CallRecord): Static<typeof LiveCallView> {
  const { sessionId, direction, callingNumber, callingName, calledNumber, dialedNumber, startedAtMs, answeredAtMs, ringingAtMs } = record
  const { callingUserId, callingLineId, calledUserId, calledLineId, carrierId } = record
  const who = { callingUserId, callingLineId, calledUserId, calledLineId, carrierId }
  const state = answeredAtMs !== undefined ? 'TALKING' : ringingAtMs === undefined ? 'SETUP' : 'RINGING'
  return {
    ...{ id: sessionId, state, direction, from: callingNumber, fromName: callingName, to: calledNumber, dialed: dialedNumber },
    startTime: timeOf(startedAtMs),
    ...(answeredAtMs === undefined ? {} : { connectTime: timeOf(answeredAtMs) }),
    ...Object.fromEntries(Object.entries(who).filter(([, id]) => id !== undefined)),
  }
}

export function recentCallView({ sessionId, startedAtMs, endedAtMs, from, dialed, outcome, statusCode }: RecentCall): Static<typeof LiveCallView> {
  return { id: sessionId, state: 'ENDED', from, to: dialed, dialed, startTime: timeOf(startedAtMs), endTime: timeOf(endedAtMs), outcome, statusCode }
}

/** A call, and whose it is: with these the trace and the record are asked for. */
export const FoundCallView = named(
  'FoundCall',
  Type.Object({
    /** The session: the same as `sessionId` of its call detail records. */
    id: Type.String(),
    partitionId: Type.String(),
    accountId: Type.String(),
    state: Type.String(),
    from: Type.String(),
    dialed: Type.String(),
    startTime: date,
    endTime: Type.Optional(date),
    outcome: Type.Optional(Type.String()),
  }),
)

export function foundCallView({ sessionId, startedAtMs, endedAtMs, outcome, ...call }: FoundCall): Static<typeof FoundCallView> {
  const end = endedAtMs === undefined ? {} : { endTime: timeOf(endedAtMs) }
  return {
    id: sessionId,
    ...call,
    state: endedAtMs === undefined ? 'LIVE' : 'ENDED',
    startTime: timeOf(startedAtMs),
    ...end,
    ...(outcome === undefined ? {} : { outcome }),
  }
}

export function timeOf(atMs: number): string {
  return new Date(atMs).toISOString()
}
