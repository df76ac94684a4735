import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Arrivals } from './arrivals.ts'

const HANDSHAKE = [
  'GET / HTTP/1.1',
  'Host: sip.example.com',
  'Connection: Upgrade',
  'Upgrade: websocket',
  `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}`,
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Protocol: sip',
].join('\r\n')
const HEAD_END = Buffer.from('\r\n\r\n')

/** RFC 6455 5.2. */
export const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

export interface FrameParts {
  readonly opcode: number
  readonly payload?: Buffer | string
  /** The last one of its message; default true. */
  readonly fin?: boolean
  /** RSV1 to RSV3, as the bits 4, 2 and 1. */
  readonly reserved?: number
  /** undefined: not masked. Default: four zeros, so that what is sent can be read. */
  readonly mask?: Buffer | undefined
  /** How the length is written; default: as short as it goes. */
  readonly lengthBits?: 7 | 16 | 64
  /** What the head says in place of the length of the payload. */
  readonly claimedLength?: bigint
}

/** A frame as a peer may write it, be that right or wrong (RFC 6455 5.2). */
export function frame({ opcode, payload = '', fin = true, reserved = 0, claimedLength, ...rest }: FrameParts): Buffer {
  const mask = 'mask' in rest ? rest.mask : Buffer.alloc(4)
  const body = Buffer.from(payload)
  const length = claimedLength ?? BigInt(body.length)
  const bits = rest.lengthBits ?? (length < 126n ? 7 : length < 65_536n ? 16 : 64)
  const head = Buffer.alloc(bits === 7 ? 2 : bits === 16 ? 4 : 10)
  head[0] = (fin ? 0x80 : 0) | (reserved << 4) | opcode
  head[1] = (mask === undefined ? 0 : 0x80) | (bits === 7 ? Number(length) : bits === 16 ? 126 : 127)
  if (bits === 16) head.writeUInt16BE(Number(length), 2)
  if (bits === 64) head.writeBigUInt64BE(length, 2)
  return Buffer.concat([head, mask ?? Buffer.alloc(0), mask === undefined ? body : body.map((byte, index) => byte ^ (mask[index % 4] ?? 0))])
}

/** A WebSocket that writes its frames by hand. */
export class RawWebSocket {
  readonly socket: Socket
  /** The frames of the server: opcode and payload. */
  readonly frames = new Arrivals<{ readonly opcode: number; readonly payload: Buffer }>()
  /** Resolves with the close code the server gave, 0 without one. */
  readonly closed: Promise<number>
  #unread = Buffer.alloc(0)
  #closeCode = 0

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('error', () => undefined)
    socket.on('data', (chunk: Buffer) => this.#read(chunk))
    this.closed = new Promise((resolve) => socket.once('close', () => resolve(this.#closeCode)))
  }

  /** @throws when the server takes it not */
  static async open(port: number): Promise<RawWebSocket> {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true })
    socket.on('error', () => undefined)
    socket.write(`${HANDSHAKE}\r\n\r\n`)
    const refused = new Promise<never>((_resolve, reject) => socket.once('close', () => reject(new Error('the server closes'))))
    refused.catch(() => undefined)
    let head = Buffer.alloc(0)
    // The server says nothing more before it is spoken to.
    while (!head.includes(HEAD_END)) head = Buffer.concat([head, ...((await Promise.race([once(socket, 'data'), refused])) as Buffer[])])
    if (!head.toString('latin1').startsWith('HTTP/1.1 101 ')) throw new Error(head.toString('latin1'))
    return new RawWebSocket(socket)
  }

  send(...parts: readonly FrameParts[]): void {
    this.socket.write(Buffer.concat(parts.map((part) => frame(part))))
  }

  /** The texts that have come, once a pong has come behind them. */
  async textsUntilPong(): Promise<readonly string[]> {
    const texts: string[] = []
    this.send({ opcode: OPCODES.ping, payload: 'mark' })
    for (;;) {
      const { opcode, payload } = await this.frames.next()
      if (opcode === OPCODES.pong && payload.toString() === 'mark') return texts
      if (opcode === OPCODES.text || opcode === OPCODES.binary) texts.push(payload.toString())
    }
  }

  #read(chunk: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, chunk])
    for (;;) {
      const [first = 0, second = 0] = this.#unread
      const headBytes = second === 126 ? 4 : second === 127 ? 10 : 2
      if (this.#unread.length < headBytes) return
      const length = second === 126 ? this.#unread.readUInt16BE(2) : second === 127 ? Number(this.#unread.readBigUInt64BE(2)) : second
      if (this.#unread.length < headBytes + length) return
      const payload = this.#unread.subarray(headBytes, headBytes + length)
      this.#unread = this.#unread.subarray(headBytes + length)
      if ((first & 0x0f) === OPCODES.close) this.#closeCode = payload.length < 2 ? 0 : payload.readUInt16BE(0)
      this.frames.push({ opcode: first & 0x0f, payload })
    }
  }
}
