import { fieldText } from '../message/field-text.ts'
import type { SipMessage } from '../message/index.ts'
import { sharedSet } from './shared-set.ts'

const MAX_KEPT = 1000
/** Longer lists are read every time. */
const MAX_KEPT_LENGTH = 400

/** By the text of the fields: phones say the same of themselves in every message. */
const methods = new Map<string, ReadonlySet<string>>()
const optionTags = new Map<string, ReadonlySet<string>>()

/** The methods in a message's Allow, upper case (RFC 3261 20.5). @returns undefined when it says nothing of them */
export function methodsNamedIn(message: SipMessage): ReadonlySet<string> | undefined {
  const text = fieldText(message, 'allow')
  return text === undefined ? undefined : remembered(methods, text, () => message.headers('allow').map((method) => method.toUpperCase()))
}

/** The option tags in Supported and Require, lower case (RFC 3261 20.32, 20.37). @returns undefined when it says nothing of them */
export function optionTagsNamedIn(message: SipMessage): ReadonlySet<string> | undefined {
  const [supported, required] = [fieldText(message, 'supported'), fieldText(message, 'require')]
  const text = supported === undefined || required === undefined ? (supported ?? required) : `${supported},${required}`
  const read = (): readonly string[] => [...message.headers('supported'), ...message.headers('require')].map((optionTag) => optionTag.toLowerCase())
  return text === undefined ? undefined : remembered(optionTags, text, read)
}

function remembered(kept: Map<string, ReadonlySet<string>>, text: string, read: () => readonly string[]): ReadonlySet<string> {
  const known = kept.get(text)
  if (known !== undefined) return known
  const set = sharedSet(read())
  // What somebody makes up must not stay for ever.
  if (kept.size >= MAX_KEPT) kept.clear()
  if (text.length <= MAX_KEPT_LENGTH) kept.set(text, set)
  return set
}
