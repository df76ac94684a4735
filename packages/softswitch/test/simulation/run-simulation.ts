/**
 * Many seeds of the whole-switch simulation:
 * node packages/softswitch/test/simulation/run-simulation.ts --seeds 1-2000 --seconds 300 [--services] [--trace]
 */
import { parseArgs } from 'node:util'
import { reportOf, simulate } from './simulate.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1-2000' },
    seconds: { type: 'string', default: '300' },
    services: { type: 'boolean', default: false },
    trace: { type: 'boolean', default: false },
  },
})
const [first = 1, last = first] = values.seeds.split('-').map(Number)
const endMs = performance.now() + Number(values.seconds) * 1000
const totals = { seeds: 0, failed: 0, calls: 0, answered: 0, records: 0, datagrams: 0, ignoredCancels: 0, furtherAnswers: 0 }
for (let seed = first; seed <= last && performance.now() < endMs; seed++) {
  const result = await simulate(seed, values.services)
  totals.seeds++
  totals.calls += result.calls
  totals.answered += result.answered
  totals.records += result.records
  totals.datagrams += result.datagrams
  totals.ignoredCancels += result.ignoredCancels
  totals.furtherAnswers += result.furtherAnswers
  if (result.problems.length > 0) totals.failed++
  if (result.problems.length > 0) process.stderr.write(`${reportOf(result)}\n`)
  if (values.trace) process.stdout.write(`${result.trace.join('\n')}\n`)
}
process.stdout.write(`${JSON.stringify(totals)}\n`)
process.exitCode = totals.failed > 0 ? 1 : 0
