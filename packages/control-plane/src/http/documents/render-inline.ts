import { escapeHtml } from '../html-page.ts'

/** Where a link of the document leads on this server; undefined: nowhere, it is shown as text. */
export type ResolveLink = (href: string) => string | undefined

const INLINE = /(`+)(?<code>.+?)\1|\[(?<label>[^\]]+)\]\((?<href>[^)\s]+)\)|\*\*(?<bold>[^*]+)\*\*|\*(?<emphasis>[^*\s][^*]*)\*/g

/** Text of one block: code, links, bold, emphasis; the rest is escaped. */
export function inlineHtml(text: string, resolveLink: ResolveLink): string {
  let html = ''
  let at = 0
  for (const match of text.matchAll(INLINE)) {
    html += escapeHtml(text.slice(at, match.index)) + span(match.groups ?? {}, resolveLink)
    at = match.index + match[0].length
  }
  return html + escapeHtml(text.slice(at))
}

function span(groups: Readonly<Record<string, string | undefined>>, resolveLink: ResolveLink): string {
  const { code, label = '', href, bold, emphasis = '' } = groups
  if (code !== undefined) return `<code>${escapeHtml(code)}</code>`
  if (bold !== undefined) return `<b>${inlineHtml(bold, resolveLink)}</b>`
  if (href === undefined) return `<em>${inlineHtml(emphasis, resolveLink)}</em>`
  const target = resolveLink(href)
  const shown = inlineHtml(label, resolveLink)
  return target === undefined ? shown : `<a href="${escapeHtml(target)}">${shown}</a>`
}

/** As GitHub makes them, so that a link works there and here. Each is given once: a second heading of the same text gets `-1`. */
export function headingAnchor(text: string, taken: Set<string>): string {
  const slug = text
    .toLowerCase()
    .replaceAll(/\]\([^)]*\)/g, '')
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
  let anchor = slug
  for (let count = 1; taken.has(anchor); count++) anchor = `${slug}-${count}`
  taken.add(anchor)
  return anchor
}
