import { FaxCaller } from '../../fax/fax-caller.ts'
import { FaxTerminal } from '../../fax/fax-terminal.ts'
import type { FaxOrder, FaxToSend, MediaSide } from '../media-engine.ts'
import type { FaxLimits, SessionEvent } from './worker-protocol.ts'

/** A document is no larger than a mail may be with room to spare; each limit ends it with what came until then. */
const [MAX_PAGES, MAX_BYTES] = [200, 20_000_000]

export interface FaxEndNeeds {
  readonly side: MediaSide
  readonly send: (datagram: Uint8Array) => void
  readonly emit: (event: SessionEvent) => void
}

/** Our fax machine at a side of a session, in its worker: tells what it receives and has sent, and has no socket of its own. */
export class FaxEnd {
  readonly #needs: FaxEndNeeds
  #machine: FaxTerminal | FaxCaller | undefined

  constructor(needs: FaxEndNeeds) {
    this.#needs = needs
  }

  get isBusy(): boolean {
    return this.#machine !== undefined
  }

  receive({ faxId, ...order }: FaxOrder, maxDatagramBytes: number, nowMs: number): void {
    this.stop(nowMs)
    const { emit, send, side } = this.#needs
    this.#machine = new FaxTerminal({
      ...order,
      ...{ hasCorrection: true, maxPages: MAX_PAGES, maxBytes: MAX_BYTES, maxDatagramBytes, send },
      onPage: (page) => emit({ type: 'faxPage', faxId, page }),
      onEnd: (end) => emit({ type: 'faxed', side, faxId, end }),
    })
    this.#machine.start(nowMs)
  }

  send({ faxId, ...fax }: FaxToSend, limits: FaxLimits, nowMs: number): void {
    this.stop(nowMs)
    const { emit, send, side } = this.#needs
    this.#machine = new FaxCaller({
      ...fax,
      ...limits,
      ...{ hasCorrection: true, send },
      onPageSent: () => emit({ type: 'faxPageSent', faxId }),
      onEnd: (end) => emit({ type: 'faxed', side, faxId, end }),
    })
    this.#machine.start(nowMs)
  }

  pageKept(isKept: boolean, nowMs: number): void {
    if (this.#machine instanceof FaxTerminal) this.#machine.pageKept(isKept, nowMs)
  }

  stop(nowMs: number): void {
    const machine = this.#machine
    this.#machine = undefined
    machine?.stop(nowMs)
  }

  tick(nowMs: number): void {
    this.#machine?.tick(nowMs)
  }

  /** @returns whether it is a datagram of T.38; undefined: there is no machine here to take it */
  take(datagram: Uint8Array, nowMs: number): boolean | undefined {
    return this.#machine?.receive(datagram, nowMs)
  }
}
