export type { ApiFailure, FieldProblem } from './api-failure.ts'
export { conflictStatus } from './conflict-status.ts'
export {
  addressNotAllowed,
  alreadyInUse,
  entityNotFound,
  expiredAuthToken,
  fieldRequired,
  inConflict,
  invalidField,
  invalidFields,
  loginInvalid,
  methodNotAllowed,
  notPermitted,
  pascalCase,
  tooManyLoginAttempts,
  tooManyRequests,
  unauthorized,
  unavailable,
  unknownPath,
} from './catalogue.ts'
