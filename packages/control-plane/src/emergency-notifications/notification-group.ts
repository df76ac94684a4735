import { err, ok, type Result } from '@dialtone/foundation'
import { isNanp, normalizePhoneNumber } from '@dialtone/numbering'
import { type ApiFailure, invalidField } from '../failures/index.ts'

/** Who is told when somebody of the account dials 911 (S0-77, S0-79): one group an account (C-59). */
export interface NotificationGroup {
  readonly name: string
  readonly timeZone: string
  readonly installDate: Date
  /** The customer says that somebody else tells them. */
  readonly isUsingAlternativeSolution: boolean
  readonly emailRecipients: readonly string[]
  /** 11 digits each. */
  readonly smsRecipients: readonly string[]
  readonly webhookUrls: readonly string[]
}

const MAX_RECIPIENTS = 50
const EMAIL = /^[^\s@<>"(),:;\\[\]]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$/

/** Kari's Law asks for somebody who is told (47 CFR 9.16(b)(2)). */
export function isInCompliance(group: NotificationGroup): boolean {
  return group.isUsingAlternativeSolution || recipientCount(group) > 0
}

export function recipientCount(group: NotificationGroup): number {
  return group.emailRecipients.length + group.smsRecipients.length + group.webhookUrls.length
}

export function readEmailRecipients(written: readonly string[]): Result<readonly string[], ApiFailure> {
  return readAll('emailRecipients', written, 'an e-mail address', (text) => (EMAIL.test(text) ? text : undefined))
}

export function readSmsRecipients(written: readonly string[]): Result<readonly string[], ApiFailure> {
  return readAll('smsRecipients', written, 'a telephone number of 10 or 11 digits', (text) => {
    const number = normalizePhoneNumber(text)
    return number !== undefined && isNanp(number) ? number : undefined
  })
}

/** @param allowPlain a deployment for trying things out may be told at plain addresses. */
export function readWebhookUrls(written: readonly string[], allowPlain: boolean): Result<readonly string[], ApiFailure> {
  return readAll('webhookUrls', written, allowPlain ? 'an http or https URL' : 'an https URL', (text) => webhookUrlOf(text, allowPlain))
}

function webhookUrlOf(text: string, allowPlain: boolean): string | undefined {
  if (!URL.canParse(text) || text.length > 2048) return undefined
  const url = new URL(text)
  if (url.username !== '' || url.password !== '') return undefined
  return url.protocol === 'https:' || (allowPlain && url.protocol === 'http:') ? url.href : undefined
}

/** Each once, in the order given; the first that cannot be told names its place. */
function readAll(field: string, written: readonly string[], rule: string, read: (text: string) => string | undefined): Result<readonly string[], ApiFailure> {
  if (written.length > MAX_RECIPIENTS) return err(invalidField(field, `has ${written.length} entries`, `at most ${MAX_RECIPIENTS}`))
  const known = new Set<string>()
  for (const [index, text] of written.entries()) {
    const value = read(text.trim())
    if (value === undefined)
      return err(invalidField(`${field}.${index}`, `"${text.slice(0, 80)}" cannot be told`, rule, `Invalid${field.charAt(0).toUpperCase()}${field.slice(1)}`))
    known.add(value)
  }
  return ok([...known])
}
