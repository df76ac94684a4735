export type { PasswordOwner } from './password-owner.ts'
export { findTokenHolder, mailPasswordToken, passwordTokenInvalid, setPasswordByToken } from './password-token.ts'
export { resetPassword } from './reset-password.ts'
export { brokenPasswordRule, endSessions, failedToUpdate, forgetPasswords, storePassword } from './set-password.ts'
