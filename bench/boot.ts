import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from './measuring/free-ports.ts'
import { cpuSecondsInSchedstat, cpuSecondsOf } from './measuring/process-cpu.ts'
import type { ProcessGroup } from './measuring/process-group.ts'
import type { Bench, BenchContext, BenchTable, Sample } from './measuring/report.ts'

const ROUNDS = 5
const READY_WITHIN_MS = 120_000
const POLL_MS = 10

/** The whole server as a person starts it, with every operation, the switch worker and its database, on data that is there already. */
export const boot: Bench = {
  name: 'boot',
  title: 'Starts',
  run: async (context) => ({ tables: [await measure(context)], notMeasured: [], versions: ['embedded PostgreSQL 18'] }),
}

async function measure({ quick, workFolder, processes }: BenchContext): Promise<BenchTable> {
  const dataDirectory = join(workFolder, 'data')
  // The first start makes the database, the second one writes what later ones find compiled.
  for (let count = 0; count < 2; count++) await startOnce(processes, dataDirectory)
  const samples: Sample[] = []
  for (let round = 0; round < (quick ? 1 : ROUNDS); round++) samples.push(await startOnce(processes, dataDirectory))
  return {
    title: 'A warm start of the whole server',
    conditions: [
      'From the start of the process to the first 200 of `/health/ready`, asked for every 10 ms; its database is stopped and started with it.',
      'On two free processors the time is little more than the processor time of the main thread; how long it takes beside other work says more about that.',
    ],
    quantities: [
      { key: 'seconds', label: 'seconds', digits: 2 },
      { key: 'main', label: 'CPU seconds, main thread', digits: 2 },
      { key: 'all', label: 'CPU seconds, with switch worker and database', digits: 2 },
    ],
    subjects: [{ name: 'Dialtone', isOurs: true, samples }],
  }
}

async function startOnce(processes: ProcessGroup, dataDirectory: string): Promise<Sample> {
  const port = await freePort()
  const startedMs = performance.now()
  const server = processes.start({
    program: process.execPath,
    parameters: [fileURLToPath(new URL('../apps/server/src/dialtone.ts', import.meta.url)), 'start'],
    environment: {
      ...{ DIALTONE_HTTP_HOST: '127.0.0.1', DIALTONE_HTTP_PORT: String(port), DIALTONE_SIP_HOST: '127.0.0.1', DIALTONE_SIP_PORT: '0' },
      ...{ DIALTONE_SIP_TLS_PORT: '0', DIALTONE_DATA_DIR: dataDirectory, DIALTONE_LOG_LEVEL: 'error' },
      // As `npm start` sets it.
      NODE_COMPILE_CACHE: fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url)),
    },
  })
  while (!(await isReady(port))) {
    if (performance.now() - startedMs > READY_WITHIN_MS) throw new Error(`the server was not ready in time: ${server.output()}`)
    await wait(POLL_MS)
  }
  const main = cpuSecondsInSchedstat(readFileSync(`/proc/${server.processId}/task/${server.processId}/schedstat`, 'utf8'))
  const sample = { seconds: (performance.now() - startedMs) / 1000, main, all: cpuSecondsOf(server.processId) }
  server.child.kill('SIGTERM')
  await server.exited
  return sample
}

async function isReady(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/health/ready`).then(
    ({ status }) => status === 200,
    () => false,
  )
}
