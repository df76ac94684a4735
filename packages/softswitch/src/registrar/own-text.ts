/** V8 copies shorter pieces when it cuts them out. */
const SHORTEST_CUT = 13
const MOST_SHARED = 1_000
const shared = new Map<string, string>()

/** A copy of a piece of a message that does not keep the message: cut pieces point into what they were cut from. */
export function ownText(text: string): string {
  return text.length < SHORTEST_CUT ? text : Buffer.from(text, 'utf8').toString('utf8')
}

/** The same for what thousands of phones say alike: one copy for all. Beyond so many spellings each has its own. */
export function sharedText(text: string): string {
  const known = shared.get(text)
  if (known !== undefined) return known
  const own = ownText(text)
  if (shared.size < MOST_SHARED) shared.set(own, own)
  return own
}
