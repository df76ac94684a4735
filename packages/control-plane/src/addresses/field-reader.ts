import type { FieldProblem } from '../failures/index.ts'

/** A body as it came: nothing in it is known yet. */
export type Fields = Readonly<Record<string, unknown>>

/** Longest text of one element; the published schemas say 256. */
const MAXIMUM_LENGTH = 256

/** Reads the fields of one body and collects what is wrong with them. */
export class FieldReader {
  readonly problems: FieldProblem[] = []
  readonly #fields: Fields

  constructor(fields: Fields) {
    this.#fields = fields
  }

  has(field: string): boolean {
    return this.#fields[field] !== undefined && this.#fields[field] !== null
  }

  /** Trimmed text without control characters; '' when absent. Numbers are taken as the text they would be. */
  text(field: string): string {
    const value = this.#fields[field] ?? ''
    if (typeof value !== 'string' && typeof value !== 'number') return this.refuse(field, 'is not a text', 'a text', '')
    const text = String(value)
      .replace(/\p{Cc}+/gu, ' ')
      .replace(/\s+/g, ' ')
      .trim()
    if (text.length > MAXIMUM_LENGTH) return this.refuse(field, `has ${text.length} characters`, `at most ${MAXIMUM_LENGTH} characters`, '')
    return text
  }

  /** false when absent; the words are taken as well. */
  flag(field: string): boolean {
    const value = this.#fields[field] ?? false
    if (typeof value === 'boolean') return value
    return value === 'true' || value === 'false' ? value === 'true' : this.refuse(field, 'is neither true nor false', 'true or false', false)
  }

  /** @param maximum in degrees, to both sides of zero. @returns the text as sent, or six decimals of a number. */
  degrees(field: string, maximum: number): string | undefined {
    const value = this.#fields[field] ?? ''
    const text = typeof value === 'number' ? value.toFixed(6) : this.text(field)
    if (text === '') return undefined
    const isDecimal = /^[+-]?\d{1,3}(?:\.\d{1,15})?$/.test(text)
    return isDecimal && Math.abs(Number(text)) <= maximum
      ? text
      : this.refuse(field, `"${text.slice(0, 40)}" is not on the earth`, `decimal degrees from -${maximum} to ${maximum}`, undefined)
  }

  refuse<Fallback>(
    field: string,
    reason: string,
    rule: string,
    fallback: Fallback,
    code = `Invalid${field.charAt(0).toUpperCase()}${field.slice(1)}`,
  ): Fallback {
    this.problems.push({ field, code, reason, rule })
    return fallback
  }
}
