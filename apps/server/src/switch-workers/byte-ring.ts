/** Bytes of the ring itself. */
const SIZE = 2 * 1024 * 1024
const HEADER_BYTES = 3 * Int32Array.BYTES_PER_ELEMENT
const [HEAD, TAIL, WAKE] = [0, 1, 2]
/** In place of a length: the rest up to the end of the ring is not used. */
const SKIP = -1

export const RING_BYTES = HEADER_BYTES + SIZE

/**
 * Frames of bytes from one thread to one other, through memory both see. Writing copies the bytes in, reading copies them out;
 * nothing waits: a frame that does not fit is refused.
 */
export class ByteRing {
  readonly #header: Int32Array
  readonly #lengths: Int32Array
  readonly #bytes: Buffer

  /** @param start where its `RING_BYTES` begin; a multiple of four */
  constructor(memory: SharedArrayBuffer, start: number) {
    this.#header = new Int32Array(memory, start, HEADER_BYTES / Int32Array.BYTES_PER_ELEMENT)
    this.#lengths = new Int32Array(memory, start + HEADER_BYTES, SIZE / Int32Array.BYTES_PER_ELEMENT)
    this.#bytes = Buffer.from(memory, start + HEADER_BYTES, SIZE)
  }

  /**
   * @param length of the frame
   * @param fill writes the frame: the memory, and the place in it
   * @returns false when there is no room
   */
  write(length: number, fill: (memory: Buffer, offset: number) => void): boolean {
    const head = Atomics.load(this.#header, HEAD)
    const needed = Int32Array.BYTES_PER_ELEMENT + padded(length)
    const start = this.#place(head, Atomics.load(this.#header, TAIL), needed)
    if (start < 0) return false
    if (start !== head) this.#lengths[head / Int32Array.BYTES_PER_ELEMENT] = SKIP
    this.#lengths[start / Int32Array.BYTES_PER_ELEMENT] = length
    fill(this.#bytes, start + Int32Array.BYTES_PER_ELEMENT)
    Atomics.store(this.#header, HEAD, (start + needed) % SIZE)
    return true
  }

  /** @returns a copy of the oldest frame, and undefined when there is none */
  read(): Buffer | undefined {
    let tail = Atomics.load(this.#header, TAIL)
    if (tail === Atomics.load(this.#header, HEAD)) return undefined
    if (this.#lengths[tail / Int32Array.BYTES_PER_ELEMENT] === SKIP) tail = 0
    const length = this.#lengths[tail / Int32Array.BYTES_PER_ELEMENT] ?? 0
    const start = tail + Int32Array.BYTES_PER_ELEMENT
    const frame = Buffer.from(this.#bytes.subarray(start, start + length))
    Atomics.store(this.#header, TAIL, (start + padded(length)) % SIZE)
    return frame
  }

  /** @returns whether the reader has to be woken: nobody has since it looked last */
  markWaking(): boolean {
    return Atomics.exchange(this.#header, WAKE, 1) === 0
  }

  /** Before the reader looks: what is written from now on wakes it again. */
  markAwake(): void {
    Atomics.store(this.#header, WAKE, 0)
  }

  /** Head and tail meet only when the ring is empty, so a word always stays free. @returns -1: no room */
  #place(head: number, tail: number, needed: number): number {
    if (head < tail) return head + needed < tail ? head : -1
    if (head + needed < SIZE || (head + needed === SIZE && tail > 0)) return head
    return needed < tail ? 0 : -1
  }
}

function padded(length: number): number {
  return Math.ceil(length / Int32Array.BYTES_PER_ELEMENT) * Int32Array.BYTES_PER_ELEMENT
}
