import { Worker } from 'node:worker_threads'
import type { WorkerOptions } from './worker-protocol.ts'

/** Starts a relay worker. It is TypeScript as everything here: Node strips its types as it does for the main thread. */
export function spawnRelayWorker(options: WorkerOptions): Worker {
  return new Worker(new URL('./relay-worker.ts', import.meta.url), { workerData: options, name: 'media-relay' })
}
