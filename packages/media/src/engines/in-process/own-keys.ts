import { randomBytes } from 'node:crypto'
import { srtpSuite, type SrtpMaster } from '../../srtp/srtp-suite.ts'
import type { PartyKeys } from '../media-engine.ts'

/**
 * Our master keys for what we send to one side, one a suite (RFC 4568 6.1 wants each line to have its own). They stay as long as the side is the
 * same party: the roll-over counter goes on over hold and refresh. A new party, which knows no counter, gets new ones.
 */
export class OwnKeys implements PartyKeys {
  /** The suite that was agreed last. */
  inUse: string | undefined
  readonly #masters = new Map<string, SrtpMaster>()

  master(suite: string): SrtpMaster {
    const known = this.#masters.get(suite)
    if (known !== undefined) return known
    const lengths = srtpSuite(suite)
    if (lengths === undefined) throw new Error(`no such suite: ${suite}`)
    const master = { suite, keyAndSalt: randomBytes(lengths.keyBytes + lengths.saltBytes).toString('base64') }
    this.#masters.set(suite, master)
    return master
  }

  renew(): void {
    this.#masters.clear()
  }
}
