import { err, ok, type Result } from '@dialtone/foundation'
import Type from 'typebox'
import type { Context } from '../context.ts'
import { type ApiFailure, fieldRequired, invalidField, unavailable } from '../failures/index.ts'
import { named, type Operation, partitionOperation } from '../http/index.ts'
import { jobView, JobView, startJob } from '../jobs/index.ts'
import { type Counted, countOf } from './report-counts.ts'
import type { ReportName } from './report-list.ts'
import { reportCsv, type ReportPeriod, reportWorker } from './run-report.ts'

const Summary = named('ReportSummary', Type.Object({ newCount: Type.Integer(), totalCount: Type.Integer() }))

const BASE = '/v2/partition/:partitionId/report'
const TAG = 'Report'
const FIRST_YEAR = 2000
/** As much as the output of a job may be. */
const MAX_FILE_BYTES = 512 * 1024 * 1024
const requires = { permission: 'Reports', level: 'READ' } as const
const month = { month: Type.Optional(Type.Integer()), year: Type.Optional(Type.Integer()) }
const days = { startDate: Type.Optional(Type.String({ maxLength: 32 })), endDate: Type.Optional(Type.String({ maxLength: 32 })) }

type Period = 'now' | 'month' | 'month or this one' | 'days'
interface PeriodQuery {
  readonly month?: number | undefined
  readonly year?: number | undefined
  readonly startDate?: string | undefined
  readonly endDate?: string | undefined
}

export const reportOperations: readonly Operation[] = [
  count('device', 'devices'),
  count('line', 'device lines'),
  count('sip', 'SIP trunks'),
  count('tn', 'telephone numbers'),
  count('user', 'users'),
  count('vfax', 'virtual fax lines'),
  ...file('account', 'now', 'accounts', { now: ['account/csv'], either: ['account/csv_2'], job: ['account/csv_3'] }),
  ...file('enduserchanges', 'days', 'changes of users', { now: ['accounthistory/enduserchanges'], job: ['accounthistory/enduserchanges_2'] }),
  ...file('businesslines', 'month', 'business lines', { job: ['businesslines/csv_2'] }),
  ...file('device', 'now', 'devices', { now: ['device/csv'], either: ['device/csv_2'], job: ['device/csv_3'] }),
  ...file('deviceregistration', 'now', 'registrations', { job: ['deviceregistration/csv_2'] }),
  ...file('emergencynotificationcompliance', 'now', 'compliance with the duty to notify of emergency calls', {
    job: ['emergencynotificationcompliance/csv_2'],
  }),
  ...file('portout', 'month', 'numbers that left', { now: ['portout/csv'], job: ['portout/csv_2'] }),
  ...file('sip', 'month or this one', 'SIP trunks', { now: ['sip/csv'] }),
  ...file('sip', 'month', 'SIP trunks', { job: ['sip/csv_2'] }),
  ...file('specialtylines', 'month', 'specialty lines', { job: ['specialtylines/csv_2'] }),
  ...file('tn', 'month', 'telephone numbers', { now: ['tn/csv'], job: ['tn/csv_2'] }),
  ...file('user', 'month', 'users', { now: ['user/csv'], either: ['user/csv_2'], job: ['user/csv_3'] }),
  ...file('user-products', 'now', 'products of users', { job: ['user-products/csv_2'] }),
  ...file('vfax', 'month or this one', 'virtual fax lines', { now: ['vfax/csv'] }),
  ...file('vfax', 'month', 'virtual fax lines', { job: ['vfax/csv_2'] }),
  ...file('msteams', 'month or this one', 'users of Teams, of which there are none', { either: ['msteams/csv_1'] }),
  ...file('contact_center_retail', 'month or this one', 'seats of contact centers, of which there are none', { job: ['contact_center_retail/csv_1'] }),
  ...file('contact_center_usage', 'month or this one', 'use of contact centers, of which there are none', { job: ['contact_center_usage/csv_1'] }),
]

function count(what: Counted, noun: string): Operation {
  return partitionOperation({
    method: 'GET',
    path: `${BASE}/${what}`,
    tag: TAG,
    summary: `How many ${noun} there are, and how many came this month`,
    requires,
    responses: { 200: Summary },
    handle: async (context, { scope }) => ok({ status: 200, body: await countOf(context, scope, what) }),
  })
}

/** One report at its paths: answered at once, or as a job. Some older ones promise both statuses. */
function file(
  name: ReportName,
  period: Period,
  noun: string,
  paths: { readonly now?: readonly string[]; readonly either?: readonly string[]; readonly job?: readonly string[] },
): readonly Operation[] {
  const query = Type.Object(period === 'now' ? {} : period === 'days' ? days : month)
  const common = { method: 'GET', tag: TAG, requires, query } as const
  const asFile = (path: string) =>
    partitionOperation({
      ...common,
      path: `${BASE}/${path}`,
      summary: `A report of the ${noun} as CSV`,
      responses: { 200: Type.String() },
      handle: async (context, { scope, query: asked }) => {
        const covered = periodOf(context, period, asked)
        if (!covered.ok) return covered
        // Its rows are of one moment, which the database holds open only until they are read, however long the receiver takes.
        const spooled = await context.files.spool(await reportCsv(context, scope, name, covered.value), MAX_FILE_BYTES)
        return spooled.ok ? ok({ status: 200, body: spooled.value, contentType: 'text/csv; charset=utf-8' }) : err(notAtOnce(spooled.error))
      },
    })
  const asJob = (path: string, responses: Readonly<Record<number, typeof JobView>>) =>
    partitionOperation({
      ...common,
      path: `${BASE}/${path}`,
      summary: `A report of the ${noun} as CSV, as a job`,
      responses,
      handle: async (context, { principal, scope, query: asked }) => {
        const covered = periodOf(context, period, asked)
        if (!covered.ok) return covered
        const parameters = { report: name, ...covered.value }
        const job = await startJob(context, principal, scope, { name: `Report ${name}`, work: reportWorker.name, parameters })
        return job.ok ? ok({ status: 202, body: jobView(job.value) }) : job
      },
    })
  return [
    ...(paths.now ?? []).map(asFile),
    ...(paths.either ?? []).map((path) => asJob(path, { 200: JobView, 202: JobView })),
    ...(paths.job ?? []).map((path) => asJob(path, { 202: JobView })),
  ]
}

function periodOf(context: Context, period: Period, query: PeriodQuery): Result<ReportPeriod, ApiFailure> {
  const nowMs = context.clock.nowMs()
  if (period === 'now') return ok({ fromMs: 0, toMs: nowMs + 1 })
  if (period === 'days') return daysOf(query)
  const now = new Date(nowMs)
  const isOptional = period === 'month or this one'
  const asked = isOptional ? (query.month ?? now.getUTCMonth() + 1) : query.month
  const year = isOptional ? (query.year ?? now.getUTCFullYear()) : query.year
  if (asked === undefined) return err(fieldRequired('month'))
  if (year === undefined) return err(fieldRequired('year'))
  if (asked < 1 || asked > 12) return err(outOfRange('month', '1 to 12'))
  const fromMs = Date.UTC(year, asked - 1, 1)
  if (year < FIRST_YEAR || !(fromMs <= nowMs)) return err(outOfRange('year', `from ${FIRST_YEAR} to the month that runs`))
  return ok({ fromMs, toMs: Date.UTC(year, asked, 1) })
}

/** Both ends inclusive, in UTC: the accounts of a partition live in many time zones. */
function daysOf({ startDate, endDate }: PeriodQuery): Result<ReportPeriod, ApiFailure> {
  if (startDate === undefined) return err(fieldRequired('startDate'))
  if (endDate === undefined) return err(fieldRequired('endDate'))
  const [fromMs, lastMs] = [dayOf(startDate), dayOf(endDate)]
  if (fromMs === undefined) return err(invalidField('startDate', 'is no date', 'yyyy-MM-dd'))
  if (lastMs === undefined) return err(invalidField('endDate', 'is no date', 'yyyy-MM-dd'))
  if (lastMs < fromMs) return err(invalidField('endDate', 'is before startDate', 'not before startDate'))
  return ok({ fromMs, toMs: lastMs + 86_400_000 })
}

function dayOf(text: string): number | undefined {
  const day = text.slice(0, 10)
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN
  return Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(day) ? undefined : ms
}

function notAtOnce(reason: 'TooLarge' | 'TooMany'): ApiFailure {
  if (reason === 'TooMany') return unavailable('TooManyReports', 'Others are receiving reports; try again in a moment, or ask for it as a job.')
  return { code: 'ReportTooLarge', status: 413, message: `The report is larger than ${MAX_FILE_BYTES} bytes; ask for fewer days.` }
}

/** 412 is this interface's own word for a month that cannot be reported (public-spec section 3). */
function outOfRange(field: 'month' | 'year', rule: string): ApiFailure {
  return { ...invalidField(field, 'is out of range', rule), status: 412 }
}
