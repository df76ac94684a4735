import { createHash, randomBytes } from 'node:crypto'

/** `dtk_<scope>_<environment>_<secret><checksum>`: what it opens and where can be read off it, and scanners of leaked secrets find it. */
const FORM = /^dtk_(partition|account)_([a-z0-9]{1,32})_([A-Za-z0-9-]{32})([A-Za-z0-9-]{6})$/
const SECRET_BYTES = 24
const CHECKSUM_CHARACTERS = 6
/** Enough to recognise a key in a list, far too little to guess it. */
const SHOWN_CHARACTERS = 4

export type ProgramKeyScope = 'partition' | 'account'

export function newProgramKey(scope: ProgramKeyScope, environment: string): string {
  const start = `dtk_${scope}_${environment
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
    .slice(0, 32)}_`
  // An underscore ends a part of the key.
  const secret = randomBytes(SECRET_BYTES).toString('base64url').replaceAll('_', 'A')
  return `${start}${secret}${checksumOf(`${start}${secret}`)}`
}

export function isProgramKey(token: string): boolean {
  return token.startsWith('dtk_')
}

/** A key that was mistyped or cut off is refused without asking the database. */
export function isWellFormed(key: string): boolean {
  const match = FORM.exec(key)
  return match !== null && match[4] === checksumOf(key.slice(0, -CHECKSUM_CHARACTERS))
}

export function shownStart(key: string): string {
  return key.slice(0, key.lastIndexOf('_') + 1 + SHOWN_CHARACTERS)
}

/** The secret has 192 bits: one round of a fast hash cannot be searched. */
export function hashOfKey(key: string): string {
  return createHash('sha256').update(key).digest('base64url')
}

function checksumOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').replaceAll('_', 'A').slice(0, CHECKSUM_CHARACTERS)
}
