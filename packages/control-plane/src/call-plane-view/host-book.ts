import type { Logger, Timer, Timers } from '@dialtone/foundation'
import type { CarrierPeer } from '@dialtone/softswitch'
import type { AddressesOfName } from '../carrier-trunks/index.ts'

type Place = ReturnType<AddressesOfName>[number]
/** Asks DNS, or whatever knows; the first to be called first, and in one order as long as nothing changes. Never rejects; none when nobody knows. */
export type ResolveHost = (host: string, port: number, transport: CarrierPeer['transport']) => Promise<readonly Place[]>

export interface HostBookNeeds {
  readonly resolveHost: ResolveHost
  readonly timers: Timers
  readonly logger: Logger
  /** A name leads elsewhere than before. */
  readonly onChange: () => void
}

/** What the resolver caches by its own times is asked again this often. */
const ASK_AGAIN_MS = 30_000
const MAX_NAMES = 10_000

/** Where the names of carriers are: looked up beforehand and again and again, so that calls never wait. What was known stays while nobody answers. */
export class HostBook {
  readonly #needs: HostBookNeeds
  readonly #places = new Map<string, readonly Place[]>()
  readonly #asked = new Map<string, Parameters<ResolveHost>>()
  #timer: Timer | undefined

  constructor(needs: HostBookNeeds) {
    this.#needs = needs
  }

  /** At once; a name that is new is looked up from now on. */
  readonly placesOf: AddressesOfName = (host, port, transport) => {
    const key = `${transport} ${host.toLowerCase()} ${port}`
    if (!this.#asked.has(key) && this.#asked.size < MAX_NAMES) {
      this.#asked.set(key, [host, port, transport])
      void this.#look(key)
      this.#timer ??= this.#askAgain()
    }
    return this.#places.get(key) ?? []
  }

  stop(): void {
    this.#timer?.cancel()
    this.#asked.clear()
  }

  #askAgain(): Timer {
    return this.#needs.timers.start(ASK_AGAIN_MS, () => {
      for (const key of this.#asked.keys()) void this.#look(key)
      this.#timer = this.#askAgain()
    })
  }

  async #look(key: string): Promise<void> {
    const asked = this.#asked.get(key)
    if (asked === undefined) return
    const found = await this.#needs.resolveHost(...asked)
    const before = this.#places.get(key)
    if (found.length === 0) {
      if (before === undefined) this.#needs.logger.warn('the name of a carrier leads nowhere', { host: asked[0] })
      return
    }
    this.#places.set(key, found)
    if (JSON.stringify(before) !== JSON.stringify(found)) this.#needs.onChange()
  }
}
