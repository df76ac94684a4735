import type { CallDisposition } from '../ports/call-record.ts'
import type { CallFailure } from './call-failure.ts'

const BY_CODE: Readonly<Record<string, string>> = { CallerBlocked: 'call-blocked', AnonymousRejected: 'anonymous-rejected', SpotTaken: 'not-available-now' }
const BY_DISPOSITION: Readonly<Partial<Record<CallDisposition, string>>> = {
  BUSY: 'called-busy',
  NO_ANSWER: 'called-no-answer',
  UNREGISTERED: 'called-not-available',
  DECLINED: 'called-not-available',
  UNKNOWN_NUMBER: 'number-not-in-service',
}

/** The words for somebody who hears us and cannot be connected. What the account may or can pay for is none of his business. */
export function failurePromptOf({ code, disposition }: Pick<CallFailure, 'code' | 'disposition'>): string {
  return BY_CODE[code] ?? BY_DISPOSITION[disposition] ?? 'not-available-now'
}
