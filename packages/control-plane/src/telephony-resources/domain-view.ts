import Type, { type Static } from 'typebox'
import type { Context } from '../context.ts'
import { named, oneOf } from '../http/index.ts'
import { DOMAIN_STATUSES, DOMAIN_TRANSPORTS, DOMAIN_TYPES, settingsOf, type SipDomainRow, verificationRecord } from '../sip-domains/index.ts'
import { shownId } from './prefixed-id.ts'

const InList = {
  id: Type.String(),
  domain: Type.String(),
  organization_id: Type.String(),
  status: oneOf(DOMAIN_STATUSES),
  type: oneOf(DOMAIN_TYPES),
  ssl_enabled: Type.Boolean(),
  created_at: Type.String(),
}

/** A domain as lists show it (S3-70). */
export const DomainInList = named('SipDomainInList', Type.Object(InList))

const OrNull = Type.Union([Type.String(), Type.Null()])

/** S3-73, S3-77. The private key is in none of these. */
export const DomainView = named(
  'SipDomain',
  Type.Object({
    ...InList,
    ssl_certificate_expiry: OrNull,
    dns_verification_record: Type.Optional(Type.String()),
    verification: Type.Object({
      status: oneOf(['pending', 'verified', 'failed']),
      verified_by: Type.Optional(oneOf(['dns', 'operator'])),
      last_error: Type.Optional(Type.String()),
      checked_at: OrNull,
      next_check_at: OrNull,
    }),
    dns_records: Type.Object({ a_record: Type.String(), srv_record: Type.String(), points_here: Type.Boolean() }),
    settings: Type.Object({ default_transport: oneOf(DOMAIN_TRANSPORTS), nat_keepalive: Type.Boolean(), keepalive_interval: Type.Integer() }),
    updated_at: Type.String(),
  }),
)

export function domainInList(row: SipDomainRow): Static<typeof DomainInList> {
  return {
    id: shownId('domain', row.id),
    domain: row.name,
    organization_id: shownId('organization', row.account_id ?? row.partition_id),
    status: row.status as (typeof DOMAIN_STATUSES)[number],
    type: row.type as (typeof DOMAIN_TYPES)[number],
    ssl_enabled: row.ssl_enabled,
    created_at: row.created_at.toISOString(),
  }
}

export function domainView({ settings }: Context, row: SipDomainRow): Static<typeof DomainView> {
  const { defaultTransport, natKeepalive, keepaliveSeconds } = settingsOf(row)
  return {
    ...domainInList(row),
    ssl_certificate_expiry: timeOf(row.certificate_expires_at),
    ...(row.verified_at === null ? { dns_verification_record: verificationRecord(row) } : {}),
    verification: {
      status: row.verification as 'pending' | 'verified' | 'failed',
      ...(row.verified_by === null ? {} : { verified_by: row.verified_by as 'dns' | 'operator' }),
      ...(row.check_error === null ? {} : { last_error: row.check_error }),
      checked_at: timeOf(row.checked_at),
      next_check_at: timeOf(row.next_check_at),
    },
    dns_records: { a_record: settings.sipServer().host, srv_record: `_sip._udp.${row.name}`, points_here: row.points_here },
    settings: { default_transport: defaultTransport, nat_keepalive: natKeepalive, keepalive_interval: keepaliveSeconds },
    updated_at: row.updated_at.toISOString(),
  }
}

function timeOf(time: Date | null): string | null {
  return time?.toISOString() ?? null
}
