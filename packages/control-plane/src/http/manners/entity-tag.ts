import { createHash } from 'node:crypto'

const TAG_CHARACTERS = 22

/**
 * A strong entity tag of what is shown (RFC 9110 section 8.8.3): equal tags, equal representations. What is shown of a running system
 * besides, such as when a phone was last seen, is a part of its own behind a dot.
 */
export function entityTagOf(body: object, liveMembers: readonly string[] = []): string {
  const whole = hashOf(JSON.stringify(body))
  if (liveMembers.length === 0) return `"${whole}"`
  const lasting = hashOf(JSON.stringify(body, (name, value: unknown) => (liveMembers.includes(name) ? undefined : value)))
  return `"${lasting}.${whole}"`
}

/** Whether `If-None-Match` names the tag (RFC 9110 section 13.1.2): what is shown has not changed at all. */
export function namesTag(header: string, tag: string): boolean {
  return namedIn(header).some((named) => named === '*' || named === tag || named === `W/${tag}`)
}

/** Whether `If-Match` names the tag (section 13.1.1): nobody has changed what the tag is of. A weak one never does. */
export function namesUnchanged(header: string, tag: string): boolean {
  return namedIn(header).some((named) => named === '*' || lastingPart(named) === lastingPart(tag))
}

function namedIn(header: string): readonly string[] {
  return header.split(',').map((part) => part.trim())
}

function lastingPart(tag: string): string {
  return tag.replace(/\..*$/, '"')
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, TAG_CHARACTERS)
}
