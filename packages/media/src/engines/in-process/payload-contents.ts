import { TELEPHONE_EVENT } from '../../sdp/telephone-event-format.ts'
import type { SideAgreement } from './worker-protocol.ts'

const PAYLOAD_TYPES = 128

export const [OTHER, EVENTS, MU_LAW, A_LAW, G722] = [0, 1, 2, 3, 4] as const
/** Of G.722 too, by mistake for ever (RFC 3551 4.5.2). */
export const G711_CLOCK_RATE_HZ = 8_000

/** What each payload type carries, as agreed with one side; asked for every packet. */
export class PayloadContents {
  readonly #contents = new Uint8Array(PAYLOAD_TYPES)
  readonly #clockRatesHz = new Uint32Array(PAYLOAD_TYPES)

  agree(formats: SideAgreement['formats']): void {
    this.#contents.fill(OTHER)
    this.#clockRatesHz.fill(0)
    for (const { payloadType, encoding, clockRateHz } of formats) {
      const content = contentOf(encoding, clockRateHz)
      this.#contents[payloadType] = content
      this.#clockRatesHz[payloadType] = content === EVENTS ? 0 : clockRateHz
    }
  }

  of(payloadType: number): number {
    return this.#contents[payloadType] ?? OTHER
  }

  /** 0: unknown, or of keys, which have no jitter to measure. */
  clockRateHz(payloadType: number): number {
    return this.#clockRatesHz[payloadType] ?? 0
  }

  isAgreed(payloadType: number): boolean {
    return this.clockRateHz(payloadType) > 0 || this.of(payloadType) === EVENTS
  }
}

function contentOf(encoding: string, clockRateHz: number): number {
  if (encoding === TELEPHONE_EVENT) return EVENTS
  if (clockRateHz !== G711_CLOCK_RATE_HZ) return OTHER
  return encoding === 'PCMU' ? MU_LAW : encoding === 'PCMA' ? A_LAW : encoding === 'G722' ? G722 : OTHER
}
