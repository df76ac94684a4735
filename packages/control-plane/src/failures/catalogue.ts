import type { ApiFailure, FieldProblem } from './api-failure.ts'

/** The one list of failures; `docs/errors.md` is written from the same names (public-spec section 3). */

/** The object does not exist, or not inside the caller's tenant: the answer is the same for both. */
export function entityNotFound(type: string, id: string): ApiFailure {
  return { code: 'EntityNotFound', status: 404, message: `There is no ${type} with the id "${id}".`, data: { type, id } }
}

export function unknownPath(path: string): ApiFailure {
  return { code: 'ResourceNotFound', status: 404, message: `There is nothing at ${path}.` }
}

/** There is something at the path, but not for this method (RFC 9110 section 15.5.6). */
export function methodNotAllowed(method: string, path: string, allowed: readonly string[]): ApiFailure {
  return { code: 'MethodNotAllowed', status: 405, message: `${method} does nothing at ${path}; there is ${allowed.join(', ')}.`, data: { allowed } }
}

/** No token, or one that was never issued (C-07). */
export function unauthorized(): ApiFailure {
  return { code: '', status: 401, message: 'Unauthorized' }
}

/** The token was idle for too long (S1-04). */
export function expiredAuthToken(): ApiFailure {
  return { code: 'ExpiredAuthToken', status: 401, message: 'Unauthorized' }
}

/** Wrong user name or password; never says which (C-04). */
export function loginInvalid(): ApiFailure {
  return { code: 'LoginInvalid', status: 401, message: 'The user name or the password is wrong.' }
}

/** The token may not touch this partition, account or operation (C-40). */
export function notPermitted(message = 'You are not permitted to do this.'): ApiFailure {
  return { code: 'NotPermitted', status: 403, message }
}

/** The address the request comes from is shut out by the partition's access rules (C-09), or not on the key's list. */
export function addressNotAllowed(): ApiFailure {
  return { code: 'AddressNotAllowed', status: 403, message: 'Requests from this address are not allowed.' }
}

export function fieldRequired(field: string): ApiFailure {
  const code = `${pascalCase(field)}Required`
  return invalidFields([{ field, code, reason: 'is missing', rule: 'required' }])
}

/** @param rule the rule in words a caller can act on, such as `3 to 6 digits`. */
export function invalidField(field: string, reason: string, rule: string, code = `Invalid${pascalCase(field)}`): ApiFailure {
  return invalidFields([{ field, code, reason, rule }])
}

/** @param problems at least one. */
export function invalidFields(problems: readonly FieldProblem[]): ApiFailure {
  const sentences = problems.map((problem) => `${problem.field} ${problem.reason} (${problem.rule})`)
  return { code: problems[0]?.code ?? 'InvalidValueForField', status: 400, message: `${sentences.join('; ')}.`, details: problems }
}

/** A value that has to be unique is taken. @param code such as `ExtensionAlreadyInUse`. */
export function alreadyInUse(code: string, field: string, value: string, where: string): ApiFailure {
  const problem = { field, code, reason: `"${value}" is taken`, rule: `unique in the ${where}` }
  return { code, status: 400, message: `${field} "${value}" is already in use in the ${where}.`, isConflict: true, details: [problem] }
}

/** The object is in a state, or used by others, so that the request cannot be carried out. */
export function inConflict(code: string, message: string, data?: Readonly<Record<string, unknown>>): ApiFailure {
  return { code, status: 400, message, isConflict: true, ...(data === undefined ? {} : { data }) }
}

export function tooManyRequests(retryAfterSeconds: number): ApiFailure {
  return { code: 'TooManyRequests', status: 429, message: `Too many requests: try again in ${retryAfterSeconds} s.`, retryAfterSeconds }
}

/** Too many wrong passwords for this name from this address (S0-91): others are not slowed down by it. */
export function tooManyLoginAttempts(retryAfterSeconds: number): ApiFailure {
  return { code: 'TooManyLoginAttempts', status: 429, message: `Too many failed logins: try again in ${retryAfterSeconds} s.`, retryAfterSeconds }
}

export function unavailable(code: string, message: string): ApiFailure {
  return { code, status: 503, message }
}

export function pascalCase(field: string): string {
  const last =
    field
      .split(/[./]/)
      .filter((part) => part !== '' && !/^\d+$/.test(part))
      .at(-1) ?? field
  return last.charAt(0).toUpperCase() + last.slice(1)
}
