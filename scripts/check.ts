// npm run check: everything CI runs, one short line a step. `--skip tests,acceptance` leaves steps out.
// The last line is the sum: `N passed, N failed`; a step without tests of its own counts as one.
import { spawn } from 'node:child_process'
import { createWriteStream, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'

interface Step {
  readonly name: string
  readonly command: readonly [string, ...string[]]
  readonly limitMinutes: number
  /** Prints its last line when it went well. */
  readonly showsLastLine?: boolean
}

const STEPS: readonly Step[] = [
  { name: 'tests', command: ['npm', 'test'], limitMinutes: 25 },
  { name: 'simulation', command: ['npm', 'run', 'simulation'], limitMinutes: 5, showsLastLine: true },
  { name: 'format', command: ['npm', 'run', 'format', '--', '--check'], limitMinutes: 2 },
  { name: 'lint', command: ['npm', 'run', 'lint'], limitMinutes: 5 },
  { name: 'walls', command: ['npm', 'run', 'walls'], limitMinutes: 2, showsLastLine: true },
  { name: 'types', command: ['npm', 'run', 'types'], limitMinutes: 5 },
  { name: 'api', command: ['npm', 'run', 'api'], limitMinutes: 2, showsLastLine: true },
  { name: 'operations', command: ['npm', 'run', 'operations'], limitMinutes: 2, showsLastLine: true },
  { name: 'contract', command: ['npm', 'run', 'coverage:contract'], limitMinutes: 2, showsLastLine: true },
  { name: 'unused', command: ['node', 'node_modules/knip/bin/knip.js', '--include', 'files', '--no-config-hints'], limitMinutes: 2 },
  { name: 'acceptance', command: ['npm', 'run', 'acceptance'], limitMinutes: 40 },
  { name: 'coverage', command: ['npm', 'run', 'coverage:seeds'], limitMinutes: 1, showsLastLine: true },
]

const COUNTS = /^(\d+) passed, (\d+) failed(?:, \d+ skipped)?$/gm
const LINES_OF_FAILURE = 60

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const logs = mkdtempSync(join(tmpdir(), 'dialtone-check-'))
const skipped = new Set(process.argv.includes('--skip') ? (process.argv[process.argv.indexOf('--skip') + 1] ?? '').split(',') : [])

let [passed, failed] = [0, 0]
for (const step of STEPS) {
  if (skipped.has(step.name)) continue
  const startedMs = performance.now()
  const { succeeded, output } = await run(step)
  const counts = countsIn(output)
  passed += counts.passed
  failed += counts.failed
  if (counts.passed + counts.failed === 0 && succeeded) passed++
  if (!succeeded && counts.failed === 0) failed++
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(0)
  const detail =
    counts.passed + counts.failed > 0
      ? ` (${counts.passed} of ${counts.passed + counts.failed} tests)`
      : step.showsLastLine
        ? ` (${output.trim().split('\n').at(-1)})`
        : ''
  console.log(`${succeeded ? 'ok  ' : 'FAIL'} ${step.name.padEnd(10)} ${seconds.padStart(4)} s${detail}`)
  for (const line of stripVTControlCharacters(output).match(/^(?:failed|second attempt): .*$/gm) ?? []) console.log(`     ${line}`)
  if (!succeeded) console.log(endOf(output))
}
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed > 0 ? 1 : 0)

async function run(step: Step): Promise<{ readonly succeeded: boolean; readonly output: string }> {
  const path = join(logs, `${step.name}.log`)
  const log = createWriteStream(path)
  const [program, ...parameters] = step.command
  // A process group of its own, so that a step that hangs can be ended with everything it started.
  const child = spawn(program, parameters, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], detached: true, env: { ...process.env, NO_COLOR: '1' } })
  child.stdout.pipe(log, { end: false })
  child.stderr.pipe(log, { end: false })
  const limit = setTimeout(() => {
    log.write(`\ngiven up after ${step.limitMinutes} minutes\n`)
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM')
  }, step.limitMinutes * 60_000)
  const code = await new Promise<number | null>((resolve) => {
    child.once('close', resolve)
    child.once('error', () => resolve(null))
  })
  clearTimeout(limit)
  await new Promise<void>((resolve) => {
    log.end(resolve)
  })
  return { succeeded: code === 0, output: readFileSync(path, 'utf8') }
}

/** The closing line of a test run; the last one when a run prints several. */
function countsIn(output: string): { readonly passed: number; readonly failed: number } {
  const last = [...output.matchAll(COUNTS)].at(-1)
  return { passed: Number(last?.[1] ?? 0), failed: Number(last?.[2] ?? 0) }
}

/** What failed and the end of the output, without its own sum: there is to be one such line in all. */
function endOf(output: string): string {
  const plain = stripVTControlCharacters(output).replace(COUNTS, '').trimEnd()
  const failures = [...new Set(plain.split('\n').filter((line) => /^ FAIL |^ *× /.test(line)))].slice(0, LINES_OF_FAILURE)
  return [...failures, ...plain.split('\n').slice(-(failures.length > 0 ? 25 : LINES_OF_FAILURE))].map((line) => `     ${line}`).join('\n')
}
