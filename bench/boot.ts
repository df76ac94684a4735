import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cpuSecondsInSchedstat, cpuSecondsOf } from './measuring/process-cpu.ts'
import type { ProcessGroup } from './measuring/process-group.ts'
import type { Bench, BenchContext, BenchTable, Sample } from './measuring/report.ts'
import { startWholeServer } from './measuring/whole-server.ts'

const ROUNDS = 5

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
  const { running, readyAfterMs } = await startWholeServer(processes, dataDirectory)
  const main = cpuSecondsInSchedstat(readFileSync(`/proc/${running.processId}/task/${running.processId}/schedstat`, 'utf8'))
  const sample = { seconds: readyAfterMs / 1000, main, all: cpuSecondsOf(running.processId) }
  running.child.kill('SIGTERM')
  await running.exited
  return sample
}
