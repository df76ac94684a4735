import { parentPort } from 'node:worker_threads'
import { SIDE_WORK, type SideAnswer, type SideQuestion } from './side-work.ts'

/** The thread of a `SideThread`. */

if (parentPort === null) throw new Error('side-worker.ts is started as a worker thread')
const main = parentPort

main.on('message', ({ id, kind, bytes }: SideQuestion) => main.postMessage(answerTo(id, kind, bytes)))

function answerTo(id: number, kind: SideQuestion['kind'], bytes: Uint8Array): SideAnswer {
  try {
    return { id, answer: SIDE_WORK[kind](bytes) }
  } catch (error) {
    return { id, answer: undefined, error: String(error) }
  }
}
