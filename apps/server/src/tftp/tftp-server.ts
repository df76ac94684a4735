import type { RemoteInfo, Socket } from 'node:dgram'
import { type Logger, ok, type Result, sourceOf, type Timers } from '@dialtone/foundation'
import { openSocket } from './open-socket.ts'
import { RunningTransfer } from './running-transfer.ts'
import { formatPacket, parsePacket, TFTP_ERRORS, type TftpPacket } from './tftp-packet.ts'
import { toNetascii } from './tftp-transfer.ts'

/** @returns undefined: there is no such file for whoever asks from there. */
export type ReadFile = (path: string, ipAddress: string) => Promise<Buffer | undefined>

export interface TftpServerOptions {
  readonly host: string
  /** 0 picks a free one. */
  readonly port: number
  readonly readFile: ReadFile
  readonly timers: Timers
  readonly logger: Logger
}

export interface TftpServer {
  readonly port: number
  stop(): Promise<void>
}

/** Beyond these a request is not answered: the phone asks again by itself, and whoever forges addresses gets nothing sent anywhere. */
export const MAX_TRANSFERS = 256
export const MAX_UNANSWERED_A_SOURCE = 16
const MAX_FILE_BYTES = 1_048_576

interface Desk {
  readonly o: TftpServerOptions
  readonly socket: Socket
  /** By address and port of the phone. */
  readonly running: Map<string, RunningTransfer>
}

/**
 * Files for phones that know nothing but TFTP (RFC 1350, 2347 to 2349), read only. TFTP asks nobody who he is, so that `readFile` gives
 * out only what needs no proof.
 */
export async function startTftpServer(o: TftpServerOptions): Promise<Result<TftpServer, string>> {
  const opened = await openSocket(o.host, o.port)
  if (!opened.ok) return opened
  const socket = opened.value
  const desk: Desk = { o, socket, running: new Map() }
  socket.on('message', (bytes, client) => receive(desk, parsePacket(bytes), client))
  socket.on('error', (error) => o.logger.warn('the TFTP socket failed', { error: String(error) }))
  return ok({
    port: socket.address().port,
    stop: () => {
      for (const transfer of desk.running.values()) transfer.end()
      return new Promise((resolve) => socket.close(() => resolve()))
    },
  })
}

function receive(desk: Desk, packet: TftpPacket | undefined, client: RemoteInfo): void {
  if (packet?.type === 'write') return refuse(desk, client, TFTP_ERRORS.accessViolation, 'Files are only read here.')
  if (packet?.type !== 'read') return
  if (packet.mode !== 'octet' && packet.mode !== 'netascii') return refuse(desk, client, TFTP_ERRORS.illegalOperation, 'Modes are octet and netascii.')
  const { o, running } = desk
  const key = `${client.address} ${client.port}`
  const before = running.get(key)
  // Its port is free for the next file: it has the one before, or wants it no more, and its last acknowledgement got lost.
  if (before !== undefined && before.fileName !== packet.fileName) before.end()
  // Asked again before the answer came: it is under way.
  if (running.has(key) || running.size >= MAX_TRANSFERS || unansweredOf(desk, sourceOf(client.address)) >= MAX_UNANSWERED_A_SOURCE) return
  const transfer = new RunningTransfer(packet.fileName, client, { host: o.host, timers: o.timers, over: () => void running.delete(key) })
  running.set(key, transfer)
  give(desk, transfer, packet, client).catch((error: unknown) => {
    o.logger.error('a file could not be given out over TFTP', { fileName: packet.fileName, error: String(error) })
    transfer.end()
  })
}

async function give(desk: Desk, transfer: RunningTransfer, { fileName, mode, options }: Extract<TftpPacket, { type: 'read' | 'write' }>, client: RemoteInfo) {
  const content = await desk.o.readFile(fileName, client.address)
  if (transfer.isOver) return
  if (content !== undefined && content.length <= MAX_FILE_BYTES) return transfer.begin(mode === 'netascii' ? toNetascii(content) : content, options)
  transfer.end()
  refuse(desk, client, TFTP_ERRORS.fileNotFound, 'File not found.')
}

function unansweredOf({ running }: Desk, source: string): number {
  return [...running.values()].filter((each) => each.source === source && !each.isAnswered).length
}

/** A send that fails is a packet that was lost. */
function refuse({ socket }: Desk, client: RemoteInfo, code: number, message: string): void {
  socket.send(formatPacket({ type: 'error', code, message }), client.port, client.address, () => undefined)
}
