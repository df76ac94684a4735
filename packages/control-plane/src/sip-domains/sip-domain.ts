import { domainToASCII } from 'node:url'
import { err, ok, type Result } from '@dialtone/foundation'
import type { Selectable } from 'kysely'
import type { SipDomainTable } from '../database/index.ts'
import { type ApiFailure, invalidField } from '../failures/index.ts'

export type SipDomainRow = Selectable<SipDomainTable>

/** `primary`: what phones are configured with; `alias`: another name the same phones may use. */
export const DOMAIN_TYPES = ['primary', 'alias'] as const
/** S3-79. */
export const DOMAIN_STATUSES = ['pending', 'active', 'inactive'] as const
export const DOMAIN_TRANSPORTS = ['udp', 'tcp', 'tls'] as const

export interface DomainSettings {
  /** What phones are told to use, and which of a phone's ways is called first. */
  readonly defaultTransport: (typeof DOMAIN_TRANSPORTS)[number]
  readonly natKeepalive: boolean
  /** How often a phone behind a NAT has to be heard. */
  readonly keepaliveSeconds: number
}

export const DEFAULT_DOMAIN_SETTINGS: DomainSettings = { defaultTransport: 'udp', natKeepalive: false, keepaliveSeconds: 60 }

const LONGEST_NAME = 253
/** RFC 1123 2.1, two labels at least; the last one is no number, or it would be an address. */
const DOMAIN_NAME = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** In lower case, other scripts as DNS writes them (RFC 5890). @returns `InvalidDomain` */
export function normalizedDomain(given: string): Result<string, ApiFailure> {
  const name = domainToASCII(given.trim()).toLowerCase()
  if (name.length <= LONGEST_NAME && DOMAIN_NAME.test(name)) return ok(name)
  return err(invalidField('domain', `"${given.slice(0, 80)}" is no domain name`, 'a name such as sip.example.com', 'InvalidDomain'))
}

export function settingsOf(row: Pick<SipDomainRow, 'settings'>): DomainSettings {
  return { ...DEFAULT_DOMAIN_SETTINGS, ...(row.settings as Partial<DomainSettings>) }
}

/** Whether it registers phones and takes calls: switched on, and proven to be its owner's. */
export function isServing(row: Pick<SipDomainRow, 'status' | 'verified_at'>): boolean {
  return row.status === 'active' && row.verified_at !== null
}

/** What stands in a TXT record of the name while it is being proven (S3-77). */
export function verificationRecord(row: Pick<SipDomainRow, 'verification_token'>): string {
  return `voiceplatform-verify=${row.verification_token}`
}
