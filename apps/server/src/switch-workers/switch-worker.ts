import { parentPort, workerData } from 'node:worker_threads'
import { Outbox } from './outbox.ts'
import { SwitchThread } from './switch-thread.ts'
import type { SwitchWorkerData, ToWorker } from './worker-protocol.ts'

/** The thread of one switch. */

const STATISTICS_MS = 500

if (parentPort === null) throw new Error('switch-worker.ts is started as a worker thread')
const main = parentPort
const outbox = new Outbox((messages) => main.postMessage(messages))
// Also when an error nobody handled ends it: records that were closed are not lost with it.
process.on('exit', () => outbox.flush())
const thread = new SwitchThread(workerData as SwitchWorkerData, outbox)
main.on('message', (message: ToWorker) => thread.receive(message))
setInterval(() => thread.tellStatistics(), STATISTICS_MS)
