import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { callsFromCarrier, type CarrierCalls } from './measuring/calls-from-carrier.ts'
import { missingPrograms, versionOf } from './measuring/machine.ts'
import type { Bench, BenchContext, BenchTable, MeasuredSubject, Sample } from './measuring/report.ts'

const CALLS = 100_000
const WARM_UP_CALLS = 5_000
/**
 * Below what the stack takes for longer than half a minute: a call leaves three transactions that live for 32 s, and of 200,000 and more the
 * next INVITE gets 503 (`maxTransactions`), from 1,980 calls a second on.
 */
const CALLS_PER_SECOND = 1_500
const IN_FLIGHT = 500
/** One was lost of 150,000 once, on sipp's side or ours. */
const MOST_FAILED = 0.001
/** Answered transactions live for 32 s (RFC 3261 17): only what is left then can have leaked. */
const FORGOTTEN_AFTER_MS = 34_000
/** Shares of all calls after which the memory is read. */
const STAGES = [0.1, 0.5, 1] as const
const MEBIBYTE = 2 ** 20
/** What may be there more at the end than after the first tenth: compiled code and counters settle, a byte a call of a million would show. */
const ALLOWED_HEAP_GROWTH_BYTES = MEBIBYTE
/** The allocator's own: pages it took under load and has not given back. */
const ALLOWED_RESIDENT_GROWTH_BYTES = 64 * MEBIBYTE
const KIB = 1024

export const millionCalls: Bench = {
  name: 'million-calls',
  title: 'Memory over many calls',
  run: async (context) => {
    const notMeasured = missingPrograms('memory over many calls', ['sipp'])
    if (notMeasured.length > 0) return { tables: [], notMeasured, versions: [] }
    return { tables: [await measure(context)], notMeasured, versions: [versionOf('sipp', ['-v'], /SIPp v([\d.]+)/)] }
  },
}

/** @throws when the memory grew beyond what is allowed */
async function measure(context: BenchContext): Promise<BenchTable> {
  const count = context.calls ?? (context.quick ? 1_000 : CALLS)
  const load = await callsFromCarrier(context)
  await load.run('call-from-carrier', { calls: Math.min(count, WARM_UP_CALLS), rate: CALLS_PER_SECOND, inFlight: IN_FLIGHT })
  const stages: MeasuredSubject[] = []
  let done = 0
  for (const share of STAGES) {
    const upTo = Math.round(count * share)
    stages.push({ name: `after ${upTo} calls`, isOurs: true, samples: [await afterCalls(load, upTo - done)] })
    done = upTo
  }
  const [first, last] = [stages[0]?.samples[0], stages.at(-1)?.samples[0]]
  const growth = (key: string): number => ((last?.[key] ?? Number.NaN) - (first?.[key] ?? Number.NaN)) * MEBIBYTE
  if (!context.quick && !(growth('heap') <= ALLOWED_HEAP_GROWTH_BYTES && growth('resident') <= ALLOWED_RESIDENT_GROWTH_BYTES))
    throw new Error(`memory grew by ${growth('heap')} bytes in use and ${growth('resident')} resident: ${JSON.stringify(stages)}`)
  return {
    title: `${count} calls`,
    conditions: [
      `Carrier to line, signalling only, hung up at once, ${CALLS_PER_SECOND} begun in a second. The memory is read when the transactions of the calls before are forgotten (${FORGOTTEN_AFTER_MS / 1000} s), after a garbage collection.`,
      `From the first stage to the last it may grow by ${ALLOWED_HEAP_GROWTH_BYTES / MEBIBYTE} MiB in use and ${ALLOWED_RESIDENT_GROWTH_BYTES / MEBIBYTE} MiB resident, or the bench fails. \`--calls=1000000\` for all of them: a quarter of an hour.`,
    ],
    quantities: [
      ...[
        { key: 'heap', label: 'heap and buffers in use MiB', digits: 2 },
        { key: 'resident', label: 'resident MiB', digits: 0 },
        { key: 'rate', label: 'calls/s', digits: 0 },
      ],
      ...[
        { key: 'cpu', label: 'CPU ms per call', digits: 3 },
        { key: 'retransmitted', label: 'retransmitted', digits: 0 },
        { key: 'failed', label: 'failed', digits: 0 },
      ],
    ],
    subjects: stages,
  }
}

async function afterCalls({ subject, run }: CarrierCalls, calls: number): Promise<Sample> {
  const before = subject.cpuSeconds()
  const { succeeded, failed, retransmitted, seconds } = await run('call-from-carrier', {
    ...{ calls, rate: CALLS_PER_SECOND, inFlight: IN_FLIGHT },
    limitSeconds: (2 * calls) / CALLS_PER_SECOND + 60,
  })
  if (failed > calls * MOST_FAILED) throw new Error(`${failed} of ${calls} calls failed: the memory of calls that were refused says nothing`)
  const cpu = ((subject.cpuSeconds() - before) * 1000) / succeeded
  await wait(FORGOTTEN_AFTER_MS)
  const heap = (await subject.ask<number>('memory')) / MEBIBYTE
  return { heap, resident: residentBytes(subject.processId) / MEBIBYTE, rate: succeeded / seconds, cpu, retransmitted, failed }
}

function residentBytes(processId: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${processId}/status`, 'utf8'))?.[1]
  if (kib === undefined) throw new Error('no VmRSS')
  return Number(kib) * KIB
}
