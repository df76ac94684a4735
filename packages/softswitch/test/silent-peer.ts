import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'

/** A place that takes every datagram and says nothing. */
export class SilentPeer {
  readonly #socket: Socket
  readonly #first: Promise<unknown>

  private constructor(socket: Socket) {
    this.#socket = socket
    this.#first = once(socket, 'message')
  }

  static async open(): Promise<SilentPeer> {
    const socket = createSocket('udp4')
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
    return new SilentPeer(socket)
  }

  get port(): number {
    return this.#socket.address().port
  }

  /** Something has come. */
  async reached(): Promise<void> {
    await this.#first
  }

  close(): void {
    this.#socket.close()
  }
}
