/** Why one field of a request was refused: which field, what is wrong, and the rule it breaks. */
export interface FieldProblem {
  readonly field: string
  readonly code: string
  readonly reason: string
  readonly rule: string
}

/**
 * An expected failure of a use case. It knows nothing of a surface: each surface maps it to its own envelope (C-40).
 * `code` is stable and part of the contract; `message` is for people and may change.
 */
export interface ApiFailure {
  readonly code: string
  readonly status: 400 | 401 | 403 | 404 | 405 | 408 | 409 | 412 | 413 | 415 | 422 | 429 | 431 | 500 | 503
  readonly message: string
  /** It contradicts what is there, such as a name that is taken: a surface may have a status of its own for that (409). */
  readonly isConflict?: boolean
  readonly data?: Readonly<Record<string, unknown>>
  readonly details?: readonly FieldProblem[]
  readonly retryAfterSeconds?: number
  /** Members that a family of operations has besides those of every failure, such as `schemaErrors`. */
  readonly further?: Readonly<Record<string, unknown>>
}
