import { connect, type Socket } from 'node:net'
import { parseMessage, StreamFramer, type SipMessage } from '../src/message/index.ts'
import { Arrivals } from './arrivals.ts'

/** A TCP client that speaks by hand. */
export class RawConnection {
  readonly #socket: Socket
  readonly messages = new Arrivals<SipMessage | 'pong'>()
  readonly closed: Promise<void>

  constructor(port: number) {
    this.#socket = connect({ host: '127.0.0.1', port })
    const framer = new StreamFramer({ maxMessageBytes: 65_535 })
    this.#socket.on('data', (chunk: Buffer) => {
      if (chunk.equals(Buffer.from('\r\n'))) this.messages.push('pong')
      for (const frame of framer.push(chunk)) {
        const parsed = frame === 'ping' ? undefined : parseMessage(frame)
        if (parsed?.ok === true) this.messages.push(parsed.value)
      }
    })
    this.#socket.on('error', () => undefined)
    this.closed = new Promise((resolve) => this.#socket.once('close', () => resolve()))
  }

  write(text: string): void {
    this.#socket.write(text)
  }

  end(): void {
    this.#socket.end()
  }

  pause(): void {
    this.#socket.pause()
  }

  close(): void {
    this.#socket.destroy()
  }
}
