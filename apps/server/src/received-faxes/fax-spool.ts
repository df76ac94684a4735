import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { FinishedFax } from '@dialtone/control-plane'
import type { Logger, Result, Timer, Timers } from '@dialtone/foundation'
import { faxDocument, type FaxPage } from '@dialtone/media'
import { appendEnd, appendPage, type EndOfFax, type NewFax, readFaxFile } from './fax-file.ts'

const RETRY_MS = 60_000
const UUID = /^[0-9a-f-]{36}$/
const NAME = /^([0-9a-f-]{36})\.fax$/
const BROKEN_OFF: EndOfFax = { isComplete: false, remoteIdent: '' }

export interface FaxSpoolNeeds {
  readonly directory: string
  readonly timers: Timers
  readonly logger: Logger
  /** Takes a fax for good, once however often it is said; rejects when it should be tried again later. */
  readonly deposit: (fax: FinishedFax, document: AsyncIterable<Uint8Array>) => Promise<Result<undefined, { readonly code: string }>>
}

/**
 * Faxes on this machine's disk while they come. A fax machine throws a page away when it was told that it has arrived: a page is told to have arrived when
 * it is here, and whatever ends the switch, what is here reaches its line, once.
 */
export class FaxSpool {
  readonly #needs: FaxSpoolNeeds
  /** Faxes that come or are handed on now: the end of the last thing done with each. */
  readonly #busy = new Map<string, Promise<unknown>>()
  #retry: Timer | undefined
  #isStopped = false

  constructor(needs: FaxSpoolNeeds) {
    this.#needs = needs
  }

  /** @returns whether the page is here for good */
  take(fax: NewFax, page: FaxPage): Promise<boolean> {
    const { faxId } = fax
    if (!UUID.test(faxId)) return Promise.resolve(false)
    return this.#next(faxId, async () => {
      await mkdir(this.#needs.directory, { recursive: true, mode: 0o700 })
      await appendPage(this.#path(faxId), fax, page)
      return true
    })
  }

  /** No more pages come. @returns whether the fax is where it belongs; when not, it will be tried again */
  end(faxId: string, end: EndOfFax): Promise<boolean> {
    if (!this.#busy.has(faxId)) return Promise.resolve(false)
    return this.#next(faxId, async () => {
      await appendEnd(this.#path(faxId), end).catch((error: unknown) => this.#failed(faxId, error))
      return this.#deliver(faxId, end)
    })
  }

  /** What a switch left behind that is no more, and what could not be handed on before. */
  async recover(): Promise<void> {
    await mkdir(this.#needs.directory, { recursive: true, mode: 0o700 })
    for (const name of await readdir(this.#needs.directory)) {
      const faxId = NAME.exec(name)?.[1]
      if (faxId !== undefined && !this.#busy.has(faxId)) await this.#next(faxId, () => this.#deliver(faxId, undefined))
    }
  }

  /** Resolves when what was begun is done; a fax that goes on still waits for the next start. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#retry?.cancel()
    await Promise.allSettled(this.#busy.values())
  }

  /** One thing after the other with each fax. */
  #next(faxId: string, step: () => Promise<boolean>): Promise<boolean> {
    const done = (this.#busy.get(faxId) ?? Promise.resolve()).then(step).catch((error: unknown) => this.#failed(faxId, error))
    this.#busy.set(faxId, done)
    return done
  }

  #failed(faxId: string, error: unknown): false {
    this.#needs.logger.error('what came of a fax could not be written', { faxId, error: String(error) })
    return false
  }

  async #deliver(faxId: string, told: EndOfFax | undefined): Promise<boolean> {
    const { logger, deposit } = this.#needs
    try {
      const found = await readFaxFile(this.#path(faxId))
      const kept = found === undefined ? undefined : await deposit(finished(found.fax, found.pages, told ?? found.end), piecesOf(faxDocument(found.pages)))
      if (found !== undefined && told === undefined) logger.warn('a fax was found and handed on', { faxId, pages: found.pages.length })
      // Its line is gone, say: there is nobody whom it could reach.
      if (kept?.ok === false) logger.error('a fax cannot be kept', { faxId, code: kept.error.code })
      await rm(this.#path(faxId), { force: true })
      return kept?.ok === true
    } catch (error) {
      logger.warn('a fax could not be handed on yet', { faxId, error: String(error) })
      this.#tryAgain()
      return false
    } finally {
      this.#busy.delete(faxId)
    }
  }

  #tryAgain(): void {
    if (this.#isStopped) return
    this.#retry?.cancel()
    this.#retry = this.#needs.timers.start(
      RETRY_MS,
      () => void this.recover().catch((failure: unknown) => this.#needs.logger.error('faxes wait still', { error: String(failure) })),
    )
  }

  #path(faxId: string): string {
    return join(this.#needs.directory, `${faxId}.fax`)
  }
}

function finished(fax: NewFax, pages: readonly FaxPage[], end = BROKEN_OFF): FinishedFax {
  return { ...fax, ...end, pageCount: pages.length, badRows: pages.reduce((sum, page) => sum + page.badRows, 0) }
}

async function* piecesOf(pieces: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  for (const piece of pieces) yield await Promise.resolve(piece)
}
