import { ratioOf, type Spread, spreadOf } from './median.ts'
import type { BenchReport, BenchTable, MeasuredSubject, Quantity, Sample } from './report.ts'

/** A report as Markdown: what was measured, and below it every ratio. */
export function reportText(report: BenchReport): string {
  const parts = report.tables.flatMap((table) => [`### ${table.title}`, table.conditions.map((one) => `- ${one}`).join('\n'), figures(table), ratios(table)])
  const missing = report.notMeasured.map((one) => `- ${one}`).join('\n')
  return [...parts, missing].filter((part) => part !== '').join('\n\n')
}

function figures({ quantities, subjects }: BenchTable): string {
  const rows = subjects.map((subject) => [subject.name, ...quantities.map(({ key, digits }) => spreadText(spreadOf(column(subject, key)), digits))])
  return tableText([['median (lowest–highest)', ...quantities.map(({ label }) => label)], ...rows])
}

/** Ours by every peer's, for the quantities that have a better and a worse. */
function ratios({ quantities, subjects }: BenchTable): string {
  const compared = quantities.filter(({ better }) => better !== undefined)
  const rows = subjects
    .filter(({ isOurs }) => isOurs)
    .flatMap((ours) =>
      subjects.filter(({ isOurs }) => !isOurs).map((peer) => [`${ours.name} ÷ ${peer.name}`, ...compared.map((quantity) => ratio(ours, peer, quantity))]),
    )
  if (rows.length === 0) return ''
  return tableText([['ratio', ...compared.map(({ label, better }) => `${label}: ${better} is better`)], ...rows])
}

function ratio(ours: MeasuredSubject, peer: MeasuredSubject, { key }: Quantity): string {
  const spread = ratioOf(column(ours, key), column(peer, key))
  return `**${ratioDigits(spread.median)}** (${ratioDigits(spread.lowest)}–${ratioDigits(spread.highest)})`
}

/** Two figures that mean something, also of a small ratio. */
function ratioDigits(value: number): string {
  return value.toFixed(value >= 0.1 || value === 0 ? 2 : Math.min(6, 1 + Math.ceil(-Math.log10(value))))
}

function column(subject: MeasuredSubject, key: string): readonly number[] {
  return subject.samples.map((sample: Sample) => {
    const value = sample[key]
    if (value === undefined) throw new TypeError(`${subject.name} did not measure ${key}`)
    return value
  })
}

function spreadText({ median, lowest, highest }: Spread, digits: number): string {
  const [middle, low, high] = [median.toFixed(digits), lowest.toFixed(digits), highest.toFixed(digits)]
  return low === high ? middle : `${middle} (${low}–${high})`
}

function tableText(rows: readonly (readonly string[])[]): string {
  const [head = [], ...rest] = rows
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '---:'))), ...rest.map(line)].join('\n')
}
