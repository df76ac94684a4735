import type { DescribedCall, DescribedLeg } from '@dialtone/softswitch'
import Type, { type Static } from 'typebox'
import { freeObject, named } from '../http/index.ts'
import { DecisionView, decisionView } from '../routing-explanations/index.ts'
import { timeOf } from './live-call-view.ts'

const date = Type.String({ format: 'date-time' })
const maybeText = Type.Optional(Type.String())

const MessageView = Type.Object({
  time: date,
  leg: Type.String(),
  direction: Type.String(),
  method: Type.String(),
  statusCode: Type.Optional(Type.Integer()),
  reason: maybeText,
  /** What the session description says of its streams, without keys. */
  media: Type.Optional(Type.Array(freeObject())),
})

/** Everything that is known of a call. */
export const CallTraceView = named(
  'CallTrace',
  Type.Object({
    id: Type.String(),
    startTime: date,
    connectTime: Type.Optional(date),
    endTime: Type.Optional(date),
    from: Type.Object({ number: Type.String(), name: Type.String(), lineId: maybeText, carrierId: maybeText }),
    dialed: Type.String(),
    outcome: Type.Optional(Type.Object({ code: Type.String(), disposition: Type.String(), statusCode: Type.Integer(), hangupBy: Type.String() })),
    decisions: Type.Array(Type.Intersect([Type.Object({ time: date }), DecisionView])),
    legs: Type.Array(
      Type.Object({
        id: Type.String(),
        type: Type.String(),
        accountId: maybeText,
        lineId: maybeText,
        carrierId: maybeText,
        uri: maybeText,
        sipCallId: maybeText,
      }),
    ),
    messages: Type.Array(MessageView),
    events: Type.Array(Type.Object({ time: date, type: Type.String(), detail: freeObject() })),
    media: Type.Object({ caller: Type.Optional(freeObject()), callee: Type.Optional(freeObject()), missing: maybeText }),
    /** More happened than is kept. */
    cut: Type.Boolean(),
  }),
)

/** @param seenBy the account whose users ask: what the call did in others is none of theirs; undefined: an operator of the partition */
export function callTraceView(call: DescribedCall, seenBy: string | undefined): Static<typeof CallTraceView> {
  const isSeen = ({ accountId }: { readonly accountId: string }): boolean => seenBy === undefined || accountId === seenBy
  const unseen = new Set(call.legs.filter((leg) => !isSeen(leg)).map(({ id }) => id))
  const { sessionId, from, dialed, startedAtMs, answeredAtMs, endedAtMs, outcome, media, mediaMissing } = call
  return {
    id: sessionId,
    startTime: timeOf(startedAtMs),
    ...(answeredAtMs === undefined ? {} : { connectTime: timeOf(answeredAtMs) }),
    ...(endedAtMs === undefined ? {} : { endTime: timeOf(endedAtMs) }),
    from: call.accountIds[0] === seenBy || seenBy === undefined ? { ...from } : { number: '', name: '' },
    dialed,
    ...(outcome === undefined ? {} : { outcome: { ...outcome } }),
    decisions: call.decisions.filter(isSeen).map((decision) => ({ time: timeOf(decision.atMs), ...decisionView(decision) })),
    legs: call.legs.map((leg) => legView(leg, isSeen(leg))),
    messages: call.messages.map(({ atMs, media: streams, ...message }) => ({
      time: timeOf(atMs),
      ...message,
      // Where a phone of somebody else wants its streams says where he is.
      ...(streams === undefined || unseen.has(message.leg) ? {} : { media: streams.map((stream) => ({ ...stream })) }),
    })),
    events: call.events.map(({ atMs, type, detail }) => ({
      time: timeOf(atMs),
      type,
      detail: unseen.has(legOf(type, detail)) ? outlineOf(detail) : { ...detail },
    })),
    media: {
      ...(media === undefined ? {} : { caller: { ...media.a }, callee: { ...media.b } }),
      ...(mediaMissing === undefined ? {} : { missing: mediaMissing }),
    },
    cut: call.isCut,
  }
}

type Detail = DescribedCall['events'][number]['detail']

/** Whose doing an event was: what begins a call is the caller's. */
function legOf(type: string, { legId }: Detail): string {
  return typeof legId === 'string' ? legId : type === 'started' ? 'caller' : ''
}

/** What happened to a leg of another account, without who it is. */
const OUTLINE = ['legId', 'side', 'statusCode', 'outcome']

function outlineOf(detail: Detail): Detail {
  return Object.fromEntries(Object.entries(detail).filter(([name]) => OUTLINE.includes(name)))
}

function legView({ id, kind, accountId, lineId, carrierId, uri, sipCallId }: DescribedLeg, isSeen: boolean) {
  const type = kind.toUpperCase()
  if (!isSeen) return { id, type }
  const members = { accountId, lineId, carrierId, uri, sipCallId }
  return { id, type, ...Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) }
}
