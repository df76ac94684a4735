import { randomToken } from '@dialtone/foundation'
import { type ApiFailure, invalidField } from '../failures/index.ts'

const PASSWORD_BYTES = 18

/** Client-given SIP usernames; a telephone number is one (C-51). */
const SIP_USERNAME = /^[A-Za-z0-9_.-]{8,36}$/
const MIN_PASSWORD_CHARACTERS = 8
const MAX_PASSWORD_CHARACTERS = 128

/** Long enough that guessing it over SIP is hopeless. */
export function newSipPassword(): string {
  return randomToken(PASSWORD_BYTES)
}

export function sipUsernameFailure(username: string): ApiFailure | undefined {
  if (SIP_USERNAME.test(username)) return undefined
  return invalidField('sipUsername', 'has a form that is not allowed', '8 to 36 characters of A-Z a-z 0-9 - _ .')
}

export function sipPasswordFailure(password: string): ApiFailure | undefined {
  const isPrintable = /^[\x21-\x7e]+$/.test(password) && !/["\\]/.test(password)
  if (isPrintable && password.length >= MIN_PASSWORD_CHARACTERS && password.length <= MAX_PASSWORD_CHARACTERS) return undefined
  return invalidField(
    'sipPassword',
    'has a form that is not allowed',
    `${MIN_PASSWORD_CHARACTERS} to ${MAX_PASSWORD_CHARACTERS} printable characters without quotes and backslashes`,
  )
}
