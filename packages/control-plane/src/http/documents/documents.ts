import { readFile } from 'node:fs/promises'
import { posix } from 'node:path'
import { escapeHtml, htmlPage } from '../html-page.ts'
import { renderMarkdown } from './render-markdown.ts'

const ROOT = new URL('../../../../../docs/', import.meta.url)

/** What is handed out, and nothing else: by its path below `docs/` without `.md`, which is also its address below `/docs/`. */
export const GUIDES: readonly (readonly [path: string, about: string])[] = [
  ['guides/quick-start', 'From one request to dial tone'],
  ['guides/account-guide', 'Customers: accounts, users, numbers, ports, 911, devices, trunks, plans'],
  ['guides/call-routing', 'Where a call goes, and why'],
  ['guides/device-guide', 'Phones and adapters: lines, configuration, states'],
  ['guides/best-practices', 'Programs that use the API: retries, changes at once, webhooks, limits, secrets'],
  ['guides/operations-at-night', 'When something is wrong'],
  ['guides/further-reading', 'Law, numbering and protocols'],
]
export const REFERENCES: readonly (readonly [path: string, about: string])[] = [
  ['errors', 'Every failure code'],
  ['compatibility', 'What differs from the interfaces it speaks'],
  ['operations', 'Every operation in one list'],
  ['operations/configuration', 'Settings of the server'],
  ['operations/running', 'Start, stop, health, backup, upgrade'],
  ['operations/access', 'Tokens, permissions, limits'],
  ['operations/troubleshooting', 'What to ask, in which order'],
  ['reference-data', 'Where place tables come from'],
  ['rfc-coverage', 'Which protocol sections are implemented'],
]
const SERVED = new Set([...GUIDES, ...REFERENCES].map(([path]) => path))

/** The documents of the project as pages: `read` renders the one at a path of the lists above. */
export function documentPages(): { readonly paths: readonly string[]; readonly read: (path: string) => Promise<string> } {
  return { paths: [...SERVED], read: pageOf }
}

async function pageOf(path: string): Promise<string> {
  const { title, html } = renderMarkdown(await readFile(new URL(`${path}.md`, ROOT), 'utf8'), (href) => linkFrom(path, href))
  return htmlPage(title, `<nav><a href="/docs">API</a>${links(GUIDES)}</nav>\n<main>${html}</main>`)
}

/** Another document that is served, a place in this one, or the web; other files of the project are not here. */
export function linkFrom(path: string, href: string): string | undefined {
  if (/^(#|https:\/\/)/.test(href)) return href
  // A page of the server itself, such as /openapi.json.
  if (href.startsWith('/')) return href
  const [file = '', fragment] = href.split('#')
  const target = posix.join(posix.dirname(path), file).replace(/\.md$/, '')
  if (!SERVED.has(target)) return undefined
  return `/docs/${target}${fragment === undefined ? '' : `#${fragment}`}`
}

function links(documents: typeof GUIDES): string {
  return documents.map(([path]) => `<a href="/docs/${path}">${escapeHtml(nameOf(path))}</a>`).join('')
}

function nameOf(path: string): string {
  const words = (path.split('/').at(-1) ?? path).replaceAll('-', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** Lists of documents, for the pages that lead to them. */
export function documentList(documents: typeof GUIDES): string {
  return `<ul>${documents.map(([path, about]) => `<li><a href="/docs/${path}">${escapeHtml(nameOf(path))}</a>: ${escapeHtml(about)}</li>`).join('')}</ul>`
}
