import { escapeHtml } from './html-page.ts'
import type { OpenApiSchema } from './open-api-document.ts'

/** The type of a value in words, with a link to a named schema. @returns HTML. */
export function typeOf(schema: OpenApiSchema | undefined): string {
  if (schema === undefined) return 'anything'
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split('/').at(-1) ?? ''
    return `<a href="#schema-${escapeHtml(name.replaceAll(/[^\w.-]/g, '-'))}">${escapeHtml(name)}</a>`
  }
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(' or ')
  if (schema.items !== undefined) return `list of ${typeOf(schema.items)}`
  const type = schema.type
  if (type === undefined) return 'anything'
  return escapeHtml(typeof type === 'string' ? (type === 'null' ? 'nothing' : type) : type.join(' or '))
}

/** What a value must keep to. @returns HTML. */
export function rulesOf(schema: OpenApiSchema | undefined): string {
  if (schema === undefined) return ''
  const { minimum, maximum, minLength, maxLength } = schema
  const rules = [
    ...(schema.enum === undefined ? [] : [`one of ${schema.enum.map(String).join(', ')}`]),
    ...(minimum === undefined && maximum === undefined ? [] : [`${minimum ?? 'up'} to ${maximum ?? 'any'}`]),
    ...(minLength === undefined && maxLength === undefined ? [] : [`${minLength ?? 0} to ${maxLength ?? 'any number of'} characters`]),
    ...(schema.format === undefined ? [] : [schema.format]),
    ...(schema.pattern === undefined ? [] : [`matches ${schema.pattern}`]),
    ...(schema.default === undefined ? [] : [`default ${JSON.stringify(schema.default)}`]),
  ]
  return escapeHtml(rules.join('; '))
}

/** The members of an object; unnamed objects inside are written out below their member. @returns HTML. */
export function schemaTable(schema: OpenApiSchema): string {
  const rows = Object.entries(schema.properties ?? {}).map(([name, member]) => {
    const inner = member.properties === undefined ? (member.items?.properties === undefined ? '' : schemaTable(member.items)) : schemaTable(member)
    const required = schema.required?.includes(name) === true ? 'required' : ''
    return `<tr><td><code>${escapeHtml(name)}</code></td><td>${typeOf(member)}${inner}</td><td>${required}</td><td>${rulesOf(member)}</td></tr>`
  })
  return rows.length === 0 ? `<p>${typeOf(schema)}</p>` : `<table>${rows.join('')}</table>`
}
