import { err, ok, type Result } from '@dialtone/foundation'
import { type ApiFailure, invalidField } from '../failures/index.ts'

/** The words of `include`, a list with commas (S3-06, S3-38). */
export function includesOf(given: string | undefined, known: readonly string[]): Result<ReadonlySet<string>, ApiFailure> {
  const words = (given ?? '').split(',').flatMap((word) => (word.trim() === '' ? [] : [word.trim()]))
  const unknown = words.find((word) => !known.includes(word))
  return unknown === undefined ? ok(new Set(words)) : err(invalidField('include', `"${unknown}" is unknown`, `some of ${known.join(', ')}`))
}
