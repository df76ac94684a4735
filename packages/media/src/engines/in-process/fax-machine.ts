import { FaxTerminal } from '../../fax/fax-terminal.ts'
import type { FaxOrder, MediaSide } from '../media-engine.ts'
import type { SessionEvent } from './worker-protocol.ts'

/** A document is no larger than a mail may be with room to spare; each limit ends it with what came until then. */
const [MAX_PAGES, MAX_BYTES] = [200, 20_000_000]

/** The fax machine at a side of a session, in its worker: tells what it receives, and has no socket of its own. */
export function startFaxMachine(options: {
  readonly side: MediaSide
  readonly order: FaxOrder
  readonly maxDatagramBytes: number
  readonly nowMs: number
  readonly send: (datagram: Uint8Array) => void
  readonly emit: (event: SessionEvent) => void
}): FaxTerminal {
  const { side, order, emit, send, maxDatagramBytes } = options
  const { faxId } = order
  const machine = new FaxTerminal({
    ...order,
    ...{ hasCorrection: true, maxPages: MAX_PAGES, maxBytes: MAX_BYTES, maxDatagramBytes, send },
    onPage: (page) => emit({ type: 'faxPage', faxId, page }),
    onEnd: (end) => emit({ type: 'faxed', side, faxId, end }),
  })
  machine.start(options.nowMs)
  return machine
}
