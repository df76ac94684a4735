import { type RawBuilder, sql as text } from 'kysely'
import { MAX_REPORT_ROWS, type Report, type ReportScope } from './report.ts'

const NUMBER: Readonly<Record<string, string>> = {
  TelephoneNumber: 's.phone_number',
  AccountNumber: 'account.account_number',
  AccountStatus: 'account.status',
  ActivatedDate: 's.activated_at',
  AddDate: 's.added_at',
  Carrier: 's.carrier_id',
  CarrierStatus: 's.carrier_status',
  CooldownExpireDate: 's.cooldown_until',
  CooldownRecoveredDate: 's.recovered_at',
  CustomerType: `s.service_record->>'customerType'`,
  DeletedDate: 's.deleted_at',
  DirectoryListingType: `s.listing->>'type'`,
  FunctionType: 's.function_type',
  ParentPartitionName: 'parent.name',
  PartitionName: 'partition.name',
  Port: 's.port_id IS NOT NULL',
  PortCancelType: 'port.cancel_type',
  PortCompletionDate: 'port.completed_at',
  PortOutDate: 's.ported_out_at',
  RateCenterName: 's.rate_center',
  RateCenterState: 's.state',
  ServicePackageType: 's.service_package_type',
  TemporaryNumber: `s.function_type = 'TemporaryNumber'`,
  TollFree: `s.function_type = 'TollFree'`,
  CsrCity: `s.service_record->>'city'`,
  CsrPostalCode: `s.service_record->>'postalCode'`,
}

/** The parts of the 911 address, snake case after the prefix. */
const ADDRESS = [
  'firstName', 'lastName', 'businessName', 'streetNumber', 'streetNumberSuffix', 'preDirectional', 'streetName', 'streetSuffix', 'postDirectional', 'city', 'state',
  'country', 'postalCode', 'secondaryLocationDescription', 'unit',
] // prettier-ignore
const addressColumns = Object.fromEntries(
  ADDRESS.map((name) => [`911${name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`, `s.e911_address->>'${name}'`]),
)

const TN_HEADERS = [
  'TelephoneNumber', 'AccountNumber', 'AccountStatus', 'ActivatedDate', 'AddDate', 'Carrier', 'CarrierStatus', 'CooldownExpireDate', 'CooldownRecoveredDate',
  'CustomerType', 'DeletedDate', 'DirectoryListingType', 'FunctionType', 'ParentPartitionName', 'PartitionName', 'Port', 'PortCancelType', 'PortCompletionDate',
  'PortOutDate', 'RateCenterName', 'RateCenterState', 'ServicePackageType', 'TemporaryNumber', 'TollFree',
] // prettier-ignore
const PORT_OUT_HEADERS = [
  'AccountNumber', 'AccountStatus', 'ActivatedDate', 'AddDate', 'Carrier', 'CarrierStatus', 'CooldownExpireDate', 'CooldownRecoveredDate', 'CsrCity', 'CsrPostalCode',
  'CustomerType', 'DeletedDate', 'FunctionType', 'PartitionName', 'Port', 'PortCancelType', 'PortCompletionDate', 'PortOutDate', 'ServicePackageType', 'TelephoneNumber',
  'TemporaryNumber', 'TollFree',
] // prettier-ignore

/**
 * Each stay of a number on an account: those that last, and those that ended since the month began or whose number still rests, as
 * the history of the account tells (`number.released` has the number as it was). A number may have been on two accounts in a month.
 */
function stays({ partitionIds, from, now }: ReportScope): RawBuilder<unknown> {
  const releases = text`h.reference_type = 'PHONE_NUMBER' AND h.type = 'PHONE_NUMBER' AND h.action = 'DELETE' AND h.partition_id = ANY(${[...partitionIds]})`
  return text`
      SELECT n.phone_number, n.partition_id, n.account_id, n.carrier_id, n.function_type, n.rate_center, n.state, n.carrier_status, n.activated_at, n.port_id,
        n.service_package_type, n.customer_service_record AS service_record, n.directory_listing AS listing, n.e911_address,
        NULL::timestamptz AS deleted_at, NULL::timestamptz AS cooldown_until, NULL::timestamptz AS recovered_at, NULL::timestamptz AS ported_out_at
      FROM telephone_number n WHERE n.account_id IS NOT NULL AND n.partition_id = ANY(${[...partitionIds]})
    UNION ALL
      SELECT gone.reference_id, gone.partition_id, gone.account_id, ${text.raw(['carrierId', 'functionType', 'rateCenter', 'state'].map(asItWas).join(', '))},
        CASE WHEN n.account_id IS NULL AND n.cooldown_until = gone.cooldown_until AND n.cooldown_until > ${now} THEN 'COOLDOWN'
          WHEN n.account_id IS NULL AND n.carrier_status = 'RECOVERED' AND n.cooldown_recovered_at >= gone.logged_at THEN 'RECOVERED' ELSE 'DELETED' END,
        (gone.last->>'activatedDate')::timestamptz, gone.last->>'portId', gone.last->>'servicePackageType', gone.last->'customerServiceRecord',
        gone.last->'directoryListing', gone.last->'e911Address', gone.logged_at, gone.cooldown_until,
        CASE WHEN n.cooldown_recovered_at >= gone.logged_at THEN n.cooldown_recovered_at END, gone.ported_out_at
      FROM (
        SELECT h.*, CASE WHEN jsonb_typeof(h.old_value) = 'object' THEN h.old_value END AS last,
          (CASE WHEN jsonb_typeof(h.new_value) = 'object' THEN h.new_value->>'cooldownExpireDate' END)::timestamptz AS cooldown_until,
          (CASE WHEN jsonb_typeof(h.new_value) = 'object' THEN h.new_value->>'portOutDate' END)::timestamptz AS ported_out_at
        FROM account_history h WHERE ${releases} AND h.logged_at >= ${from}
        UNION ALL
        SELECT h.*, CASE WHEN jsonb_typeof(h.old_value) = 'object' THEN h.old_value END, resting.cooldown_until, NULL
        FROM telephone_number resting CROSS JOIN LATERAL (
          SELECT * FROM account_history h WHERE ${releases} AND h.reference_id = resting.phone_number ORDER BY h.sequence DESC LIMIT 1) h
        WHERE resting.account_id IS NULL AND resting.cooldown_until >= ${from} AND resting.partition_id = ANY(${[...partitionIds]}) AND h.logged_at < ${from}
      ) gone LEFT JOIN telephone_number n ON n.phone_number = gone.reference_id`
}

/** What a number was when it left; one that went to another carrier has no row any more, of older releases nothing else is kept. */
function asItWas(member: string): string {
  const column = member.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  return `coalesce(gone.last->>'${member}', n.${column}) AS ${column}`
}

/** When the number came to the account: by an order, or asked for with its port. @param stay what has the number, its account and its port. */
export function addedAt(stay: string, until = 'true'): string {
  return `coalesce((SELECT max(c.logged_at) FROM account_history c WHERE c.partition_id = ${stay}.partition_id AND c.reference_id = ${stay}.phone_number
    AND c.account_id = ${stay}.account_id AND c.reference_type = 'PHONE_NUMBER' AND c.type = 'PHONE_NUMBER' AND c.action = 'CREATE' AND ${until}),
    (SELECT p.created_at FROM port_request p WHERE p.id = ${stay}.port_id), ${stay}.activated_at)`
}
const ADDED_AT = addedAt('stay', '(stay.deleted_at IS NULL OR c.logged_at <= stay.deleted_at)')

/** Numbers that were on an account in the month, or cooled down in it; @param which further, of those. */
function numberReport(headers: readonly string[], further: Readonly<Record<string, string>>, which: (scope: ReportScope) => RawBuilder<unknown>): Report {
  const columns = { ...Object.fromEntries(headers.map((header) => [header, NUMBER[header] ?? 'NULL'])), ...further }
  const selected = text.raw(Object.entries(columns).map(([header, expression]) => `${expression} AS "${header}"`).join(', ')) // prettier-ignore
  return {
    headers: Object.keys(columns),
    query: (scope) => text<Record<string, unknown>>`
        WITH stay AS (${stays(scope)})
        SELECT ${selected} FROM (SELECT stay.*, ${text.raw(ADDED_AT)} AS added_at FROM stay) s
          JOIN partition ON partition.id = s.partition_id
          LEFT JOIN partition parent ON parent.id = partition.parent_id
          JOIN account ON account.id = s.account_id
          LEFT JOIN port_request port ON port.id = s.port_id AND port.account_id = s.account_id
        WHERE coalesce(s.added_at < ${scope.to}, true) AND ${which(scope)}
        ORDER BY s.phone_number, s.deleted_at NULLS LAST LIMIT ${MAX_REPORT_ROWS}`,
  }
}

export const numbers = numberReport(TN_HEADERS, addressColumns, () => text`true`)
/** Those that went to another carrier in the month, and are not ours to rest. */
export const portedOut = numberReport(PORT_OUT_HEADERS, {}, ({ from, to }) => text`s.ported_out_at >= ${from} AND s.ported_out_at < ${to}`)
