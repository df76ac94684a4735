import type { ApiFailure } from '../failures/index.ts'

export interface ProblemContext {
  readonly path: string
  readonly requestId: string
  readonly now: Date
}

/** The union error body of the `/v2` surfaces (C-40): every known client finds the member it looks for. */
export function problemBody(failure: ApiFailure, o: ProblemContext): Record<string, unknown> {
  return {
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
