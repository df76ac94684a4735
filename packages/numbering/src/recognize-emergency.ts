import type { EmergencyService } from './dialed-number.ts'
import { withoutSeparators } from './e164.ts'

/**
 * 911 and 933 with nothing before them (47 CFR 9.16(b)(1): no prefix may be needed), and with what people out of habit put
 * before a number: the outside line's 9, the trunk prefix 1, both, a '+', or the caller ID codes *67 and *82.
 * 112 is what a visitor's hand dials; nothing else can be meant by it, since no extension may be spelled like this.
 * The match is of the whole text: 9110, 911555 and 19115551212 are not emergency calls.
 */
const emergencySpelling = /^(?:\*67|\*82)?\+?9?1?(?<service>911|933)$|^(?:\*67|\*82)?\+?9?(?<visitor>112)$/
/** RFC 5031 4.2; RFC 6881 ED-18 names the test service. */
const emergencyUrn = /^urn:service:(?<test>test\.)?sos(?:\.[a-z0-9.-]*)?$/i

/**
 * Whether this is a call for help, whatever the account, its behaviour or its state.
 * @param dialed as dialed, punctuation and SIP user parameters included.
 */
export function recognizeEmergency(dialed: string): EmergencyService | undefined {
  const urn = emergencyUrn.exec(dialed)
  if (urn !== null) return urn.groups?.['test'] === undefined ? '911' : '933'
  const spelling = emergencySpelling.exec(dialedKeys(dialed))
  if (spelling === null) return undefined
  return spelling.groups?.['service'] === '933' ? '933' : '911'
}

/** What was keyed: no separators, no SIP user parameters (RFC 3261 19.1.6), no closing # that only says "send". */
export function dialedKeys(dialed: string): string {
  const parametersAt = dialed.indexOf(';')
  const keys = withoutSeparators(parametersAt < 0 ? dialed : dialed.slice(0, parametersAt))
  return keys.length > 1 && keys.endsWith('#') ? keys.slice(0, -1) : keys
}
