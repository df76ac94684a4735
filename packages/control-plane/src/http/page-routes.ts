import type { FastifyInstance } from 'fastify'
import { documentList, documentPages, GUIDES, REFERENCES } from './documents/documents.ts'
import { htmlPage, PAGE_POLICY } from './html-page.ts'
import type { OpenApiDocument } from './open-api-document.ts'
import { referencePage } from './reference-page.ts'

const START = htmlPage(
  'Dialtone',
  `<h1>Dialtone</h1><p>This is the provisioning API of a Dialtone voice platform.</p>
<ul><li><a href="/docs">/docs</a>: the API to read</li><li><a href="/openapi.json">/openapi.json</a>: the API for programs</li>
<li><a href="/health/ready">/health/ready</a>: whether every part works</li><li><a href="/metrics">/metrics</a>: figures for a collector</li></ul>
<h2>Guides</h2>${documentList(GUIDES)}<h2>Reference</h2>${documentList(REFERENCES)}`,
)

/** The pages for people who open the server in a browser. They load nothing and need no token. */
export function registerPages(http: FastifyInstance): void {
  const page = (url: string, content: () => string | Promise<string>): void => {
    // Written when somebody first asks.
    let html: Buffer | undefined
    http.get(url, { schema: { hide: true } }, async (_request, reply) => {
      html ??= Buffer.from(await content(), 'utf8')
      return reply
        .type('text/html; charset=utf-8')
        .headers({ 'content-security-policy': PAGE_POLICY, 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
        .send(html)
    })
  }
  page('/', () => START)
  page('/docs', () => referencePage(http.swagger() as unknown as OpenApiDocument))
  const documents = documentPages()
  for (const path of documents.paths) page(`/docs/${path}`, () => documents.read(path))
}
