import type { ApiFailure } from '../failures/index.ts'

export interface ProblemContext {
  readonly path: string
  readonly requestId: string
  readonly now: Date
}

/** The union error body of the `/v2` surfaces (C-40): every known client finds the member it looks for. */
export function problemBody(failure: ApiFailure, o: ProblemContext): Record<string, unknown> {
  return {
    ...failure.further,
    status: failure.status,
    messages: [failure.code],
    data: failure.data ?? {},
    errorCode: failure.code === '' ? 'Unauthorized' : failure.code,
    message: failure.message,
    details: failure.details ?? [],
    timestamp: o.now.toISOString(),
    path: o.path,
    requestId: o.requestId,
    traceId: o.requestId,
  }
}

/** The same for callers that ask for `application/problem+json` (RFC 9457): members that the standard names, ours as extensions. */
export function problemDetails(failure: ApiFailure, o: ProblemContext): Record<string, unknown> {
  const code = failure.code === '' ? 'Unauthorized' : failure.code
  return {
    type: `/docs/errors#${code}`,
    title: wordsOf(code),
    status: failure.status,
    detail: failure.message,
    instance: o.path,
    code,
    request_id: o.requestId,
    errors: (failure.details ?? []).map(({ field, code: fieldCode, reason, rule }) => ({
      pointer: `/${field.replaceAll('~', '~0').replaceAll('.', '/')}`,
      code: fieldCode,
      detail: `${reason} (${rule})`,
    })),
    ...(failure.data === undefined ? {} : { data: failure.data }),
  }
}

/** `ExtensionAlreadyInUse` → `Extension already in use`. */
function wordsOf(code: string): string {
  const words = code.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}
