import Type, { type TSchema } from 'typebox'
import type { FieldProblem } from '../failures/index.ts'
import { named, type Surface } from '../http/index.ts'
import { toXml } from './to-xml.ts'

/** What a request may ask its answer to be (S3-06). */
export const FORMATS = ['json', 'xml'] as const

/** The envelope of every answer that is none of failure (S3-04). */
export function Succeeded<Data extends TSchema>(data: Data) {
  return Type.Object({ success: Type.Boolean(), data, message: Type.Optional(Type.String()) })
}

const FailureSchema = named(
  'ResourceFailure',
  Type.Object({
    success: Type.Boolean(),
    message: Type.String(),
    error: Type.Object({
      code: Type.String(),
      message: Type.String(),
      details: Type.Optional(Type.Array(Type.Object({ field: Type.String(), code: Type.String(), reason: Type.String(), rule: Type.String() }))),
    }),
    request_id: Type.String(),
  }),
)

/** The Telephony Resources API: paths without a version, snake_case, ids with a prefix, an envelope of its own (S3-01 … S3-04, C-40). */
export const telephonyResources: Surface = {
  name: 'telephony-resources',
  failureSchema: FailureSchema,
  failureText: (failure, { query, accept, requestId }) => {
    const code = failure.code === '' ? 'Unauthorized' : pascalCode(failure.code)
    const details = failure.details?.map((problem) => ({ ...problem, field: snakeCase(problem.field), code: pascalCode(problem.code) }))
    const message = details === undefined ? failure.message : sentencesOf(details)
    const body = { success: false, message, error: { code, message, ...(details === undefined ? {} : { details }) }, request_id: requestId }
    return wantsXml(query['format'], accept)
      ? { contentType: 'application/xml; charset=utf-8', text: toXml(body) }
      : { contentType: 'application/json', text: JSON.stringify(body) }
  },
}

/** By the query, which wins, or by the `Accept` header when it names XML and not JSON. */
export function wantsXml(format: unknown, accept: string): boolean {
  return format === undefined ? /\b(application|text)\/xml\b/i.test(accept) && !/\bjson\b/i.test(accept) : format === 'xml'
}

/** `maxConcurrentCalls` → `max_concurrent_calls`, part by part of a path. */
export function snakeCase(name: string): string {
  return name.replaceAll(/([a-z0-9])([A-Z])/g, (_text, before: string, after: string) => `${before}_${after.toLowerCase()}`)
}

/** `InvalidPer_page` of a field in snake_case → `InvalidPerPage`: codes are spelled alike on all surfaces. */
function pascalCode(code: string): string {
  return code.replaceAll(/_([a-z0-9])/g, (_text, next: string) => next.toUpperCase())
}

function sentencesOf(details: readonly FieldProblem[]): string {
  return `${details.map(({ field, reason, rule }) => `${field} ${reason} (${rule})`).join('; ')}.`
}
