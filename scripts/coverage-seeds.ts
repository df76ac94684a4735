// npm run coverage:seeds: how many of the 440 seed items the black-box tests prove.
// Counts the last acceptance run (acceptance/.work/report.json), or the committed summary when there was none.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type CoverageSummary, itemsNamedBy, summarize, type TestReport } from '../acceptance/test-report.ts'

const acceptance = join(dirname(fileURLToPath(import.meta.url)), '..', 'acceptance')

const read = <Content>(name: string): Content | undefined => {
  const path = join(acceptance, name)
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Content) : undefined
}

const items = read<Record<string, readonly string[]>>('seed-items.json') ?? {}
const report = read<TestReport>('.work/report.json')
const committed = read<CoverageSummary>('coverage.json') ?? { proven: {} }
const { proven } = report === undefined ? committed : summarize(report.tests)
const all = new Set(Object.values(items).flat())
let wrong = 0

for (const [capability, ids] of Object.entries(items)) {
  const missing = ids.filter((id) => proven[id] === undefined)
  console.log(
    `${capability.padEnd(6)} ${String(ids.length - missing.length).padStart(3)} / ${String(ids.length).padEnd(3)} ${missing.length > 0 ? `missing ${missing.join(' ')}` : ''}`,
  )
}
for (const test of report?.tests ?? [])
  for (const id of itemsNamedBy(test))
    if (!all.has(id)) {
      wrong++
      console.log(`unknown item ${id} in ${test.file}: ${test.name}`)
    }
// What was proven before and was run again without success is lost; what was not run is not.
for (const id of Object.keys(committed.proven)) {
  const naming = report?.tests.filter((test) => itemsNamedBy(test).includes(id)) ?? []
  if (proven[id] !== undefined || !naming.some((test) => test.state === 'failed')) continue
  wrong++
  console.log(
    `lost ${id}: ${naming
      .filter((test) => test.state === 'failed')
      .map((test) => `${test.file}: ${test.name}`)
      .join('; ')}`,
  )
}
const count = Object.keys(proven).filter((id) => all.has(id)).length
console.log(`${count} / ${all.size} seed items proven by black-box tests (${report === undefined ? 'committed summary' : `run of ${report.startedAt}`})`)
process.exit(wrong > 0 ? 1 : 0)
