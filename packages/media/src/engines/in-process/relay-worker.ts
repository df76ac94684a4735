import { randomBytes } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'
import { TurnoverMap } from '@dialtone/foundation'
import { openSocketPair } from '../../rtp/socket-pair.ts'
import type { MediaSide } from '../media-engine.ts'
import { FRAME_MS, FRAME_SAMPLES } from './local-end.ts'
import { Mix } from './mix.ts'
import { Playout } from './playout.ts'
import { RelaySession } from './relay-session.ts'
import type { WorkerCommand, WorkerMessage, WorkerOptions } from './worker-protocol.ts'

/*
 * A media worker: its thread does nothing but packets, so what the main thread does never delays them. It is told
 * everything by messages (worker-protocol.ts) and holds no call state of its own.
 */

const MAX_MAINTENANCE_MS = 1_000

const options = workerData as WorkerOptions
const sessions = new TurnoverMap<number, RelaySession>()
const mixes = new Map<string, Mix>()
const relayed = new Float64Array(options.packetsRelayed)
const countRelayed = (): void => {
  relayed[0] = (relayed[0] ?? 0) + 1
}
const playout = new Playout(FRAME_MS, playFrames)

function post(message: WorkerMessage): void {
  parentPort?.postMessage(message)
}

function playFrames(): void {
  let playing = false
  for (const [mixId, mix] of mixes) {
    if (mix.isEmpty) mixes.delete(mixId)
    else mix.tick()
  }
  for (const session of sessions.values()) {
    if (session.sides.a.wantsFrames) playing = true
    if (session.sides.b.wantsFrames) playing = true
    session.sides.a.playFrame()
    session.sides.b.playFrame()
  }
  if (!playing) playout.stop()
}

async function open(key: number, rtpPorts: Readonly<Record<MediaSide, number>>): Promise<void> {
  const a = await openSocketPair(options.bindAddress, rtpPorts.a)
  if (!a.ok) return post({ type: 'openFailed', key, rtpPort: rtpPorts.a, code: a.error.code })
  const b = await openSocketPair(options.bindAddress, rtpPorts.b)
  if (!b.ok) {
    await a.value.close()
    return post({ type: 'openFailed', key, rtpPort: rtpPorts.b, code: b.error.code })
  }
  const session = new RelaySession({
    sockets: { a: a.value, b: b.value },
    canonicalName: options.canonicalName,
    emit: (event) => post({ type: 'event', key, event }),
    countRelayed,
    random: () => randomBytes(4).readUInt32BE(),
  })
  sessions.set(key, session)
  post({ type: 'opened', key })
}

async function close(key: number): Promise<void> {
  const session = sessions.get(key)
  if (session === undefined) return
  sessions.delete(key)
  post({ type: 'closed', key, report: await session.close() })
}

function joinMix({ key, side, mixId, seat }: Extract<WorkerCommand, { type: 'joinMix' }>): void {
  const session = sessions.get(key)
  if (session === undefined) return
  const mix = mixes.get(mixId) ?? new Mix(FRAME_SAMPLES)
  mixes.set(mixId, mix)
  session.joinMix(side, mix.enter(seat))
  playout.start()
}

function perform(command: WorkerCommand): void {
  switch (command.type) {
    case 'open':
      void open(command.key, command.rtpPorts)
      return
    case 'agree':
      sessions.get(command.key)?.agree(command.agreements, performance.now())
      playout.start()
      return
    case 'play':
      sessions.get(command.key)?.play(command.side, command.source)
      return
    case 'record':
      sessions.get(command.key)?.record(command.side, command.order, performance.now())
      playout.start()
      return
    case 'stopRecording':
      sessions.get(command.key)?.sides[command.side].stopRecording(performance.now())
      return
    case 'receiveFax':
      sessions.get(command.key)?.sides[command.side].fax?.receive(command.order, command.limits, performance.now())
      playout.start()
      return
    case 'sendFax':
      sessions.get(command.key)?.sides[command.side].fax?.send(command.fax, command.limits, performance.now())
      playout.start()
      return
    case 'faxPageKept':
      sessions.get(command.key)?.sides[command.side].fax?.pageKept(command.isKept, performance.now())
      return
    case 'stopFax':
      sessions.get(command.key)?.sides[command.side].fax?.stop(performance.now())
      return
    case 'joinMix':
      joinMix(command)
      return
    case 'announce':
      mixes.get(command.mixId)?.announce(command.clips, command.to)
      return
    case 'leaveMix':
      sessions.get(command.key)?.leaveMix(command.side)
      return
    case 'tellPosition':
      post({ type: 'position', key: command.key, position: sessions.get(command.key)?.sides[command.side].position(performance.now()) })
      return
    case 'awaitStream':
      sessions.get(command.key)?.sides[command.side].awaitPosition()
      return
    case 'continueStream':
      sessions.get(command.key)?.sides[command.side].continueFrom(command.position, performance.now())
      return
    case 'sendDigit':
      sessions.get(command.key)?.sendDigit(command.side, command.event, command.durationMs)
      playout.start()
      return
    case 'close':
      void close(command.key)
  }
}

setInterval(
  () => {
    const nowMs = performance.now()
    for (const session of sessions.values()) session.maintain(nowMs, options.inactivityTimeoutMs)
  },
  Math.max(10, Math.min(MAX_MAINTENANCE_MS, options.inactivityTimeoutMs / 4)),
)

parentPort?.on('message', perform)
post({ type: 'ready' })
