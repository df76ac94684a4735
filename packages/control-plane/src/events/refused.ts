import type { ApiFailure } from '../failures/index.ts'

/** Carries a failure out of the database transaction, so that it is rolled back. */
export class Refused extends Error {
  readonly failure: ApiFailure

  constructor(failure: ApiFailure) {
    super(failure.code)
    this.failure = failure
  }
}
