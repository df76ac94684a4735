import { createHash } from 'node:crypto'

const TAG_CHARACTERS = 22

/** A strong entity tag of what is shown (RFC 9110 section 8.8.3): equal tags, equal representations. */
export function entityTagOf(body: object): string {
  return `"${createHash('sha256').update(JSON.stringify(body)).digest('base64url').slice(0, TAG_CHARACTERS)}"`
}

/** Whether `If-Match` or `If-None-Match` names the tag (RFC 9110 sections 13.1.1, 13.1.2); a weak tag counts for the second one only. */
export function namesTag(header: string, tag: string, comparison: 'strong' | 'weak'): boolean {
  const named = header.split(',').map((part) => part.trim())
  return named.some((candidate) => candidate === '*' || candidate === tag || (comparison === 'weak' && candidate === `W/${tag}`))
}
