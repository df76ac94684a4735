import type { TSchema } from 'typebox'
import type { ApiFailure } from '../failures/index.ts'

/** What a failure is told in besides the failure itself. */
export interface FailureSituation {
  readonly query: Readonly<Record<string, unknown>>
  /** The `Accept` header. */
  readonly accept: string
  readonly requestId: string
}

/**
 * An interface of its own on the same domain objects (conflicts section 0): it names, formats and answers in its own way, and decides
 * nothing. Operations without one are those of `/v2`.
 */
export interface Surface {
  /** Its document is `/openapi/<name>.json`. */
  readonly name: string
  readonly failureSchema: TSchema
  /** A failure in its envelope. */
  readonly failureText: (failure: ApiFailure, situation: FailureSituation) => { readonly contentType: string; readonly text: string }
}
