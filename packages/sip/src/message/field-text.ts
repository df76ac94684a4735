import { FIELD_STRIDE } from './header-index.ts'
import { headerKey, placeOf, valueAt } from './message-text.ts'
import { messageViewOf } from './message-view-of.ts'
import type { SipMessage } from './sip-message.ts'

/** All fields of one name as one text, which means the same where the field is a list (RFC 3261 7.3.1). @returns undefined when there is none */
export function fieldText(message: SipMessage, name: string): string | undefined {
  const { source } = messageViewOf(message)
  const key = headerKey(name)
  let place = placeOf(source, key, 0)
  if (place < 0) return undefined
  let text = valueAt(source, place)
  for (place = placeOf(source, key, place + FIELD_STRIDE); place >= 0; place = placeOf(source, key, place + FIELD_STRIDE)) text += `,${valueAt(source, place)}`
  return text
}
