import type { RemoteInfo, Socket } from 'node:dgram'
import { sourceOf, type Timer, type Timers } from '@dialtone/foundation'
import { openSocket } from './open-socket.ts'
import { formatPacket, parsePacket, type TftpOptions, type TftpPacket } from './tftp-packet.ts'
import { beginTransfer, stepTransfer, type TftpTransfer } from './tftp-transfer.ts'

const RETRANSMIT_MS = 1_000
/** The address of a request may be forged: before somebody answers there, little goes out. */
const MAX_REPEATS_UNANSWERED = 2
const MAX_REPEATS = 5
/** Also of a phone that acknowledges one block a second. */
const MAX_TRANSFER_MS = 120_000

/** A phone that is being given a file, from its request to the last acknowledgement or until it is given up. */
export class RunningTransfer {
  readonly fileName: string
  readonly source: string
  readonly #o: { readonly host: string; readonly timers: Timers; readonly over: () => void }
  readonly #client: RemoteInfo
  readonly #deadline: Timer
  #isAnswered = false
  #isOver = false
  #socket: Socket | undefined
  #transfer: TftpTransfer | undefined
  #sent: Buffer = Buffer.alloc(0)
  #repeats = 0
  #retransmission: Timer | undefined

  constructor(fileName: string, client: RemoteInfo, o: { readonly host: string; readonly timers: Timers; readonly over: () => void }) {
    this.fileName = fileName
    this.source = sourceOf(client.address)
    this.#client = client
    this.#o = o
    this.#deadline = o.timers.start(MAX_TRANSFER_MS, () => this.end())
  }

  /** Somebody is there: he has acknowledged something. */
  get isAnswered(): boolean {
    return this.#isAnswered
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** From a port of its own (RFC 1350 section 4), connected, so that what others send there never arrives. */
  async begin(content: Buffer, options: TftpOptions): Promise<void> {
    const opened = await openSocket(this.#o.host, 0)
    if (!opened.ok) return this.end()
    const socket = opened.value
    if (this.#isOver) return void socket.close()
    this.#socket = socket
    socket.on('error', () => this.end())
    socket.on('message', (bytes) => this.#receive(parsePacket(bytes)))
    socket.once('connect', () => {
      const { transfer, packet } = beginTransfer(content, options)
      this.#transfer = transfer
      this.#send(packet)
    })
    socket.connect(this.#client.port, this.#client.address)
  }

  end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#deadline.cancel()
    this.#retransmission?.cancel()
    this.#socket?.close()
    this.#socket = undefined
    this.#o.over()
  }

  #receive(packet: TftpPacket | undefined): void {
    if (packet === undefined || this.#transfer === undefined || this.#isOver) return
    const step = stepTransfer(this.#transfer, packet)
    if (step.next === 'wait') return
    this.#isAnswered = true
    if (step.next === 'done') return this.end()
    this.#transfer = step.transfer
    this.#send(step.packet)
  }

  #send(packet: TftpPacket): void {
    this.#sent = formatPacket(packet)
    this.#repeats = 0
    this.#repeat()
  }

  /** Sends what was sent last, and again when nobody answers. A send that fails is a packet that was lost. */
  #repeat(): void {
    if (this.#isOver) return
    this.#socket?.send(this.#sent, () => undefined)
    this.#retransmission?.cancel()
    const { timeoutSeconds } = this.#transfer ?? {}
    this.#retransmission = this.#o.timers.start(timeoutSeconds === undefined ? RETRANSMIT_MS : timeoutSeconds * 1000, () => {
      if (++this.#repeats > (this.#isAnswered ? MAX_REPEATS : MAX_REPEATS_UNANSWERED)) this.end()
      else this.#repeat()
    })
  }
}
