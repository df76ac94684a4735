import type { ApiFailure } from '../failures/index.ts'

export interface SchemaError {
  /** Of the object, from 0. */
  readonly index: number
  /** The field. */
  readonly path: string
  readonly code: string
  readonly message: string
}

const MAX_SHOWN = 100

/** Objects that their operations would refuse: nothing is stored, and every one of them is named (public-spec section 4). */
export function schemaFailure(errors: readonly SchemaError[], count: number): ApiFailure {
  const message = `${count} of the objects are not valid.`
  return { code: 'SchemaValidationFailed', status: 422, message, further: { errors: [message], schemaErrors: errors.slice(0, MAX_SHOWN) } }
}

/** Any other refusal, with the list of sentences that clients of these operations read. */
export function bulkFailure(failure: ApiFailure): ApiFailure {
  return { ...failure, further: { errors: [failure.message], schemaErrors: [], ...failure.further } }
}
