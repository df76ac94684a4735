import { outranks } from '@dialtone/call-routing'
import type { PageType } from '@dialtone/call-routing'

interface Hold {
  readonly type: PageType
  readonly taken: (lineId: string) => void
}

/** Which phones hear a page now, and which one: a phone hears one at a time. */
export class PageBoard {
  readonly #holds = new Map<string, Hold>()

  typeAt(lineId: string): PageType | undefined {
    return this.#holds.get(lineId)?.type
  }

  /**
   * Takes the phone for a page, from a lower one if it hears that.
   * @param hold.taken told when a higher page takes it
   * @returns false when it hears one as high
   */
  claim(lineId: string, hold: Hold): boolean {
    const before = this.#holds.get(lineId)
    if (before !== undefined && !outranks(hold.type, before.type)) return false
    this.#holds.set(lineId, hold)
    before?.taken(lineId)
    return true
  }

  /** The phone hears that page no more; one that was taken stays with who took it. */
  release(lineId: string, hold: Hold): void {
    if (this.#holds.get(lineId) === hold) this.#holds.delete(lineId)
  }

  /** Phones that hear a page. */
  get size(): number {
    return this.#holds.size
  }
}
