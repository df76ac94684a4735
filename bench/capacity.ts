import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from './measuring/free-ports.ts'
import { missingPrograms, versionOf } from './measuring/machine.ts'
import { type OurSubject, startOurSubject } from './measuring/our-subject.ts'
import type { ProcessGroup } from './measuring/process-group.ts'
import type { Bench, BenchContext, BenchTable } from './measuring/report.ts'
import { runSipp, type SippLoad, startSippCallee } from './measuring/sipp.ts'
import type { FigureQuestion } from './subjects/own-figures.ts'

const FIRST_EXTENSION = 2_000
const CALLED = 100
const AS_FAST_AS_IT_GOES = 100_000
const IN_FLIGHT = 32
/** Answered transactions live for 32 s (RFC 3261 17): what they hold is no part of a binding or a call. */
const FORGOTTEN_AFTER_MS = 34_000
/** The pause in held-call-from-carrier.xml. */
const HELD_MS = 50_000

type Subject = OurSubject<{ port: number }>

export const capacity: Bench = {
  name: 'capacity',
  title: 'Memory and latency',
  run: async (context) => {
    const notMeasured = missingPrograms('memory and latency', ['sipp'])
    if (notMeasured.length > 0) return { tables: [], notMeasured, versions: [] }
    return { tables: await measure(context), notMeasured, versions: [versionOf('sipp', ['-v'], /SIPp v([\d.]+)/)] }
  },
}

async function measure({ quick, workFolder, processes }: BenchContext): Promise<readonly BenchTable[]> {
  const scale = quick ? 0.1 : 1
  const ports = { carrier: await freePort(), called: await freePort(), phones: await freePort() }
  startSippCallee(processes, workFolder, { scenario: new URL('load/answer.xml', import.meta.url), localPort: ports.called })
  const calls = await startSwitch(processes, ports)
  const registrar: Subject = await startOurSubject(processes, new URL('subjects/registrar.ts', import.meta.url), [String(12_000)])
  const files = { numbers: join(workFolder, 'numbers.csv'), warmUp: join(workFolder, 'warm-up.csv'), lines: join(workFolder, 'lines.csv') }
  writeFileSync(
    files.numbers,
    sippFile(CALLED, (index) => `+12025550101;+1801555${FIRST_EXTENSION + index}`),
  )
  writeFileSync(files.warmUp, sippFile(2_000, lineFields))
  writeFileSync(
    files.lines,
    sippFile(10_000, (index) => lineFields(2_000 + index)),
  )
  const load = (name: string, rest: Omit<SippLoad, 'scenario' | 'fieldsFile' | 'targetPort' | 'localPort' | 'limitSeconds'>): Promise<Outcome> =>
    runSipp(processes, workFolder, {
      ...{ scenario: new URL(`load/${name}.xml`, import.meta.url), fieldsFile: files.numbers, targetPort: calls.facts.port, localPort: ports.carrier },
      ...{ limitSeconds: 100, ...rest },
    })
  const register = (fieldsFile: string, registrations: number): Promise<Outcome> =>
    runSipp(processes, workFolder, {
      ...{ scenario: new URL('load/register.xml', import.meta.url), fieldsFile, targetPort: registrar.facts.port, localPort: ports.phones },
      ...{ calls: registrations, rate: AS_FAST_AS_IT_GOES, inFlight: IN_FLIGHT, limitSeconds: 30 },
    })
  const latency = await measureLatency(calls, load, scale)
  await register(files.warmUp, 2_000)
  const [bindings, heldCalls] = [10_000 * scale, 500 * scale]
  await wait(FORGOTTEN_AFTER_MS)
  const before = { binding: await ask(registrar, 'memory'), call: await ask(calls, 'memory') }
  const registered = await register(files.lines, bindings)
  const held = load('held-call-from-carrier', { calls: heldCalls, rate: 250, inFlight: 1_000 })
  await wait(HELD_MS - 10_000)
  const after = { binding: await ask(registrar, 'memory'), call: await ask(calls, 'memory') }
  const { failed } = await held
  if (failed > 0) throw new Error(`${failed} of ${heldCalls} calls did not stay up`)
  return [
    latency,
    memoryTable((after.binding - before.binding) / registered.succeeded, (after.call - before.call) / heldCalls, { bindings: registered.succeeded, heldCalls }),
  ]
}

type Outcome = Awaited<ReturnType<typeof runSipp>>
type Run = (name: string, load: { calls: number; rate: number; inFlight: number; isTimed?: boolean }) => Promise<Outcome>

async function measureLatency(calls: Subject, load: Run, scale: number): Promise<BenchTable> {
  // For the compiler.
  for (let round = 0; round < 3; round++) await load('call-from-carrier', { calls: 2_000 * scale, rate: AS_FAST_AS_IT_GOES, inFlight: IN_FLIGHT })
  const fast = await load('call-from-carrier', { calls: 3_000 * scale, rate: AS_FAST_AS_IT_GOES, inFlight: IN_FLIGHT })
  const rate = Math.round((0.7 * fast.succeeded) / fast.seconds)
  await ask(calls, 'watchLoop')
  const timed = await load('timed-call-from-carrier', { calls: Math.round(rate * 6 * scale), rate, inFlight: 5_000, isTimed: true })
  const loopDelay = await ask(calls, 'loopDelay')
  const sorted = timed.responseMs.toSorted((one, other) => one - other)
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN
  return {
    title: 'INVITE to 100 Trying at 70 % of the highest rate',
    conditions: [
      'Carrier to line, signalling only, hung up at once. The highest rate is that of a closed loop of 32 calls, measured just before; then 70 % of it for 6 s.',
      '"Loop late" is how late the event loop of the switch came to its timers, 99th of 100.',
    ],
    quantities: [
      ...[
        { key: 'rate', label: 'calls/s', digits: 0 },
        { key: 'p50', label: '100 p50 ms', digits: 2 },
        { key: 'p99', label: '100 p99 ms', digits: 2 },
      ],
      ...[
        { key: 'loop', label: 'loop late p99 ms', digits: 2 },
        { key: 'retransmitted', label: 'retransmitted', digits: 0 },
        { key: 'failed', label: 'failed', digits: 0 },
      ],
    ],
    subjects: [
      {
        name: 'Dialtone',
        isOurs: true,
        samples: [{ rate, p50: at(0.5), p99: at(0.99), loop: loopDelay, retransmitted: timed.retransmitted, failed: timed.failed }],
      },
    ],
  }
}

function memoryTable(perBinding: number, perCall: number, { bindings, heldCalls }: { bindings: number; heldCalls: number }): BenchTable {
  return {
    title: 'Memory',
    conditions: [
      `Heap and buffers after a garbage collection, before and after ${bindings} registrations and ${heldCalls} calls that stay up, each time when the transactions before are forgotten.`,
      'A call is two legs, its record and its trace; its media does not pass here, so it has no RTP sockets.',
    ],
    quantities: [
      { key: 'binding', label: 'bytes per binding', digits: 0 },
      { key: 'call', label: 'bytes per call', digits: 0 },
    ],
    subjects: [{ name: 'Dialtone', isOurs: true, samples: [{ binding: perBinding, call: perCall }] }],
  }
}

function ask(subject: Subject, question: FigureQuestion): Promise<number> {
  return subject.ask<number>(question)
}

async function startSwitch(processes: ProcessGroup, { carrier, called }: { carrier: number; called: number }): Promise<Subject> {
  return startOurSubject(processes, new URL('subjects/switch.ts', import.meta.url), [CALLED, called, carrier].map(String))
}

function lineFields(index: number): string {
  const line = `line${FIRST_EXTENSION + index}`
  return `${line};[authentication username=${line} password=secret]`
}

function sippFile(count: number, fields: (index: number) => string): string {
  return ['SEQUENTIAL', ...Array.from({ length: count }, (_, index) => fields(index)), ''].join('\n')
}
