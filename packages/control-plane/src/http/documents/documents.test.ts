import { existsSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { documentPages, GUIDES, linkFrom, REFERENCES } from './documents.ts'
import { renderMarkdown } from './render-markdown.ts'

const html = (markdown: string): string => renderMarkdown(markdown, (href) => (href.startsWith('https:') || href.startsWith('#') ? href : undefined)).html
const DOCS = new URL('../../../../../docs/', import.meta.url)
const [pages, all] = [documentPages(), [...GUIDES, ...REFERENCES].map(([path]) => path)]

describe('Markdown of our documents', () => {
  it.each([
    ['# A b, c!', '<h1 id="a-b-c">A b, c!</h1>'],
    ['## Twice\n\n## Twice', '<h2 id="twice">Twice</h2>\n<h2 id="twice-1">Twice</h2>'],
    ['one\ntwo\n\nthree', '<p>one two</p>\n<p>three</p>'],
    ['- a `b`\n  goes on\n- c', '<ul><li>a <code>b</code> goes on</li><li>c</li></ul>'],
    ['1. a\n2. b', '<ol><li>a</li><li>b</li></ol>'],
    ['```sh\na <b> *c*\n\nd\n```\ne', '<pre><code>a &lt;b&gt; *c*\n\nd</code></pre>\n<p>e</p>'],
    ['**a** *b* [c `d`](https://e.example/?f=1&g=2)', '<p><b>a</b> <em>b</em> <a href="https://e.example/?f=1&amp;g=2">c <code>d</code></a></p>'],
    [
      '| a | b |\n|---|---|\n| `C`, `D` | e \\| f |',
      '<table><tr><th>a</th><th>b</th></tr><tr><td><code id="C">C</code>, <code id="D">D</code></td><td>e | f</td></tr></table>',
    ],
    ['<!-- not shown -->', ''],
    ['```\nnever closed', '<pre><code>never closed</code></pre>'],
  ])('%j', (markdown, expected) => expect(html(markdown)).toBe(expected))

  it('HTML is text wherever it stands, and a link that leads nowhere is its text', () => {
    const hostile = '<script>alert("1")</script>'
    for (const place of [
      hostile,
      `# ${hostile}`,
      `- ${hostile}`,
      `| ${hostile} |`,
      `\`${hostile}\``,
      `**${hostile}**`,
      `[${hostile}](#a)`,
      `\`\`\`\n${hostile}\n\`\`\``,
    ])
      expect(html(place)).not.toMatch(/<script/)
    expect(html('[a](https://x.example/"onclick="1)')).toContain('href="https://x.example/&quot;onclick=&quot;1"')
    expect(html('[a](javascript:alert)')).toBe('<p>a</p>')
  })
})

describe('links of a document', () => {
  it.each([
    ['guides/quick-start', 'account-guide.md', '/docs/guides/account-guide'],
    ['guides/quick-start', '../errors.md#http', '/docs/errors#http'],
    ['operations/running', 'configuration.md', '/docs/operations/configuration'],
    ['guides/quick-start', '../../README.md', undefined],
    ['guides/quick-start', '../../../../etc/passwd', undefined],
    ['guides/quick-start', 'javascript:alert(1)', undefined],
    ['guides/quick-start', '/openapi.json', '/openapi.json'],
  ])('in %s, %s leads to %s', (path, href, target) => expect(linkFrom(path, href)).toBe(target))
})

describe('the documents', () => {
  it.each(all)('%s: its links lead to files and headings that are there', async (path) => {
    const text = readFileSync(new URL(`${path}.md`, DOCS), 'utf8')
      .replaceAll(/^```[\s\S]*?^```$/gm, '')
      .replaceAll(/`[^`\n]+`/g, 'code')
    for (const [, file = '', fragment] of text.matchAll(/\]\((?!https:|\/)([^)#\s]*)(?:#([^)\s]+))?\)/g)) {
      const target = file === '' ? `${path}.md` : posix.join(posix.dirname(path), file)
      expect(existsSync(new URL(target, DOCS)), `${path}: ${file}`).toBe(true)
      const served = target.replace(/\.md$/, '')
      if (fragment !== undefined && all.includes(served)) expect(await pages.read(served), `${path}: ${file}#${fragment}`).toContain(`id="${fragment}"`)
    }
  })

  it('the type of a failure leads to its row', async () => {
    expect(await pages.read('errors')).toContain('id="InvalidExtension"')
  })

  it('no page has an anchor twice', async () => {
    for (const path of all) {
      const ids = [...(await pages.read(path)).matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
      expect(ids, path).toEqual([...new Set(ids)])
    }
  })
})
