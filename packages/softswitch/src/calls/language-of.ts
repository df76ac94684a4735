import type { RoutingSnapshot } from '@dialtone/call-routing'

const DEFAULT_LANGUAGE = 'en-US'

/** What an account is spoken to in: a user of its in the user's language, everybody else in the account's. */
export function languageOf(snapshot: RoutingSnapshot | undefined, userId?: string): string {
  const own = userId === undefined ? undefined : snapshot?.users.get(userId)?.language
  return own ?? snapshot?.language ?? DEFAULT_LANGUAGE
}
