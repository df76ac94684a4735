import type { MediaSide } from '../media-engine.ts'
import type { WorkerLink } from './worker-link.ts'
import type { SideAgreement } from './worker-protocol.ts'

type Agreements = Partial<Readonly<Record<MediaSide, SideAgreement>>>

/** What is agreed with the sides of a session, as its worker is told of it. */
export class SideAgreements {
  readonly #key: number
  readonly #link: Pick<WorkerLink, 'post'>
  readonly #agreements: Partial<Record<MediaSide, SideAgreement>> = {}
  /** Sides whose keys go no further than to us. */
  readonly #held = new Set<MediaSide>()

  constructor(key: number, link: Pick<WorkerLink, 'post'>) {
    this.#key = key
    this.#link = link
  }

  of(side: MediaSide): SideAgreement | undefined {
    return this.#agreements[side]
  }

  get isSecure(): boolean {
    return Object.values(this.#agreements).some(({ encryption }) => encryption !== undefined)
  }

  agree(agreements: Agreements): void {
    Object.assign(this.#agreements, agreements)
    this.#tell(agreements)
  }

  /** Telephone events of a side go no further than to us, or on to the other one again. */
  holdKeys(side: MediaSide, isHeld: boolean): void {
    if (this.#held.has(side) === isHeld) return
    if (isHeld) this.#held.add(side)
    else this.#held.delete(side)
    const agreement = this.#agreements[side]
    if (agreement !== undefined) this.#tell({ [side]: agreement })
  }

  #tell(agreements: Agreements): void {
    const told = { ...agreements }
    for (const side of this.#held) if (told[side] !== undefined) told[side] = { ...told[side], relaysEvents: false, holdsEvents: true }
    this.#link.post({ type: 'agree', key: this.#key, agreements: told })
  }
}
