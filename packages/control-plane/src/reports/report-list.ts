import { sql as text } from 'kysely'
import { businessLines, faxLines, sipTrunks, specialtyLines, userProducts, users } from './object-reports.ts'
import { numbers, portedOut } from './number-reports.ts'
import type { Report } from './report.ts'
import { accounts, devices, emergencyCompliance, registrations, userChanges } from './table-reports.ts'

/** There is no such product here: the file has its headers and no rows. */
const nothing = (headers: readonly string[]): Report => ({ headers, query: () => text<Record<string, unknown>>`SELECT 1 WHERE false` })
const PARTY = ['PartitionName', 'AccountNumber', 'AccountName', 'UserId', 'Username']

export const REPORTS = {
  account: accounts,
  enduserchanges: userChanges,
  businesslines: businessLines,
  device: devices,
  deviceregistration: registrations,
  emergencynotificationcompliance: emergencyCompliance,
  portout: portedOut,
  sip: sipTrunks,
  specialtylines: specialtyLines,
  tn: numbers,
  user: users,
  'user-products': userProducts,
  vfax: faxLines,
  msteams: nothing(PARTY),
  contact_center_retail: nothing(PARTY),
  contact_center_usage: nothing(PARTY),
} as const satisfies Readonly<Record<string, Report>>

export type ReportName = keyof typeof REPORTS

export function isReportName(name: unknown): name is ReportName {
  return typeof name === 'string' && Object.hasOwn(REPORTS, name)
}
