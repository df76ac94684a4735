import type { SipResponse } from '../message/index.ts'
import type { Abilities } from './abilities.ts'
import { sessionBodyOf, unreadableBody } from './session-body.ts'

/** Whether we understand what a response says: no extension that we do not have (RFC 3261 8.2.4), no body that we cannot read. */
export function isReadable(response: SipResponse, abilities: Pick<Abilities, 'options'>): boolean {
  return requiresOnlyKnown(response, abilities) && unreadableBody(response) === undefined
}

/** The session description of a response; undefined also when it means something by it that we do not know. */
export function readableSessionOf(response: SipResponse, abilities: Pick<Abilities, 'options'>): string | undefined {
  return requiresOnlyKnown(response, abilities) ? sessionBodyOf(response) : undefined
}

function requiresOnlyKnown(response: SipResponse, { options }: Pick<Abilities, 'options'>): boolean {
  return response.headers('require').every((optionTag) => optionTag === '' || options.has(optionTag.toLowerCase()))
}
