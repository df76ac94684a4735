import { err, ok, type Result } from '@dialtone/foundation'
import { CARIBBEAN_AREA_CODES } from '@dialtone/numbering'
import { parseMoney } from '@dialtone/rating'
import type { Insertable, Selectable } from 'kysely'
import { type CsvProblem, type CsvRow, readCsv, writeCsv } from '../csv/index.ts'
import type { CallingPlanRateTable } from '../database/index.ts'

export type CallingPlanRateRow = Selectable<CallingPlanRateTable>
type Rate = Omit<Insertable<CallingPlanRateTable>, 'calling_plan_product_id'>

const HEADERS = ['Prefix', 'Description', 'RatePerMinute', 'InPlan', 'Allowed', 'InitialSeconds', 'SubsequentSeconds'] as const
const MAX_RATES = 100_000
const MAX_INCREMENT_SECONDS = 3600
const DEFAULT_INCREMENT_SECONDS = 6

const ABROAD: readonly (readonly [string, string, string])[] = [
  ['33', 'France', '0.040000'], ['34', 'Spain', '0.040000'], ['39', 'Italy', '0.040000'], ['44', 'United Kingdom', '0.030000'], ['49', 'Germany', '0.030000'],
  ['52', 'Mexico', '0.050000'], ['55', 'Brazil', '0.080000'], ['61', 'Australia', '0.050000'], ['81', 'Japan', '0.060000'], ['86', 'China', '0.040000'],
  ['91', 'India', '0.040000'], ['353', 'Ireland', '0.040000'],
] // prettier-ignore

/** What a partition may begin its own table with: home in the plan, abroad by the minute, premium numbers not at all. */
export function defaultRates(homeRatePerMinute: string): readonly Rate[] {
  const rate = (prefix: string, description: string, perMinute: string, inPlan: boolean, allowed = true): Rate => ({
    prefix,
    description,
    rate_per_minute: perMinute,
    in_plan: inPlan,
    allowed,
    initial_seconds: DEFAULT_INCREMENT_SECONDS,
    subsequent_seconds: DEFAULT_INCREMENT_SECONDS,
  })
  return [
    rate('1', 'United States and Canada', homeRatePerMinute, true),
    rate('1900', 'Premium numbers', '0.000000', false, false),
    ...CARIBBEAN_AREA_CODES.map((areaCode) => rate(`1${areaCode}`, 'Caribbean and Atlantic', '0.250000', false)),
    ...ABROAD.map(([prefix, country, perMinute]) => rate(prefix, country, perMinute, false)),
  ]
}

export function rateTableCsv(rates: readonly Rate[]): string {
  return writeCsv(
    HEADERS,
    rates.map((rate) => [rate.prefix, rate.description, rate.rate_per_minute, rate.in_plan, rate.allowed, rate.initial_seconds, rate.subsequent_seconds]),
  )
}

/** Reads a table whole: one bad line and nothing is taken; every bad line is named. */
export async function readRateTable(text: string): Promise<Result<readonly Rate[], readonly CsvProblem[]>> {
  const read = await readCsv(text, ['Prefix', 'RatePerMinute'], MAX_RATES, 'kept')
  if (!read.ok) return err([read.error])
  const problems: CsvProblem[] = []
  const rates = new Map<string, Rate>()
  for (const row of read.value) {
    const { rate, column, error } = rateOf(row)
    if (rate === undefined || rates.has(rate.prefix))
      problems.push({ lineNumber: row.lineNumber, column: column ?? 'Prefix', error: error ?? 'DuplicatePrefix', input: row.input })
    else rates.set(rate.prefix, rate)
  }
  return problems.length > 0 ? err(problems) : ok([...rates.values()])
}

function rateOf({ cells, hasTooManyCells }: CsvRow): { rate?: Rate; column?: string; error?: string } {
  if (hasTooManyCells) return { column: '', error: 'TooManyCells' }
  const cell = (name: (typeof HEADERS)[number]): string => cells[Object.keys(cells).find((key) => key.toLowerCase() === name.toLowerCase()) ?? ''] ?? ''
  const prefix = cell('Prefix').replace(/^\+/, '')
  if (!/^\d{1,15}$/.test(prefix)) return { column: 'Prefix', error: 'InvalidPrefix' }
  const amount = parseMoney(cell('RatePerMinute'))
  if (amount === undefined || amount < 0n) return { column: 'RatePerMinute', error: 'InvalidRatePerMinute' }
  const inPlan = booleanOf(cell('InPlan'), false)
  if (inPlan === undefined) return { column: 'InPlan', error: 'InvalidInPlan' }
  const allowed = booleanOf(cell('Allowed'), true)
  if (allowed === undefined) return { column: 'Allowed', error: 'InvalidAllowed' }
  const initial = secondsOf(cell('InitialSeconds'))
  if (initial === undefined) return { column: 'InitialSeconds', error: 'InvalidInitialSeconds' }
  const subsequent = secondsOf(cell('SubsequentSeconds'))
  if (subsequent === undefined) return { column: 'SubsequentSeconds', error: 'InvalidSubsequentSeconds' }
  return {
    rate: {
      prefix,
      description: cell('Description').slice(0, 256),
      rate_per_minute: cell('RatePerMinute'),
      in_plan: inPlan,
      allowed,
      initial_seconds: initial,
      subsequent_seconds: subsequent,
    },
  }
}

function booleanOf(text: string, absent: boolean): boolean | undefined {
  if (text === '') return absent
  if (/^(true|yes|y|1)$/i.test(text)) return true
  return /^(false|no|n|0)$/i.test(text) ? false : undefined
}

function secondsOf(text: string): number | undefined {
  if (text === '') return DEFAULT_INCREMENT_SECONDS
  const seconds = Number(text)
  return Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_INCREMENT_SECONDS ? seconds : undefined
}
