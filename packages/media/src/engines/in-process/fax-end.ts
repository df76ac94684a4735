import { decodeG711, type G711Encoding } from '../../codecs/g711.ts'
import { FaxCaller } from '../../fax/fax-caller.ts'
import { FaxTerminal } from '../../fax/fax-terminal.ts'
import { SoundLine } from '../../fax/sound-line.ts'
import { UdptlLine } from '../../fax/udptl-line.ts'
import { SampleOrder } from '../../rtp/sample-order.ts'
import type { FaxOrder, FaxToSend, MediaSide } from '../media-engine.ts'
import type { Voice } from './local-end.ts'
import type { FaxLimits, SessionEvent } from './worker-protocol.ts'

/** A document is no larger than a mail may be with room to spare; each limit ends it with what came until then. */
const [MAX_PAGES, MAX_BYTES] = [200, 20_000_000]

export interface FaxEndNeeds {
  readonly side: MediaSide
  readonly send: (datagram: Uint8Array) => void
  /** What our own end says from now on; undefined: nothing any more. */
  readonly speak: (voice: Voice | undefined) => void
  readonly emit: (event: SessionEvent) => void
}

/** A line in the sound of the call, and the samples that come for it. */
interface Sound {
  readonly line: SoundLine
  readonly order: SampleOrder
}

/** Our fax machine at a side of a session, in its worker: tells what it receives and has sent, and has no socket of its own. */
export class FaxEnd {
  readonly #needs: FaxEndNeeds
  #machine: FaxTerminal | FaxCaller | undefined
  #faxId = ''
  #datagrams: UdptlLine | undefined
  #sound: Sound | undefined

  constructor(needs: FaxEndNeeds) {
    this.#needs = needs
  }

  get isBusy(): boolean {
    return this.#machine !== undefined
  }

  /** It listens to what the side says. */
  get hearsSound(): boolean {
    return this.#sound !== undefined
  }

  /** @param limits of T.38; undefined: in the sound of the call */
  receive({ faxId, ...order }: FaxOrder, limits: FaxLimits | undefined, nowMs: number): void {
    const { emit, side } = this.#needs
    const line = this.#takeUp(faxId, limits, nowMs)
    this.#machine = new FaxTerminal({
      ...order,
      ...{ hasCorrection: true, maxPages: MAX_PAGES, maxBytes: MAX_BYTES, line },
      onPage: (page) => emit({ type: 'faxPage', faxId, page }),
      onEnd: (end) => emit({ type: 'faxed', side, faxId, end }),
    })
    this.#machine.start(nowMs)
  }

  /** @param limits as above */
  send({ faxId, ...fax }: FaxToSend, limits: FaxLimits | undefined, nowMs: number): void {
    const { emit, side } = this.#needs
    const line = this.#takeUp(faxId, limits, nowMs)
    this.#machine = new FaxCaller({
      ...fax,
      ...{ hasCorrection: true, line },
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
    this.#leave()
    machine?.stop(nowMs)
  }

  tick(nowMs: number): void {
    this.#sound?.order.tick(nowMs)
    this.#machine?.tick(nowMs)
  }

  /** @returns whether it is a datagram of T.38; undefined: there is no machine here to take it */
  take(datagram: Uint8Array, nowMs: number): boolean | undefined {
    return this.#datagrams?.receive(datagram, nowMs)
  }

  /** What the side says, behind `from`. */
  hear(ssrc: number, timestamp: number, encoding: G711Encoding, bytes: Uint8Array, from: number, nowMs: number): void {
    this.#sound?.order.receive(ssrc, timestamp, decodeG711(encoding, bytes.subarray(from)), nowMs)
  }

  /** The same fax has changed over from sound to T.38: nobody is told that it ended. */
  #takeUp(faxId: string, limits: FaxLimits | undefined, nowMs: number): UdptlLine | SoundLine {
    if (faxId === this.#faxId) this.#leave()
    else this.stop(nowMs)
    this.#faxId = faxId
    if (limits !== undefined) {
      this.#datagrams = new UdptlLine({ ...limits, send: this.#needs.send })
      return this.#datagrams
    }
    const line = new SoundLine()
    this.#sound = { line, order: new SampleOrder(line) }
    this.#needs.speak(line)
    return line
  }

  #leave(): void {
    this.#datagrams = undefined
    if (this.#sound === undefined) return
    this.#sound = undefined
    this.#needs.speak(undefined)
  }
}
