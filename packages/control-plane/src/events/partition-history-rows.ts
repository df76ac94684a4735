import { newId } from '@dialtone/foundation'
import type { Actor } from '../access/index.ts'
import type { DomainEvent } from './domain-event.ts'
import { historyText } from './history-text.ts'

/** What happened to the partition itself, not inside one of its accounts: who may do what, price lists, settings (public-spec section 7). */
export function partitionHistoryRows(events: readonly DomainEvent[], actor: Actor, now: Date) {
  return events.flatMap(({ history, accountId, partitionId }) => {
    if (history === undefined || accountId !== undefined) return []
    const tags = new Set([history.type, history.referenceType, history.referenceId, history.referenceName, ...(history.searchTags ?? [])])
    return [
      {
        id: newId(),
        partition_id: partitionId,
        type: history.type,
        action: history.action,
        search_tags: JSON.stringify([...tags]),
        old_value: historyText(history.oldValue),
        new_value: historyText(history.newValue),
        reference_type: history.referenceType,
        reference_id: history.referenceId,
        reference_name: history.referenceName,
        user_id: actor.userId,
        user_name: actor.userName,
        user_type: actor.userType,
        logged_at: now,
      },
    ]
  })
}
