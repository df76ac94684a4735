// npm run bench [-- names…] [--quick] [--calls=N]: measures Dialtone against named peers on this machine, in the same minutes, and writes
// the ratios into bench/RESULTS.md. With --quick everything is tried with counts that mean nothing, and nothing is written.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { boot } from './boot.ts'
import { calls } from './calls.ts'
import { capacity } from './capacity.ts'
import { deviceStorm } from './device-storm.ts'
import { growth } from './growth.ts'
import { http } from './http.ts'
import { loadOfLastMinute, machineClass, processorTicks, sourceVersion, takenByOthers } from './measuring/machine.ts'
import { isInstalled, ProcessGroup } from './measuring/process-group.ts'
import { reportText } from './measuring/report-text.ts'
import type { Bench } from './measuring/report.ts'
import { withSection } from './measuring/results-page.ts'
import { millionCalls } from './million-calls.ts'
import { mix } from './mix.ts'
import { parse } from './parse.ts'
import { playout } from './playout.ts'
import { queue } from './queue.ts'
import { register } from './register.ts'
import { relay } from './relay.ts'
import { routing } from './routing.ts'
import { workers } from './workers.ts'
import { services } from './services.ts'
import { srtp } from './srtp.ts'
import { stall } from './stall.ts'

const BENCHES: readonly Bench[] = [
  parse,
  register,
  calls,
  capacity,
  millionCalls,
  workers,
  stall,
  routing,
  relay,
  srtp,
  mix,
  playout,
  services,
  queue,
  http,
  growth,
  deviceStorm,
  boot,
]
const PREAMBLE = `# Results

Written by \`npm run bench\`. Every figure is the median of rounds in which the subjects took turns on this machine; only the
ratios travel to another one. How it is done and what can go wrong: [README.md](README.md).`

const here = dirname(fileURLToPath(import.meta.url))
const resultsFile = join(here, 'RESULTS.md')
const workRoot = join(here, '.work')

const words = process.argv.slice(2)
const quick = words.includes('--quick')
const names = words.filter((word) => !word.startsWith('--'))
const callCount = words.map((word) => Number(/^--calls=(\d+)$/.exec(word)?.[1])).find((count) => count > 0)
const unknown = names.filter((name) => !BENCHES.some((bench) => bench.name === name))
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(', ')}. There are ${BENCHES.map((bench) => bench.name).join(', ')}.`)
  process.exit(2)
}
if (process.platform !== 'linux') {
  console.error('The measurements read /proc: they run on Linux only.')
  process.exit(2)
}
let running: ProcessGroup | undefined
let interrupted = false
// Without its processes the bench that runs fails, and clears up behind itself on the way out; a second signal does not wait.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (interrupted) process.exit(1)
    interrupted = true
    void running?.stopAll()
  })
}

let failed = 0
for (const bench of BENCHES.filter(({ name }) => names.length === 0 || names.includes(name))) {
  if (interrupted || !(await runOne(bench))) failed++
}
process.exit(failed === 0 ? 0 : 1)

async function runOne(bench: Bench): Promise<boolean> {
  mkdirSync(workRoot, { recursive: true })
  const workFolder = mkdtempSync(join(workRoot, `${bench.name}-`))
  const processes = new ProcessGroup()
  running = processes
  const [startedMs, load, before] = [performance.now(), loadOfLastMinute(), processorTicks()]
  try {
    const report = await bench.run({ quick, workFolder, processes, ...(callCount === undefined ? {} : { calls: callCount }) })
    // Their processor time is ours once they have ended.
    await processes.stopAll()
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(0)
    const others = takenByOthers(before, processorTicks())
    const text = `${circumstances({ load, others, seconds, versions: report.versions })}\n\n${reportText(report)}`
    console.log(`## ${bench.title}\n\n${text}\n`)
    if (!quick && report.tables.length > 0) write(bench.title, text)
    return true
  } catch (error) {
    if (interrupted) console.error(`${bench.name}: interrupted`)
    else console.error(`${bench.name} failed:`, error)
    return false
  } finally {
    await processes.stopAll()
    rmSync(workFolder, { recursive: true, force: true })
  }
}

function circumstances({ load, others, seconds, versions }: { load: number; others: number; seconds: string; versions: readonly string[] }): string {
  const pinning = isInstalled('taskset') ? 'subjects pinned to processor 0, load to processor 1' : 'nothing pinned: taskset is not installed'
  const date = new Date().toISOString().slice(0, 10)
  return [
    `${date}, ${seconds} s; ${machineClass()}; load average ${load.toFixed(2)} at the start, others took ${others.toFixed(0)} % of the processors meanwhile; ${pinning}.`,
    `Versions: ${[sourceVersion(), `Node ${process.version}`, ...versions].join(', ')}.`,
  ].join('\n')
}

function write(title: string, text: string): void {
  const page = existsSync(resultsFile) ? readFileSync(resultsFile, 'utf8') : PREAMBLE
  writeFileSync(
    resultsFile,
    withSection(
      page,
      title,
      text,
      BENCHES.map((bench) => bench.title),
    ),
  )
}
