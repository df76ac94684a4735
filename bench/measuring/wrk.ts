import { LOAD_CPU } from './our-subject.ts'
import type { ProcessGroup } from './process-group.ts'

export interface WrkResult {
  readonly requests: number
  readonly requestsPerSecond: number
  /** Answers other than 2xx and 3xx, and connections that broke. */
  readonly failed: number
  readonly p99Ms: number
}

/** Keeps so many connections busy with GETs. */
export async function runWrk(
  processes: ProcessGroup,
  o: { url: string; headers: readonly string[]; connections: number; seconds: number },
): Promise<WrkResult> {
  const running = processes.start({
    program: 'wrk',
    parameters: ['-t1', `-c${o.connections}`, `-d${o.seconds}s`, '--latency', ...o.headers.flatMap((header) => ['-H', header]), o.url],
    cpu: LOAD_CPU,
  })
  const code = await running.exited
  const result = wrkResultIn(running.output())
  if (code !== 0 || result === undefined) throw new Error(`wrk ended with ${code}: ${running.output()}`)
  return result
}

const MILLISECONDS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000 }

export function wrkResultIn(output: string): WrkResult | undefined {
  const number = (pattern: RegExp): number => Number(pattern.exec(output)?.[1] ?? 0)
  const requests = number(/(\d+) requests in/)
  if (requests === 0) return undefined
  const [, p99 = '0', unit = 'ms'] = /99%\s+([\d.]+)(us|ms|s)/.exec(output) ?? []
  const broken = (/Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(output) ?? []).slice(1).map(Number)
  return {
    requests,
    requestsPerSecond: number(/Requests\/sec:\s+([\d.]+)/),
    failed: number(/Non-2xx or 3xx responses: (\d+)/) + broken.reduce((sum, count) => sum + count, 0),
    p99Ms: Number(p99) * (MILLISECONDS[unit] ?? 1),
  }
}
