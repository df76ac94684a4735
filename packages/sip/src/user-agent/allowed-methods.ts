import type { Header } from '../message/index.ts'

/** The methods that have a meaning to us somewhere; others are answered 501 (RFC 3261 8.2.1, 21.5.2). */
const KNOWN_METHODS: ReadonlySet<string> = new Set([
  'INVITE',
  'ACK',
  'BYE',
  'CANCEL',
  'OPTIONS',
  'REGISTER',
  'SUBSCRIBE',
  'NOTIFY',
  'MESSAGE',
  'REFER',
  'PUBLISH',
  'INFO',
  'UPDATE',
  'PRACK',
])

/** What we take inside a dialog, whatever handlers there are. */
const DIALOG_METHODS: readonly string[] = ['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS', 'INFO', 'PRACK', 'UPDATE', 'REFER', 'NOTIFY']

/** Methods that make no sense outside of a dialog: there they are answered 481. */
const ONLY_IN_DIALOGS: ReadonlySet<string> = new Set(['BYE', 'INFO', 'NOTIFY', 'UPDATE', 'PRACK'])

/** Allow in the messages of a call (RFC 3261 20.5). */
export const DIALOG_ALLOW: Header = ['Allow', DIALOG_METHODS.join(', ')]

export function isKnownMethod(method: string): boolean {
  return KNOWN_METHODS.has(method)
}

export function belongsInDialogs(method: string): boolean {
  return ONLY_IN_DIALOGS.has(method)
}

/** Allow of the stack as a whole. @param handled methods that have a handler */
export function allowOf(handled: Iterable<string>): Header {
  return ['Allow', [...new Set([...DIALOG_METHODS, ...handled])].join(', ')]
}
