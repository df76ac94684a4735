import { fileURLToPath } from 'node:url'
import { cpuSecondsOf } from './process-cpu.ts'
import type { ProcessGroup } from './process-group.ts'

export const SUBJECT_CPU = 0
export const LOAD_CPU = 1

/** The heap of a switch worker is made after `putCollectorBehind` (foundation); that of a program's own thread is there before. */
const AS_IN_THE_SERVER = ['--concurrent-marking-max-worker-num=1']

const READY_WITHIN_MS = 30_000
const ANSWER_WITHIN_MS = 60_000

export interface OurSubject<Facts> {
  /** What it said when it was ready. */
  readonly facts: Facts
  readonly processId: number
  cpuSeconds(): number
  /** Sends a message and waits for the one that answers it. */
  ask<Answer>(question: unknown): Promise<Answer>
  stop(): Promise<void>
}

/** Runs a program of `subjects/` on the subject's processor, or on any, and waits until it says that it is ready. */
export async function startOurSubject<Facts>(
  processes: ProcessGroup,
  file: URL,
  parameters: readonly string[] = [],
  cpu: number | 'any' = SUBJECT_CPU,
): Promise<OurSubject<Facts>> {
  const path = fileURLToPath(file)
  const running = processes.start({
    program: process.execPath,
    parameters: [...AS_IN_THE_SERVER, ...nodeOptions(), path, ...parameters],
    ...(cpu === 'any' ? {} : { cpu }),
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    environment: { NODE_ENV: 'production' },
  })
  const { child } = running
  const nextMessage = <Value>(limitMs: number): Promise<Value> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => settle(new Error(`${path} did not answer within ${limitMs} ms`)), limitMs)
      const onExit = (): void => settle(new Error(`${path} ended unexpectedly`))
      const settle = (value: unknown): void => {
        clearTimeout(timer)
        child.off('message', settle).off('exit', onExit)
        if (value instanceof Error) reject(value)
        else resolve(value as Value)
      }
      child.once('message', settle).once('exit', onExit)
    })
  const facts = await nextMessage<Facts>(READY_WITHIN_MS)
  return {
    facts,
    processId: running.processId,
    cpuSeconds: () => cpuSecondsOf(running.processId),
    ask: async <Answer>(question: unknown) => {
      const answer = nextMessage<Answer>(ANSWER_WITHIN_MS)
      child.send(question as string)
      return answer
    },
    stop: () => running.stop(),
  }
}

/** For looking into a subject: `BENCH_NODE_OPTIONS="--cpu-prof --cpu-prof-dir=…" npm run bench -- calls`. */
function nodeOptions(): readonly string[] {
  return (process.env['BENCH_NODE_OPTIONS'] ?? '').split(' ').filter(Boolean)
}
