/** Reads bits, the most significant of an octet first. */
export class BitCursor {
  readonly #bytes: Uint8Array
  readonly #bitCount: number
  #position = 0

  constructor(bytes: Uint8Array, bitCount = bytes.length * 8) {
    this.#bytes = bytes
    this.#bitCount = bitCount
  }

  get left(): number {
    return this.#bitCount - this.#position
  }

  /** 0, 1, or -1 when there is none left. */
  next(): number {
    if (this.#position >= this.#bitCount) return -1
    const bit = ((this.#bytes[this.#position >> 3] ?? 0) >> (7 - (this.#position & 7))) & 1
    this.#position++
    return bit
  }
}

/** A tree of code words: which value a word stands for, read bit by bit. */
export class CodeTree {
  /** Two children a node; a leaf is the value, as `LEAF + value`. */
  readonly #children: number[] = [0, 0]

  constructor(codes: ReadonlyMap<number, string>) {
    for (const [value, code] of codes) this.#plant(code, value)
  }

  /** @returns undefined for a word that means nothing, or is cut off */
  read(bits: BitCursor): number | undefined {
    let node = 0
    for (;;) {
      const bit = bits.next()
      if (bit === -1) return undefined
      const next = this.#children[node * 2 + bit] ?? 0
      if (next >= FIRST_LEAF) return next - LEAF
      if (next === 0) return undefined
      node = next
    }
  }

  #plant(code: string, value: number): void {
    let node = 0
    for (const [index, digit] of code.split('').entries()) {
      const slot = node * 2 + Number(digit)
      if (index === code.length - 1) {
        this.#children[slot] = LEAF + value
        return
      }
      const there = this.#children[slot] ?? 0
      if (there === 0) {
        node = this.#children.length / 2
        this.#children.push(0, 0)
        this.#children[slot] = node
      } else node = there
    }
  }
}

const LEAF = 1_000_000
/** Values may be a little below zero. */
const FIRST_LEAF = LEAF - 1_000
