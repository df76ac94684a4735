import { escapeHtml } from '../html-page.ts'
import { headingAnchor, inlineHtml, type ResolveLink } from './render-inline.ts'
import { tableHtml } from './render-table.ts'

interface RenderedDocument {
  /** Text of the first heading. */
  readonly title: string
  readonly html: string
}

/** What is left to read: a block takes its lines off the front. */
interface Reading {
  readonly lines: readonly string[]
  at: number
  readonly resolveLink: ResolveLink
  readonly anchors: Set<string>
}

const FENCE = /^```(\S*)/
const HEADING = /^(#{1,4}) +(.+)$/
const ITEM = /^(?:-|\d+\.) +/
const COMMENT = /^<!--.*-->$/
/** A line that goes on with an item stands below its text. */
const CONTINUED = /^ {2,}\S/

/**
 * The part of Markdown that our own documents are written in: headings, paragraphs, flat lists, fenced code, tables, links, code, bold and emphasis.
 * Everything else, HTML above all, is text.
 */
export function renderMarkdown(markdown: string, resolveLink: ResolveLink): RenderedDocument {
  const reading: Reading = { lines: markdown.replaceAll('\r', '').split('\n'), at: 0, resolveLink, anchors: new Set() }
  const blocks: string[] = []
  while (reading.at < reading.lines.length) blocks.push(nextBlock(reading))
  const title = reading.lines.find((line) => HEADING.test(line))?.replace(/^#+ +/, '') ?? ''
  return { title, html: blocks.filter((block) => block !== '').join('\n') }
}

function nextBlock(reading: Reading): string {
  const line = reading.lines[reading.at] ?? ''
  if (line.trim() === '' || COMMENT.test(line)) return skip(reading)
  if (FENCE.test(line)) return codeBlock(reading)
  const [, marks, text] = HEADING.exec(line) ?? []
  if (marks !== undefined && text !== undefined) return heading(reading, marks.length, text)
  if (line.startsWith('|'))
    return tableHtml(
      takeWhile(reading, (row) => row.startsWith('|')),
      reading.anchors,
      inline(reading),
    )
  return ITEM.test(line) ? list(reading) : paragraph(reading)
}

function skip(reading: Reading): string {
  reading.at++
  return ''
}

function inline(reading: Reading): (text: string) => string {
  return (text) => inlineHtml(text, reading.resolveLink)
}

function takeWhile(reading: Reading, belongs: (line: string) => boolean): string[] {
  const first = reading.at
  while (reading.at < reading.lines.length && belongs(reading.lines[reading.at] ?? '')) reading.at++
  return reading.lines.slice(first, reading.at)
}

function heading(reading: Reading, level: number, text: string): string {
  reading.at++
  return `<h${level} id="${headingAnchor(text, reading.anchors)}">${inline(reading)(text)}</h${level}>`
}

function codeBlock(reading: Reading): string {
  reading.at++
  const lines = takeWhile(reading, (line) => !line.startsWith('```'))
  reading.at++
  return `<pre><code>${escapeHtml(lines.join('\n'))}</code></pre>`
}

function list(reading: Reading): string {
  const kind = (reading.lines[reading.at] ?? '').startsWith('-') ? 'ul' : 'ol'
  const items: string[] = []
  for (const line of takeWhile(reading, (candidate) => ITEM.test(candidate) || CONTINUED.test(candidate))) {
    if (ITEM.test(line)) items.push(line.replace(ITEM, ''))
    else items.push(`${items.pop() ?? ''} ${line.trim()}`)
  }
  return `<${kind}>${items.map((item) => `<li>${inline(reading)(item)}</li>`).join('')}</${kind}>`
}

function paragraph(reading: Reading): string {
  const lines = takeWhile(reading, (line) => line.trim() !== '' && !FENCE.test(line) && !HEADING.test(line) && !line.startsWith('|') && !ITEM.test(line))
  return `<p>${inline(reading)(lines.join(' '))}</p>`
}
