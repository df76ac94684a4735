import type { DomainEvent } from '../events/index.ts'
import { settingsOf, type SipDomainRow } from './sip-domain.ts'

const VERBS = { CREATE: 'created', UPDATE: 'updated', DELETE: 'deleted' } as const

export function domainChanged(action: keyof typeof VERBS, before: SipDomainRow | undefined, after: SipDomainRow | undefined): DomainEvent {
  const row = after ?? before
  if (row === undefined) throw new Error('a domain that was and is not cannot have changed')
  return {
    ...domainTold(VERBS[action], row, { status: row.status }),
    history: {
      type: 'SIP_DOMAIN',
      action,
      ...(before === undefined ? {} : { oldValue: remembered(before) }),
      ...(after === undefined ? {} : { newValue: remembered(after) }),
      referenceType: 'SipDomain',
      referenceId: row.id,
      referenceName: row.name,
    },
  }
}

/** Something about it that nobody changed. */
export function domainTold(what: string, row: SipDomainRow, data: Readonly<Record<string, unknown>>): DomainEvent {
  const { partition_id: partitionId, account_id: accountId } = row
  return { type: `sipdomain.${what}`, partitionId, accountId: accountId ?? undefined, data: { sipDomainId: row.id, domain: row.name, ...data } }
}

/** Without the certificate and its key. */
function remembered(row: SipDomainRow) {
  const { name: domain, type, status, ssl_enabled: sslEnabled, verified_by: verifiedBy } = row
  return { domain, type, status, sslEnabled, verifiedBy, certificateExpiresAt: row.certificate_expires_at?.toISOString(), settings: settingsOf(row) }
}
