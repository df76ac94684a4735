import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '@dialtone/foundation'
import type { SharedPort } from '@dialtone/sip'
import { accountKey } from './account-key.ts'
import { BindingBroadcast } from './binding-broadcast.ts'
import { type ComposedSwitch, composeSwitch } from './compose-switch.ts'
import { DirectoryReplica } from './directory-replica.ts'
import { MessageLane } from './message-lane.ts'
import { RecentDrops } from './recent-drops.ts'
import { createThreadLogger } from './thread-logger.ts'
import type { FromWorker, PeerMessage, SwitchWorkerData, ToWorker, WorkerTask } from './worker-protocol.ts'

/** The thread of one switch: SIP stack, calls and media; the directory is a copy, the records go to the main thread. */

const STATISTICS_MS = 500

if (parentPort === null) throw new Error('switch-worker.ts is started as a worker thread')
runSwitch(parentPort, workerData as SwitchWorkerData)

function runSwitch(main: NonNullable<typeof parentPort>, data: SwitchWorkerData): void {
  const post = (message: FromWorker): void => main.postMessage(message)
  const logger = createThreadLogger(data.logLevel, post)
  const directory = new DirectoryReplica()
  const lanes = new Map<number, MessageLane>()
  const drops = new RecentDrops()
  const bindings = new BindingBroadcast({
    nowMs: () => systemClock.nowMs(),
    tell: (decided) => {
      for (const [place, lane] of lanes) if (place < data.count) lane.tellBindings(decided)
      post(decided)
    },
  })
  const sharedPort: SharedPort = {
    place: data.place,
    count: data.count,
    keyOf: (request) => accountKey(directory, request),
    handOver: (to, handed) => lanes.get(to)?.handOver(handed),
  }
  // The ports are known when the first worker listens.
  let current: ComposedSwitch | undefined

  function compose(port: number, tlsPort: number): ComposedSwitch {
    const settings = { ...data.settings, sip: { ...data.settings.sip, port, tlsPort } }
    return composeSwitch(settings, {
      directory,
      registrations: bindings,
      records: {
        checkpoint: (record) => post({ kind: 'record', change: 'checkpoint', record }),
        close: (record) => post({ kind: 'record', change: 'close', record }),
      },
      // The main thread has all bindings too, and tells of the first and the last one.
      events: { registrationChanged: () => undefined, emergencyCall: (call) => post({ kind: 'emergencyCall', call }) },
      logger,
      shared: { port: sharedPort, digestSecret: Buffer.from(data.digestSecret) },
    })
  }

  function addPeer({ place, port, waiting, outward }: PeerMessage): void {
    lanes.get(place)?.close()
    const lane = new MessageLane({
      port,
      waiting,
      outward,
      user: {
        onBindings: ({ changes, atMs }) => current?.softswitch.mirrorBindings(drops.without(changes, atMs)),
        // The end of a connection is known to all threads, and each forgets what hung on it.
        onHandedOver: (handed) => {
          if (handed.kind === 'connectionClosed') bindings.muted(() => current?.sip.takeOver(handed, place))
          else current?.sip.takeOver(handed, place)
        },
      },
    })
    lanes.set(place, lane)
  }

  async function perform(task: WorkerTask): Promise<unknown> {
    switch (task.type) {
      case 'listen': {
        current = compose(task.port, task.tlsPort)
        await current.media.start()
        await current.softswitch.start()
        const started = await current.sip.start()
        tellStatistics()
        return started
      }
      case 'show':
        return directory.show(task.change)
      case 'drop': {
        drops.note(task.lineId, task.atMs)
        return bindings.muted(() => current?.softswitch.dropBindings(task.lineId))
      }
      case 'activeCalls':
        return current?.softswitch.activeCalls() ?? []
      case 'traceOf':
        return current?.softswitch.traceOf(task.sessionId)
      case 'stop': {
        await current?.softswitch.stop({ drainMs: task.drainMs })
        await current?.sip.stop()
        await current?.media.stop()
        return undefined
      }
    }
  }

  function tellStatistics(): void {
    if (current === undefined) return
    const { sip, media, softswitch } = current
    const handOversLost = [...lanes.values()].reduce((sum, lane) => sum + lane.lost, 0)
    const statistics = { softswitch: softswitch.statistics, sip: { ...sip.statistics }, media: media.statistics, mediaReady: media.ready, handOversLost }
    post({ kind: 'statistics', statistics })
  }

  main.on('message', (message: ToWorker) => {
    if (message.kind === 'peer') addPeer(message)
    else if (message.kind === 'restore') bindings.restore(message.bindings)
    else {
      const { ticket, task } = message
      void perform(task).then((answer) => post({ kind: 'answer', ticket, answer }))
    }
  })
  setInterval(tellStatistics, STATISTICS_MS)
}
