import { randomInt } from 'node:crypto'
import { randomToken } from '@dialtone/foundation'
import { type ApiFailure, invalidField } from '../failures/index.ts'

const DEFAULT_PASSWORD_CHARACTERS = 24

/** Client-given SIP usernames; a telephone number is one (C-51). */
const SIP_USERNAME = /^[A-Za-z0-9_.-]{8,36}$/
/** The guide of specialty lines also shows one in the form of an e-mail address (S4-29). */
const SIP_USERNAME_OR_ADDRESS = /^[A-Za-z0-9_.-]+(@[A-Za-z0-9_.-]+)?$/
const MIN_USERNAME_CHARACTERS = 8
const MAX_USERNAME_CHARACTERS = 36
const MIN_PASSWORD_CHARACTERS = 8
const MAX_PASSWORD_CHARACTERS = 128

const RANDOM_USERNAME_CHARACTERS = 14
const READABLE = 'abcdefghjkmnpqrstuvwxyz23456789'

/** What a kind of line or trunk allows. */
export interface CredentialForms {
  /** `name@host` is a username too (S4-29). */
  readonly addressForm?: boolean
  readonly minPasswordCharacters?: number
}

/** Long enough that guessing it over SIP is hopeless. @param characters what the partition sets (`generatedSipPasswordLength`). */
export function newSipPassword(characters = DEFAULT_PASSWORD_CHARACTERS): string {
  return randomToken(characters).slice(0, characters)
}

/** 14 characters that nobody confuses when typing them into a device (S4-22, C-51). */
export function newSipUsername(): string {
  return Array.from({ length: RANDOM_USERNAME_CHARACTERS }, () => READABLE[randomInt(READABLE.length)]).join('')
}

export function sipUsernameFailure(username: string, forms: CredentialForms = {}): ApiFailure | undefined {
  const isLongEnough = username.length >= MIN_USERNAME_CHARACTERS && username.length <= MAX_USERNAME_CHARACTERS
  if (isLongEnough && (forms.addressForm === true ? SIP_USERNAME_OR_ADDRESS : SIP_USERNAME).test(username)) return undefined
  const further = forms.addressForm === true ? ', or name@host' : ''
  return invalidField('sipUsername', 'has a form that is not allowed', `8 to 36 characters of A-Z a-z 0-9 - _ .${further}`)
}

export function sipPasswordFailure(password: string, forms: CredentialForms = {}): ApiFailure | undefined {
  const minCharacters = forms.minPasswordCharacters ?? MIN_PASSWORD_CHARACTERS
  const isPrintable = /^[\x21-\x7e]+$/.test(password) && !/["\\]/.test(password)
  if (isPrintable && password.length >= minCharacters && password.length <= MAX_PASSWORD_CHARACTERS) return undefined
  return invalidField(
    'sipPassword',
    'has a form that is not allowed',
    `${minCharacters} to ${MAX_PASSWORD_CHARACTERS} printable characters without quotes and backslashes`,
  )
}
