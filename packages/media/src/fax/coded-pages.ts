import { PageCoder, type PageFormatSent } from './page-for-terminal.ts'
import type { FaxPage } from './page-reader.ts'

/** At a time, every few milliseconds: half a millisecond's work of most pages, and a check of the line lasts long enough for all of it. */
const ROWS_AT_A_TIME = 64

/** The pages of a document as the receiver takes them. The next one is coded while something else is said. */
export class CodedPages {
  readonly #pages: readonly FaxPage[]
  #next: { readonly number: number; readonly format: PageFormatSent; readonly bitRate: number; readonly coder: PageCoder } | undefined

  constructor(pages: readonly FaxPage[]) {
    this.#pages = pages
  }

  /** Codes some more of a page that will be asked for. */
  prepare(number: number, format: PageFormatSent, bitRate: number): void {
    this.#coderOf(number, format, bitRate)?.work(ROWS_AT_A_TIME)
  }

  /** The page, with what was not prepared of it. @returns undefined when there is none of that number */
  take(number: number, format: PageFormatSent, bitRate: number): Uint8Array | undefined {
    return this.#coderOf(number, format, bitRate)?.finish()
  }

  #coderOf(number: number, format: PageFormatSent, bitRate: number): PageCoder | undefined {
    const page = this.#pages[number]
    if (page === undefined) return undefined
    if (this.#next?.number !== number || this.#next.format !== format || this.#next.bitRate !== bitRate)
      this.#next = { number, format, bitRate, coder: new PageCoder(page, format, bitRate) }
    return this.#next.coder
  }
}
