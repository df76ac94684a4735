import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { callsFromCarrier, type CarrierCalls } from './measuring/calls-from-carrier.ts'
import { freePort } from './measuring/free-ports.ts'
import { missingPrograms, versionOf } from './measuring/machine.ts'
import { type OurSubject, startOurSubject } from './measuring/our-subject.ts'
import type { Bench, BenchContext, BenchTable } from './measuring/report.ts'
import { runSipp, type SippResult } from './measuring/sipp.ts'
import { watchWire } from './measuring/sip-wire.ts'
import type { FigureQuestion } from './subjects/own-figures.ts'

const FIRST_EXTENSION = 2_000
const AS_FAST_AS_IT_GOES = 100_000
const IN_FLIGHT = 32
const LATENCY_SECONDS = 6
/** What one processor has to bear at least (the goal). */
const LEAST_RATE = 1_000
/** Answered transactions live for 32 s (RFC 3261 17): what they hold is no part of a binding or a call. */
const FORGOTTEN_AFTER_MS = 34_000
/** The pause in held-call-from-carrier.xml. */
const HELD_MS = 50_000

type Subject = OurSubject<{ port: number }>

export const capacity: Bench = {
  name: 'capacity',
  title: 'Memory and latency',
  run: async (context) => {
    const notMeasured = missingPrograms('memory and latency', ['sipp', 'cc'])
    if (notMeasured.length > 0) return { tables: [], notMeasured, versions: [] }
    return { tables: await measure(context), notMeasured, versions: [versionOf('sipp', ['-v'], /SIPp v([\d.]+)/)] }
  },
}

async function measure(context: BenchContext): Promise<readonly BenchTable[]> {
  const { quick, workFolder, processes } = context
  const scale = quick ? 0.1 : 1
  const phones = await freePort()
  const calls = await callsFromCarrier(context)
  const registrar: Subject = await startOurSubject(processes, new URL('subjects/registrar.ts', import.meta.url), [String(12_000)])
  const files = { warmUp: join(workFolder, 'warm-up.csv'), lines: join(workFolder, 'lines.csv') }
  writeFileSync(files.warmUp, sippFile(2_000, lineFields))
  writeFileSync(
    files.lines,
    sippFile(10_000, (index) => lineFields(2_000 + index)),
  )
  const register = (fieldsFile: string, registrations: number): Promise<SippResult> =>
    runSipp(processes, workFolder, {
      ...{ scenario: new URL('load/register.xml', import.meta.url), fieldsFile, targetPort: registrar.facts.port, localPort: phones },
      ...{ calls: registrations, rate: AS_FAST_AS_IT_GOES, inFlight: IN_FLIGHT, limitSeconds: 30 },
    })
  const latency = await measureLatency(context, calls, scale)
  await register(files.warmUp, 2_000)
  const [bindings, heldCalls] = [10_000 * scale, 500 * scale]
  await wait(FORGOTTEN_AFTER_MS)
  const before = { binding: await ask(registrar, 'memory'), call: await ask(calls.subject, 'memory') }
  const registered = await register(files.lines, bindings)
  const held = calls.run('held-call-from-carrier', { calls: heldCalls, rate: 250, inFlight: 1_000 })
  await wait(HELD_MS - 10_000)
  const after = { binding: await ask(registrar, 'memory'), call: await ask(calls.subject, 'memory') }
  const { failed } = await held
  if (failed > 0) throw new Error(`${failed} of ${heldCalls} calls did not stay up`)
  return [
    latency,
    memoryTable((after.binding - before.binding) / registered.succeeded, (after.call - before.call) / heldCalls, { bindings: registered.succeeded, heldCalls }),
  ]
}

async function measureLatency(context: BenchContext, calls: CarrierCalls, scale: number): Promise<BenchTable> {
  // For the compiler.
  for (let round = 0; round < 3; round++) await calls.run('call-from-carrier', { calls: 2_000 * scale, rate: AS_FAST_AS_IT_GOES, inFlight: IN_FLIGHT })
  const fast = await calls.run('call-from-carrier', { calls: 3_000 * scale, rate: AS_FAST_AS_IT_GOES, inFlight: IN_FLIGHT })
  const highest = fast.succeeded / fast.seconds
  const subjects = [
    {
      name: `Dialtone at 70 % of the goal of ${LEAST_RATE} calls/s`,
      isOurs: true,
      samples: [await latencyAt(context, calls, { rate: 0.7 * LEAST_RATE, scale })],
    },
    { name: 'Dialtone at 70 % of its highest rate', isOurs: true, samples: [await latencyAt(context, calls, { rate: Math.round(0.7 * highest), scale })] },
  ]
  return {
    title: 'INVITE to 100 Trying',
    conditions: [
      `Carrier to line, signalling only, hung up at once, ${LATENCY_SECONDS} s each. The highest rate is that of a closed loop of 32 calls, measured just before.`,
      'From the INVITE to its 100, both when the kernel put them on the loopback: what sipp says of itself holds its own pauses too.',
      '"Loop late" is how late the event loop of the switch came to its timers, 99th of 100.',
    ],
    quantities: [
      ...[
        { key: 'rate', label: 'calls/s', digits: 0 },
        { key: 'p50', label: '100 p50 ms', digits: 2 },
        { key: 'p99', label: '100 p99 ms', digits: 2 },
        { key: 'longest', label: '100 longest ms', digits: 0 },
      ],
      ...[
        { key: 'loop', label: 'loop late p99 ms', digits: 2 },
        { key: 'cpu', label: 'CPU ms per call', digits: 3 },
        { key: 'retransmitted', label: 'retransmitted', digits: 0 },
        { key: 'failed', label: 'failed', digits: 0 },
      ],
    ],
    subjects,
  }
}

async function latencyAt(
  context: BenchContext,
  { subject, carrierPort, run }: CarrierCalls,
  { rate, scale }: { readonly rate: number; readonly scale: number },
) {
  const wire = await watchWire(context, { serverPort: subject.facts.port, callerPort: carrierPort, seconds: LATENCY_SECONDS + 2 })
  await ask(subject, 'watchLoop')
  const cpuBefore = subject.cpuSeconds()
  const timed = await run('call-from-carrier', { calls: Math.round(rate * LATENCY_SECONDS * scale), rate, inFlight: 5_000 })
  const cpu = (1000 * (subject.cpuSeconds() - cpuBefore)) / timed.succeeded
  const loop = await ask(subject, 'loopDelay')
  const { p50Ms, p99Ms, longestMs } = await wire.heard()
  return { rate, p50: p50Ms, p99: p99Ms, longest: longestMs, loop, cpu, retransmitted: timed.retransmitted, failed: timed.failed }
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

function lineFields(index: number): string {
  const line = `line${FIRST_EXTENSION + index}`
  return `${line};[authentication username=${line} password=secret]`
}

function sippFile(count: number, fields: (index: number) => string): string {
  return ['SEQUENTIAL', ...Array.from({ length: count }, (_, index) => fields(index)), ''].join('\n')
}
