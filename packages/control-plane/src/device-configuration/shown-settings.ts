import { err, ok, type Result } from '@dialtone/foundation'
import { type ApiFailure, invalidField } from '../failures/index.ts'

export const MASK = '********'

/** Words that makers of phones have for what opens something. Shown to nobody: files hold it, and those are for who may see SIP credentials. */
const SECRET_NAME = /pass(word|wd|phrase|code)?|pwd|secret|psk|private.?key|auth.?key|shared.?key|token|credential|community|(^|[^a-z])pin([^a-z]|$)|md5/i
/** A URL with a login in it. */
const LOGIN_IN_URL = /:\/\/[^/@\s]+@/

type Free = Readonly<Record<string, unknown>>

/**
 * Free settings as they are shown. The vendor's own parameters are written and not read by who may not see SIP credentials (C-52): a
 * name like `P2` does not say that it is the password of the administrator. What is called a secret is read by nobody.
 */
export function shownSettings(settings: Free, maySeeCredentials: boolean): Free {
  const shown = (value: unknown, name: string, isOwn: boolean): unknown => {
    if (isPlain(value)) return mapped(value, (member, key) => shown(member, key, isOwn || key.toLowerCase() === 'parameters'))
    if (Array.isArray(value)) return value.map((member) => shown(member, name, isOwn))
    const isSecret = (isOwn && !maySeeCredentials) || SECRET_NAME.test(name) || (typeof value === 'string' && LOGIN_IN_URL.test(value))
    return isSecret && value !== null && value !== '' ? MASK : value
  }
  return shown(settings, '', false) as Free
}

/** What is to be stored: a value that was shown as a mask and came back so is still what it was. */
export function unmaskedSettings(given: Free, stored: Free): Result<Free, ApiFailure> {
  let missing: string | undefined
  const unmasked = (value: unknown, before: unknown, path: string): unknown => {
    if (isPlain(value)) return mapped(value, (member, key) => unmasked(member, isPlain(before) ? before[key] : undefined, `${path}.${key}`))
    if (Array.isArray(value)) return value.map((member, place) => unmasked(member, Array.isArray(before) ? before[place] : undefined, `${path}.${place}`))
    if (value !== MASK) return value
    if (before === undefined) missing ??= path
    return before
  }
  const settings = unmasked(given, stored, 'settings') as Free
  return missing === undefined ? ok(settings) : err(invalidField(missing, 'is the mask of a value that is not there', 'the value itself', 'InvalidSettings'))
}

function mapped(value: Free, change: (member: unknown, key: string) => unknown): Free {
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, change(member, key)]))
}

function isPlain(value: unknown): value is Free {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
