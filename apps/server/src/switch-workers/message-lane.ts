import type { MessagePort } from 'node:worker_threads'
import type { HandedOver } from '@dialtone/sip'
import type { BindingChange } from '@dialtone/softswitch'

/** Bytes on the way to one thread; a thread that does not keep up loses datagrams then, as a full socket buffer would. */
const MOST_WAITING_BYTES = 8 * 1024 * 1024

/** The bytes of many messages in one piece of memory that changes its thread, and beside it what each is. */
interface Packed {
  readonly kind: 'packed'
  readonly memory: ArrayBuffer
  readonly entries: readonly PackedEntry[]
}

type PackedEntry = Exclude<HandedOver, { bytes: Buffer }> | (Omit<Extract<HandedOver, { bytes: Buffer }>, 'bytes'> & { readonly length: number })

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

export interface LaneUser {
  onHandedOver(handed: HandedOver): void
  onBindings(decided: DecidedBindings): void
  onBindingsKnown(ticket: number): void
}

/** One end of the way between two threads of the switch. What is handed over in one turn of the event loop travels together. */
export class MessageLane {
  readonly #port: MessagePort
  /** Bytes on the way, in this direction and the other: counted up here, down there. */
  readonly #waiting: Int32Array
  readonly #outward: number
  #queue: HandedOver[] = []
  #lost = 0

  /** @param o.waiting memory of both ends; @param o.outward 0 or 1: which of its two numbers counts what leaves here */
  constructor(o: { readonly port: MessagePort; readonly waiting: SharedArrayBuffer; readonly outward: 0 | 1; readonly user: LaneUser }) {
    this.#port = o.port
    this.#waiting = new Int32Array(o.waiting)
    this.#outward = o.outward
    o.port.on('message', (message: Packed | DecidedBindings | KnownBindings) => {
      if (message.kind === 'bindings') o.user.onBindings(message)
      else if (message.kind === 'bindingsKnown') o.user.onBindingsKnown(message.ticket)
      else this.#unpack(message, o.user)
    })
  }

  /** Messages that found the way full. */
  get lost(): number {
    return this.#lost
  }

  handOver(handed: HandedOver): void {
    if (this.#queue.length === 0) setImmediate(() => this.#flush())
    this.#queue.push(handed)
  }

  /** At once, before what is handed over in this turn. */
  tell(message: DecidedBindings | KnownBindings): void {
    this.#port.postMessage(message)
  }

  close(): void {
    this.#port.close()
  }

  #flush(): void {
    const queue = this.#queue
    this.#queue = []
    const length = queue.reduce((sum, handed) => sum + lengthOf(handed), 0)
    const isFull = Atomics.load(this.#waiting, this.#outward) + length > MOST_WAITING_BYTES
    if (isFull) this.#lost += queue.length
    // News of connections is small and must arrive.
    const packed = pack(isFull ? queue.filter((handed) => handed.kind === 'connectionClosed') : queue)
    Atomics.add(this.#waiting, this.#outward, packed.memory.byteLength)
    this.#port.postMessage(packed, [packed.memory])
  }

  #unpack({ memory, entries }: Packed, user: LaneUser): void {
    Atomics.sub(this.#waiting, 1 - this.#outward, memory.byteLength)
    let offset = 0
    for (const entry of entries) {
      if (entry.kind === 'connectionClosed') user.onHandedOver(entry)
      else {
        const { length, ...handed } = entry
        user.onHandedOver({ ...handed, bytes: Buffer.from(memory, offset, length) })
        offset += length
      }
    }
  }
}

function lengthOf(handed: HandedOver): number {
  return handed.kind === 'connectionClosed' ? 0 : handed.bytes.length
}

function pack(queue: readonly HandedOver[]): Packed {
  const memory = new ArrayBuffer(queue.reduce((sum, handed) => sum + lengthOf(handed), 0))
  const target = new Uint8Array(memory)
  let offset = 0
  const entries = queue.map((handed): PackedEntry => {
    if (handed.kind === 'connectionClosed') return handed
    const { kind, bytes, remote } = handed
    target.set(bytes, offset)
    offset += bytes.length
    return { kind, remote, length: bytes.length }
  })
  return { kind: 'packed', memory, entries }
}
