/** How many messages wait for a line (RFC 3842 5.2). */
export interface MessageCounts {
  readonly newMessages: number
  readonly oldMessages: number
  readonly newUrgent?: number
  readonly oldUrgent?: number
}

const NO_MESSAGES: MessageCounts = { newMessages: 0, oldMessages: 0 }

interface MessageWatcher {
  readonly account: string
  readonly notify: (body: string) => void
}

/** Messages that wait, by line, and who wants to know. Without messages and watchers a line takes no room. */
export class MessageWaiting {
  readonly #counts = new Map<string, MessageCounts>()
  readonly #watchers = new Map<string, Set<MessageWatcher>>()

  /** Tells every watcher of the line at once, when there is news. */
  set(lineId: string, counts: MessageCounts): void {
    const before = this.countsOf(lineId)
    if (isNothing(counts)) this.#counts.delete(lineId)
    else this.#counts.set(lineId, counts)
    if (isSame(before, counts)) return
    for (const { account, notify } of this.#watchers.get(lineId) ?? []) notify(formatMessageSummary(counts, account))
  }

  countsOf(lineId: string): MessageCounts {
    return this.#counts.get(lineId) ?? NO_MESSAGES
  }

  /** @returns how to end it */
  watch(lineId: string, watcher: MessageWatcher): () => void {
    const watchers = this.#watchers.get(lineId) ?? new Set()
    this.#watchers.set(lineId, watchers.add(watcher))
    return () => {
      watchers.delete(watcher)
      if (watchers.size === 0) this.#watchers.delete(lineId)
    }
  }

  /** The line is no more. */
  forget(lineId: string): void {
    this.#counts.delete(lineId)
  }
}

export const MESSAGE_SUMMARY_TYPE = 'application/simple-message-summary'

/** The body of a message-summary NOTIFY (RFC 3842 5.2). @param account the URI of the mailbox */
export function formatMessageSummary(counts: MessageCounts, account: string): string {
  const { newMessages, oldMessages, newUrgent = 0, oldUrgent = 0 } = counts
  const waiting = newMessages > 0 ? 'yes' : 'no'
  return `Messages-Waiting: ${waiting}\r\nMessage-Account: ${account}\r\nVoice-Message: ${newMessages}/${oldMessages} (${newUrgent}/${oldUrgent})\r\n`
}

function isNothing(counts: MessageCounts): boolean {
  return isSame(counts, NO_MESSAGES)
}

function isSame(one: MessageCounts, other: MessageCounts): boolean {
  const isSameUrgent = (one.newUrgent ?? 0) === (other.newUrgent ?? 0) && (one.oldUrgent ?? 0) === (other.oldUrgent ?? 0)
  return one.newMessages === other.newMessages && one.oldMessages === other.oldMessages && isSameUrgent
}
