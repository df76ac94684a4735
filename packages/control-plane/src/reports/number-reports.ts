import { sql as text } from 'kysely'
import { MAX_REPORT_ROWS, type Report } from './report.ts'

const NUMBER: Readonly<Record<string, string>> = {
  TelephoneNumber: 'n.phone_number',
  AccountNumber: 'account.account_number',
  AccountStatus: 'account.status',
  ActivatedDate: 'n.activated_at',
  AddDate: 'n.created_at',
  Carrier: 'n.carrier_id',
  CarrierStatus: 'n.carrier_status',
  CooldownExpireDate: 'n.cooldown_until',
  CooldownRecoveredDate: `CASE WHEN n.carrier_status = 'RECOVERED' THEN n.updated_at END`,
  CustomerType: `CASE WHEN n.customer_service_record->>'businessName' IS NULL THEN 'RESIDENTIAL' ELSE 'BUSINESS' END`,
  DeletedDate: `CASE WHEN n.cooldown_until IS NOT NULL THEN n.updated_at END`,
  DirectoryListingType: `n.directory_listing->>'type'`,
  FunctionType: 'n.function_type',
  ParentPartitionName: 'parent.name',
  PartitionName: 'partition.name',
  Port: `n.carrier_status LIKE 'PORT%'`,
  PortCancelType: 'NULL',
  PortCompletionDate: 'NULL',
  PortOutDate: 'NULL',
  RateCenterName: 'n.rate_center',
  RateCenterState: 'n.state',
  ServicePackageType: `'Usage'`,
  TemporaryNumber: `n.function_type = 'TemporaryNumber'`,
  TollFree: `n.function_type = 'TollFree'`,
  CsrCity: `n.customer_service_record->>'city'`,
  CsrPostalCode: `n.customer_service_record->>'postalCode'`,
}

/** The parts of the 911 address, snake case after the prefix. */
const ADDRESS = [
  'firstName', 'lastName', 'businessName', 'streetNumber', 'streetNumberSuffix', 'preDirectional', 'streetName', 'streetSuffix', 'postDirectional', 'city', 'state',
  'country', 'postalCode', 'secondaryLocationDescription', 'unit',
] // prettier-ignore
const addressColumns = Object.fromEntries(
  ADDRESS.map((name) => [`911${name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`, `n.e911_address->>'${name}'`]),
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

/** Numbers that were on an account in the month, or cooled down in it; @param isGone those that left. */
function numberReport(headers: readonly string[], further: Readonly<Record<string, string>>, isGone: boolean): Report {
  const columns = { ...Object.fromEntries(headers.map((header) => [header, NUMBER[header] ?? 'NULL'])), ...further }
  const selected = text.raw(Object.entries(columns).map(([header, expression]) => `${expression} AS "${header}"`).join(', ')) // prettier-ignore
  const which = isGone
    ? text`n.carrier_status IN ('DELETED', 'DELETE_PENDING') AND n.account_id IS NULL`
    : text`(n.account_id IS NOT NULL OR n.cooldown_until IS NOT NULL)`
  return {
    headers: Object.keys(columns),
    query: (scope) => text<Record<string, unknown>>`
        SELECT ${selected} FROM telephone_number n
          JOIN partition ON partition.id = n.partition_id
          LEFT JOIN partition parent ON parent.id = partition.parent_id
          LEFT JOIN account ON account.id = n.account_id
        WHERE n.partition_id = ANY(${[...scope.partitionIds]}) AND ${which} AND coalesce(n.activated_at, n.updated_at) < ${scope.to}
        ORDER BY n.phone_number LIMIT ${MAX_REPORT_ROWS}`,
  }
}

export const numbers = numberReport(TN_HEADERS, addressColumns, false)
export const portedOut = numberReport(PORT_OUT_HEADERS, {}, true)
