import type { CallControl } from '@dialtone/control-plane'
import { placeOfKey } from '@dialtone/sip'
import type { CallDoor, QueueNow } from '@dialtone/softswitch'
import type { DoorQuestion } from './worker-protocol.ts'
import type { WorkerThread } from './worker-thread.ts'

/** A thread that takes longer is left out of the answer, and said to be sick. */
const ASK_LIMIT_MS = 2_000

/**
 * The calls of all threads. Those an account makes are in the thread of the account; those that come to it from another account
 * are in that one's, so that a call is looked for everywhere.
 */
export function callsOfThreads(threads: readonly WorkerThread[], count: number): CallControl {
  async function askFor<Name extends keyof CallDoor>(thread: WorkerThread, limitMs: number, name: Name, ...args: Parameters<CallDoor[Name]>) {
    const question = { name, args } as unknown as DoorQuestion
    return (await thread.ask({ type: 'ask', question }, limitMs)) as Awaited<ReturnType<CallDoor[Name]>> | undefined
  }
  async function ask<Name extends keyof CallDoor>(thread: WorkerThread, name: Name, ...args: Parameters<CallDoor[Name]>) {
    return askFor(thread, ASK_LIMIT_MS, name, ...args)
  }
  async function askAll<Name extends keyof CallDoor>(name: Name, ...args: Parameters<CallDoor[Name]>) {
    const answers = await Promise.all(threads.map((thread) => ask(thread, name, ...args)))
    return answers.filter((answer) => answer !== undefined)
  }
  const ownerOf = (accountId: string) => threads.find(({ place }) => place === placeOfKey(accountId, count))
  return {
    // The thread of the account knows how busy its trunks are.
    explain: async (question) => {
      const owner = ownerOf(question.accountId)
      return owner === undefined ? undefined : ask(owner, 'explain', question)
    },
    callsOf: async (accountId) => (await askAll('callsOf', accountId)).flat(),
    recentOf: async (accountId) => (await askAll('recentOf', accountId)).flat().toSorted((one, other) => other.endedAtMs - one.endedAtMs),
    describe: async (sessionId) => (await askAll('describe', sessionId))[0],
    sessionsWith: async (sipCallId) => (await askAll('sessionsWith', sipCallId)).flat(),
    queueNow: async (queueId, lineIds) => (await askAll('queueNow', queueId, lineIds)).reduce(bothNow, NOTHING_NOW),
    callsAt: async (id) => (await askAll('callsAt', id)).reduce((sum, each) => sum + each, 0),
    hangUp: async (sessionId) => (await askAll('hangUp', sessionId)).find((result) => result !== 'NoSuchCall') ?? 'NoSuchCall',
    originate: async (order) => {
      const owner = ownerOf(order.accountId)
      return owner === undefined ? undefined : ask(owner, 'originate', order)
    },
    sendFax: async (order) => {
      const owner = ownerOf(order.accountId)
      return owner === undefined ? undefined : ask(owner, 'sendFax', order)
    },
    record: async (order) => (await askAll('record', order)).find((result) => result !== 'NoSuchCall') ?? 'NoSuchCall',
    // Where the call is: a supervisor's own call has to be beside it.
    supervise: async (order) => (await askAll('supervise', order)).find(({ result }) => result !== 'NoSuchCall') ?? { result: 'NoSuchCall' },
    // A phone of the account may be in a call that another account made.
    linesInCall: async (lineIds) => (await askAll('linesInCall', lineIds)).flat(),
    // The phone's time to answer is its own; the thread's comes on top.
    notify: async (order) => {
      const owner = ownerOf(order.accountId)
      return owner === undefined ? undefined : askFor(owner, order.timeoutMs + ASK_LIMIT_MS, 'notify', order)
    },
    transfer: async (order) => (await askAll('transfer', order)).find(({ result }) => result !== 'NoSuchCall') ?? { result: 'NoSuchCall' },
  }
}

const NOTHING_NOW: QueueNow = { waiting: 0, oldestSinceMs: undefined, callbacks: 0, talking: {}, idle: {} }

/** What two threads know of a queue: a line that talks in one of them talks. */
function bothNow(one: QueueNow, other: QueueNow): QueueNow {
  const since = [one.oldestSinceMs, other.oldestSinceMs].filter((atMs) => atMs !== undefined)
  const talking = { ...one.talking, ...other.talking }
  const idle = Object.entries({ ...one.idle, ...other.idle }).filter(([lineId]) => talking[lineId] === undefined)
  const oldestSinceMs = since.length === 0 ? undefined : Math.min(...since)
  const [waiting, callbacks] = [one.waiting + other.waiting, one.callbacks + other.callbacks]
  return { waiting, callbacks, oldestSinceMs, talking, idle: Object.fromEntries(idle) }
}
