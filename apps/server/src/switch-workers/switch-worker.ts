import { parentPort, workerData } from 'node:worker_threads'
import { SwitchThread } from './switch-thread.ts'
import type { FromWorker, SwitchWorkerData, ToWorker } from './worker-protocol.ts'

/** The thread of one switch. */

const STATISTICS_MS = 500

if (parentPort === null) throw new Error('switch-worker.ts is started as a worker thread')
const main = parentPort
const thread = new SwitchThread(workerData as SwitchWorkerData, (message: FromWorker) => main.postMessage(message))
main.on('message', (message: ToWorker) => thread.receive(message))
setInterval(() => thread.tellStatistics(), STATISTICS_MS)
