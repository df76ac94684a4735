import Type, { type Static } from 'typebox'
import type { PublishedEvent } from '../events/index.ts'
import { freeObject, named } from '../http/index.ts'

/** What integrators see of an event, in the feed and in webhooks (public-spec section 16). `event` and `type` are the same name. */
export const PublicEvent = named(
  'Event',
  Type.Object({
    id: Type.String(),
    position: Type.String({ description: 'Where to go on: the value of `after` for what comes next' }),
    event: Type.String(),
    type: Type.String(),
    timestamp: Type.String(),
    partitionId: Type.String(),
    accountId: Type.Optional(Type.String()),
    data: freeObject(),
  }),
)

/** Events of the inside that are nobody's business. */
const INTERNAL = /^(job|bulkcollection|test)\./

export function isPublic(type: string): boolean {
  return !INTERNAL.test(type)
}

export function publicEvent(event: PublishedEvent): Static<typeof PublicEvent> {
  return { ...eventBody(event), position: event.position }
}

/** The body of a webhook: without the place in the feed, which a test event does not have. */
export function eventBody(event: Pick<PublishedEvent, 'id' | 'type' | 'occurredAt' | 'partitionId' | 'accountId' | 'data' | 'actor'>) {
  const { userName } = event.actor
  return {
    id: event.id,
    event: event.type,
    type: event.type,
    timestamp: event.occurredAt.toISOString(),
    partitionId: event.partitionId,
    ...(event.accountId === undefined ? {} : { accountId: event.accountId }),
    data: {
      ...event.data,
      ...(event.accountId === undefined ? {} : { accountId: event.accountId }),
      ...(event.type === 'user.created' ? { createdBy: userName } : {}),
      ...(event.type.startsWith('call.') ? numbersOf(event.data) : {}),
    },
  }
}

/** Telephone numbers of calls in E.164 with its plus (public-spec section 16); extensions as they are. */
function numbersOf(data: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const numbers = ['from', 'to'].flatMap((name) => {
    const value = data[name]
    return typeof value === 'string' && /^1\d{10}$/.test(value) ? [[name, `+${value}`] as const] : []
  })
  return Object.fromEntries(numbers)
}

/** Whether a subscription to these names wants an event: `*`, `user.*` or the whole name; no names at all want everything. */
export function wants(names: readonly string[], type: string): boolean {
  if (!isPublic(type)) return false
  return names.length === 0 || names.some((name) => name === '*' || name === type || (name.endsWith('.*') && type.startsWith(name.slice(0, -1))))
}
