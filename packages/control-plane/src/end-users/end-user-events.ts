import type { DomainEvent } from '../events/index.ts'
import type { EndUserAttributes } from './end-user.ts'
import type { EndUserRow } from './end-user-queries.ts'

export function userCreated(row: EndUserRow, user: EndUserAttributes): DomainEvent {
  return { ...eventOf('user.created', row), history: { type: 'USER', action: 'CREATE', newValue: user, ...referenceOf(row) } }
}

/** One event, and one history entry for each kind of thing that changed (public-spec section 7). */
export function userUpdated(row: EndUserRow, before: EndUserAttributes, after: EndUserAttributes): readonly DomainEvent[] {
  const changed = (keys: readonly (keyof EndUserAttributes)[]): boolean => keys.some((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
  const entry = (type: string, keys: readonly (keyof EndUserAttributes)[]) => ({
    type,
    action: 'UPDATE' as const,
    oldValue: Object.fromEntries(keys.map((key) => [key, before[key]])),
    newValue: Object.fromEntries(keys.map((key) => [key, after[key]])),
    ...referenceOf(row),
  })
  const kinds = Object.entries({ CALL_FORWARDING, CALL_SCREENING, VOICEMAIL }).filter(([, keys]) => changed(keys))
  const user = { type: 'USER', action: 'UPDATE' as const, oldValue: before, newValue: after, ...referenceOf(row) }
  const rest = (Object.keys(after) as (keyof EndUserAttributes)[]).filter((key) => ![...CALL_FORWARDING, ...CALL_SCREENING, ...VOICEMAIL].includes(key))
  const entries = [...(changed(rest) || kinds.length === 0 ? [user] : []), ...kinds.map(([type, keys]) => entry(type, keys))]
  return entries.map((history, position) => ({ ...eventOf(position === 0 ? 'user.updated' : 'user.history', row), history }))
}

const CALL_FORWARDING: readonly (keyof EndUserAttributes)[] = ['callHandlingSettings', 'callHandlingSchedules']
const CALL_SCREENING: readonly (keyof EndUserAttributes)[] = ['callScreeningSettings']
const VOICEMAIL: readonly (keyof EndUserAttributes)[] = ['voicemailBoxId', 'pinLockedOut']

/** A change that is no change of attributes: a mail that went out, a reset, a new person. */
export function userHappened(
  row: EndUserRow,
  type: string,
  what: { readonly historyType: string; readonly oldValue?: unknown; readonly newValue?: unknown },
): DomainEvent {
  const { historyType, ...values } = what
  return { ...eventOf(type, row), history: { type: historyType, action: 'UPDATE', ...values, ...referenceOf(row) } }
}

export function userDeleted(row: EndUserRow, before: EndUserAttributes): DomainEvent {
  return { ...eventOf('user.deleted', row), history: { type: 'USER', action: 'DELETE', oldValue: before, ...referenceOf(row) } }
}

/** The members of the public `user.*` webhooks (public-spec section 16). */
function eventOf(type: string, row: EndUserRow): DomainEvent {
  const data = {
    userId: row.id,
    accountId: row.account_id,
    userName: row.username,
    firstName: row.first_name,
    lastName: row.last_name,
    emailAddress: row.email_address,
    extension: row.extension,
    userType: 'END_USER',
  }
  return { type, partitionId: row.partition_id, accountId: row.account_id, data }
}

function referenceOf(row: EndUserRow) {
  return { referenceType: 'END_USER', referenceId: row.id, referenceName: `${row.first_name} ${row.last_name}` }
}
