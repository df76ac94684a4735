import type { MessagePort } from 'node:worker_threads'
import type { HandedOver } from '@dialtone/sip'
import type { BindingChange } from '@dialtone/softswitch'
import { ByteRing, RING_BYTES } from './byte-ring.ts'

/** What one turn of the event loop takes out; sockets come in between. */
const MOST_AT_ONCE = 500
const LENGTH_BYTES = 2
/** Something lies in the ring. A number: an object costs both threads three times as much. */
const WAKE = 0

/** Changes a REGISTER made, and when: what was dropped later does not come back. */
export interface DecidedBindings {
  readonly kind: 'bindings'
  readonly changes: readonly BindingChange[]
  readonly atMs: number
  /** To be said when they are known; undefined: nobody waits. */
  readonly ticket: number | undefined
}

/** The changes with this ticket are known. */
export interface KnownBindings {
  readonly kind: 'bindingsKnown'
  readonly ticket: number
}

type LaneMessage = DecidedBindings | KnownBindings | Extract<HandedOver, { kind: 'connectionClosed' | 'keep' }> | typeof WAKE

export interface LaneUser {
  onHandedOver(handed: HandedOver): void
  onBindings(decided: DecidedBindings): void
  onBindingsKnown(ticket: number): void
}

/** What both ends of a lane share. */
export function laneMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(2 * RING_BYTES)
}

/**
 * One end of the way between two threads of the switch. SIP messages go through shared memory, for the price of copying them; the
 * port beside it wakes the other thread, once for all that it has not looked at yet, and carries the rest.
 */
export class MessageLane {
  readonly #port: MessagePort
  readonly #user: LaneUser
  readonly #outward: ByteRing
  readonly #inward: ByteRing
  #lost = 0
  #willWake = false

  /** @param o.side 0 at one end, 1 at the other */
  constructor(o: { readonly port: MessagePort; readonly memory: SharedArrayBuffer; readonly side: 0 | 1; readonly user: LaneUser }) {
    this.#port = o.port
    this.#user = o.user
    this.#outward = new ByteRing(o.memory, o.side * RING_BYTES)
    this.#inward = new ByteRing(o.memory, (1 - o.side) * RING_BYTES)
    o.port.on('message', (message: LaneMessage) => this.#receive(message))
  }

  /** Messages that found the way full: the other thread did not keep up, as with a full socket buffer. */
  get lost(): number {
    return this.#lost
  }

  handOver(handed: HandedOver): void {
    // News of connections is small, seldom, and must arrive.
    if (handed.kind === 'connectionClosed' || handed.kind === 'keep') this.#port.postMessage(handed)
    else if (!this.#write(handed)) this.#lost++
    else if (!this.#willWake) {
      this.#willWake = true
      setImmediate(() => this.#wake())
    }
  }

  tell(message: DecidedBindings | KnownBindings): void {
    this.#port.postMessage(message)
  }

  close(): void {
    this.#port.close()
  }

  #receive(message: LaneMessage): void {
    if (message === WAKE) this.#drain()
    else if (message.kind === 'bindings') this.#user.onBindings(message)
    else if (message.kind === 'bindingsKnown') this.#user.onBindingsKnown(message.ticket)
    else this.#user.onHandedOver(message)
  }

  /** After all that this turn of the event loop had to hand over. */
  #wake(): void {
    this.#willWake = false
    if (this.#outward.markWaking()) this.#port.postMessage(WAKE satisfies LaneMessage)
  }

  #drain(): void {
    this.#inward.markAwake()
    for (let taken = 0; taken < MOST_AT_ONCE; taken++) {
      const frame = this.#inward.read()
      if (frame === undefined) return
      this.#user.onHandedOver(handedIn(frame))
    }
    setImmediate(() => this.#drain())
  }

  #write({ kind, remote, bytes }: Exclude<HandedOver, { kind: 'connectionClosed' | 'keep' }>): boolean {
    const head = JSON.stringify({ kind, remote })
    const headBytes = Buffer.byteLength(head)
    return this.#outward.write(LENGTH_BYTES + headBytes + bytes.length, (memory, offset) => {
      memory.writeUInt16LE(headBytes, offset)
      memory.write(head, offset + LENGTH_BYTES)
      memory.set(bytes, offset + LENGTH_BYTES + headBytes)
    })
  }
}

function handedIn(frame: Buffer): HandedOver {
  const headEnd = LENGTH_BYTES + frame.readUInt16LE(0)
  const head = JSON.parse(frame.toString('utf8', LENGTH_BYTES, headEnd)) as Omit<Exclude<HandedOver, { kind: 'connectionClosed' | 'keep' }>, 'bytes'>
  return { ...head, bytes: frame.subarray(headEnd) }
}
