// npm run check: everything CI runs, one short line a step. `--skip tests,acceptance` leaves steps out.
// The last line is the sum: `N passed, N failed`; a step without tests of its own counts as one.
// Test files that fail on a machine that is busy with something else are run once more, one after the other, and named; a third time
// if the machine was taken by others during the second one as well.
import { spawn } from 'node:child_process'
import { createWriteStream, existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { isStarved, type MachineState, MachineWatch, untilCalm } from './machine-watch.ts'

interface Step {
  readonly name: string
  readonly command: readonly [string, ...string[]]
  readonly limitMinutes: number
  /** Prints its last line when it went well. */
  readonly showsLastLine?: boolean
  /** Runs tests: those files that fail can be named behind its command, in place of the filter. */
  readonly runsTests?: boolean
  readonly filter?: readonly string[]
  /** Left out where this file is missing. */
  readonly needs?: string
}

interface Outcome {
  readonly succeeded: boolean
  readonly output: string
  readonly machine: MachineState
}

/** What failed in an attempt that was not the last one. */
interface Failure {
  readonly attempt: number
  /** `failed: <file> > <test>: <reason>`. */
  readonly line: string
}

/** The limits are for a step that hangs: a machine that is slow today takes several times as long as usual. */
const STEPS: readonly Step[] = [
  { name: 'tests', command: ['npm', 'test', '--'], limitMinutes: 60, runsTests: true },
  // The oldest server the control plane promises to run on. The tests made for every operation of the interface ran above, on the newer one.
  {
    name: 'postgres',
    command: ['.ci/with-postgresql-15', 'node', 'node_modules/vitest/vitest.mjs', 'run'],
    filter: ['packages/control-plane/src'],
    limitMinutes: 40,
    runsTests: true,
    needs: '/usr/lib/postgresql/15/bin/postgres',
  },
  { name: 'simulation', command: ['npm', 'run', 'simulation'], limitMinutes: 15, showsLastLine: true },
  { name: 'format', command: ['npm', 'run', 'format', '--', '--check'], limitMinutes: 5 },
  { name: 'lint', command: ['npm', 'run', 'lint'], limitMinutes: 10 },
  { name: 'walls', command: ['npm', 'run', 'walls'], limitMinutes: 5, showsLastLine: true },
  { name: 'types', command: ['npm', 'run', 'types'], limitMinutes: 10 },
  { name: 'api', command: ['npm', 'run', 'api'], limitMinutes: 5, showsLastLine: true },
  { name: 'operations', command: ['npm', 'run', 'operations'], limitMinutes: 5, showsLastLine: true },
  { name: 'contract', command: ['npm', 'run', 'coverage:contract'], limitMinutes: 5, showsLastLine: true },
  { name: 'unused', command: ['node', 'node_modules/knip/bin/knip.js', '--include', 'files', '--no-config-hints'], limitMinutes: 5 },
  { name: 'acceptance', command: ['npm', 'run', 'acceptance', '--'], limitMinutes: 90, runsTests: true },
  { name: 'coverage', command: ['npm', 'run', 'coverage:seeds'], limitMinutes: 2, showsLastLine: true },
]

const COUNTS = /^(\d+) passed, (\d+) failed(?:, \d+ skipped)?$/gm
const FAILED_FILE = /^failed: (\S+\.test\.ts) > .*$/gm
const LINES_OF_FAILURE = 60
/** More than these are no accident. */
const MOST_FILES_AGAIN = 25
const ATTEMPTS = ['', 'second', 'third']
/** How long an attempt waits for the others on the host to leave the processors. */
const LONGEST_WAIT_MS = 5 * 60_000

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const logs = mkdtempSync(join(tmpdir(), 'dialtone-check-'))
const skipped = new Set(process.argv.includes('--skip') ? (process.argv[process.argv.indexOf('--skip') + 1] ?? '').split(',') : [])

let [passed, failed] = [0, 0]
for (const step of STEPS) {
  if (skipped.has(step.name)) continue
  const startedMs = performance.now()
  if (step.needs !== undefined && !existsSync(step.needs)) {
    console.log(`     ${step.name} left out: there is no ${step.needs}`)
    continue
  }
  const { succeeded, output, counts, again, machine } = await outcomeOf(step)
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
  const state = isStarved(machine)
    ? ` [${(machine.takenShare * 100).toFixed(0)} % of the processors taken, stood still ${(machine.longestStallMs / 1000).toFixed(1)} s]`
    : ''
  console.log(`${succeeded ? 'ok  ' : 'FAIL'} ${step.name.padEnd(10)} ${seconds.padStart(4)} s${detail}${state}`)
  for (const { attempt, line } of again) console.log(`     ${line.replace('failed', `${ATTEMPTS[attempt]} attempt`)}`)
  for (const line of output.match(/^failed: .*$/gm) ?? []) console.log(`     ${line}`)
  if (!succeeded) console.log(endOf(output))
}
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed > 0 ? 1 : 0)

/** Of the last attempt, where another one was due: `again` says why, a line a test. */
async function outcomeOf(step: Step): Promise<Outcome & { readonly counts: ReturnType<typeof countsIn>; readonly again: readonly Failure[] }> {
  const first = await run(step)
  const counts = countsIn(first.output)
  let [last, stillFailed] = [first, counts.failed]
  const again: Failure[] = []
  for (let attempt = 1; attempt < ATTEMPTS.length; attempt++) {
    const failures = [...last.output.matchAll(FAILED_FILE)]
    const files = [...new Set(failures.map(([, file = '']) => file))]
    if (last.succeeded || step.runsTests !== true || files.length === 0 || files.length > MOST_FILES_AGAIN || stillFailed !== failures.length) break
    if (attempt > 1 && !isStarved(last.machine)) break
    again.push(...failures.map(([line]) => ({ attempt, line })))
    await untilCalm(LONGEST_WAIT_MS)
    last = await run({ ...step, name: `${step.name}-${ATTEMPTS[attempt]}`, filter: [...files, '--no-file-parallelism'] })
    stillFailed = last.succeeded ? 0 : Math.max(1, countsIn(last.output).failed)
  }
  return { ...last, machine: first.machine, counts: { passed: counts.passed + counts.failed - stillFailed, failed: stillFailed }, again }
}

async function run(step: Step): Promise<Outcome> {
  const path = join(logs, `${step.name}.log`)
  const log = createWriteStream(path)
  const watch = new MachineWatch()
  const [program, ...parameters] = [...step.command, ...(step.filter ?? [])] as const
  // A process group of its own, so that a step that hangs can be ended with everything it started.
  const child = spawn(program, parameters, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], detached: true, env: { ...process.env, NO_COLOR: '1' } })
  child.stdout.pipe(log, { end: false })
  child.stderr.pipe(log, { end: false })
  const limit = setTimeout(() => {
    log.write(`\ngiven up after ${step.limitMinutes} minutes\n`)
    endGroup(child.pid, 'SIGTERM')
    setTimeout(() => endGroup(child.pid, 'SIGKILL'), 30_000).unref()
  }, step.limitMinutes * 60_000)
  const code = await new Promise<number | null>((resolve) => {
    child.once('close', resolve)
    child.once('error', () => resolve(null))
  })
  clearTimeout(limit)
  await new Promise<void>((resolve) => {
    log.end(resolve)
  })
  return { succeeded: code === 0, machine: watch.stop(), output: stripVTControlCharacters(readFileSync(path, 'utf8')) }
}

function endGroup(leader: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (leader !== undefined) process.kill(-leader, signal)
  } catch {
    // All of it is gone already.
  }
}

/** The closing line of a test run; the last one when a run prints several. */
function countsIn(output: string): { readonly passed: number; readonly failed: number } {
  const last = [...output.matchAll(COUNTS)].at(-1)
  return { passed: Number(last?.[1] ?? 0), failed: Number(last?.[2] ?? 0) }
}

/** What failed and the end of the output, without its own sum: there is to be one such line in all. */
function endOf(output: string): string {
  const plain = output.replace(COUNTS, '').trimEnd()
  const failures = [...new Set(plain.split('\n').filter((line) => /^ FAIL |^ *× /.test(line)))].slice(0, LINES_OF_FAILURE)
  return [...failures, ...plain.split('\n').slice(-(failures.length > 0 ? 25 : LINES_OF_FAILURE))].map((line) => `     ${line}`).join('\n')
}
