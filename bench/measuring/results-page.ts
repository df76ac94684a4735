const HEADING = /^## /m

/**
 * Puts the newest results of one bench into the page, in place of its older ones. Benches that did not run keep theirs, each
 * with its own date.
 * @param order of the sections
 */
export function withSection(page: string, title: string, text: string, order: readonly string[]): string {
  const [preamble = '', ...parts] = page.split(HEADING)
  const sections = new Map(parts.map((part): [string, string] => [part.slice(0, part.indexOf('\n')).trim(), part.slice(part.indexOf('\n') + 1).trim()]))
  sections.set(title, text.trim())
  const titles = [...order.filter((one) => sections.has(one)), ...[...sections.keys()].filter((one) => !order.includes(one))]
  return `${[preamble.trim(), ...titles.map((one) => `## ${one}\n\n${sections.get(one) ?? ''}`)].join('\n\n')}\n`
}
