import { documentList, GUIDES, REFERENCES } from './documents/documents.ts'
import { escapeHtml, htmlPage } from './html-page.ts'
import type { OpenApiDocument, OpenApiOperation, OpenApiSchema } from './open-api-document.ts'
import { rulesOf, schemaTable, typeOf } from './reference-schema.ts'
import { requestExample } from './request-example.ts'

interface Entry {
  readonly method: string
  readonly path: string
  readonly operation: OpenApiOperation
}

/** The interface as one page to read: operations by tag, then the named schemas. Written here, so that it needs no script. */
export function referencePage(document: OpenApiDocument): string {
  const tags = byTag(document)
  const schemas = Object.entries(document.components?.schemas ?? {})
  const links = [...tags.keys()].map((tag) => `<a href="#${anchor('tag', tag)}">${escapeHtml(tag)}</a>`)
  const body = [
    `<h1>${escapeHtml(document.info.title)} API</h1><p>${escapeHtml(document.info.description ?? '')}</p>`,
    '<p>Log in with <code>POST /v2/authorize</code>; send the token as <code>X-AUTH-TOKEN</code> or <code>Authorization: Bearer</code>.',
    ' The same as a document for machines: <a href="/openapi.json">/openapi.json</a>.</p>',
    `<h2 id="guides">Guides</h2>${documentList(GUIDES)}<h2 id="reference">Reference</h2>${documentList(REFERENCES)}<h2 id="operations">Operations</h2>`,
    `<nav>${links.join('')}<a href="#schemas">Schemas</a></nav>`,
    ...[...tags].map(
      ([tag, entries]) => `<h2 id="${anchor('tag', tag)}">${escapeHtml(tag)}</h2>${entries.map((entry) => operationPart(entry, document)).join('')}`,
    ),
    '<h2 id="schemas">Schemas</h2>',
    ...schemas.map(
      ([name, schema]) => `<details id="${anchor('schema', name)}"><summary><code>${escapeHtml(name)}</code></summary>${schemaTable(schema)}</details>`,
    ),
  ]
  return htmlPage(`${document.info.title} API`, body.join('\n'))
}

function byTag(document: OpenApiDocument): ReadonlyMap<string, readonly Entry[]> {
  const entries = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  )
  return Map.groupBy(entries, (entry) => entry.operation.tags?.[0] ?? 'Other')
}

function operationPart(entry: Entry, document: OpenApiDocument): string {
  const { method, path, operation } = entry
  const isPublic = operation.security?.length === 0
  const notes = [...(operation.deprecated === true ? ['another spelling'] : []), ...(isPublic ? ['no token needed'] : [])]
  const note = notes.length === 0 ? '' : ` <small>(${notes.join(', ')})</small>`
  return [
    `<details${operation.deprecated === true ? ' class="deprecated"' : ''}>`,
    `<summary><b>${method}</b> <code>${escapeHtml(path)}</code> ${escapeHtml(operation.summary ?? '')}${note}</summary>`,
    needsPart(operation['x-requires']),
    parametersPart(operation),
    ...Object.entries(operation.requestBody?.content ?? {}).map(
      ([type, content]) => `<h4>Body <small>${escapeHtml(type)}</small></h4>${bodyPart(content.schema)}`,
    ),
    `<h4>Example</h4><pre>${escapeHtml(requestExample(entry, document.components?.schemas))}</pre>`,
    `<h4>Answers</h4><table>${responseRows(operation)}</table></details>`,
  ].join('')
}

/** What the caller has to hold (docs/operations/access.md). */
function needsPart(requires: OpenApiOperation['x-requires']): string {
  if (requires === 'any-change') return '<p>For whoever may change anything.</p>'
  if (typeof requires !== 'object') return ''
  const { permission, level, inAccount, own } = requires
  const needs = [
    `<code>${permission} ${level}</code>`,
    ...(inAccount === undefined || inAccount === permission ? [] : [`in an account <code>${inAccount} ${level}</code>`]),
    ...(own === undefined ? [] : [`on oneself <code>${own.permission} ${level}_MYUSER</code>`]),
  ]
  return `<p>Needs ${needs.join(', ')}.</p>`
}

function parametersPart(operation: OpenApiOperation): string {
  const parameters = operation.parameters ?? []
  if (parameters.length === 0) return ''
  const rows = parameters.map(
    (parameter) =>
      `<tr><td><code>${escapeHtml(parameter.name)}</code></td><td>${escapeHtml(parameter.in)}${parameter.required === true ? ', required' : ''}</td><td>${typeOf(parameter.schema)}</td><td>${rulesOf(parameter.schema)} ${escapeHtml(parameter.description ?? '')}</td></tr>`,
  )
  return `<h4>Parameters</h4><table>${rows.join('')}</table>`
}

function bodyPart(schema: OpenApiSchema | undefined): string {
  return schema?.properties === undefined ? `<p>${typeOf(schema)}</p>` : schemaTable(schema)
}

function responseRows(operation: OpenApiOperation): string {
  const rows = Object.entries(operation.responses ?? {}).map(([status, response]) => {
    const types = Object.values(response.content ?? {}).map((content) => typeOf(content.schema))
    return `<tr><td><code>${escapeHtml(status)}</code></td><td>${types.join(' or ')}</td><td>${escapeHtml(response.description ?? '')}</td></tr>`
  })
  return rows.join('')
}

function anchor(kind: 'tag' | 'schema', name: string): string {
  return `${kind}-${name.replaceAll(/[^\w.-]/g, '-')}`
}
