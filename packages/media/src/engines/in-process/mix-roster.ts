import { err, ok, type Result } from '@dialtone/foundation'
import type { MediaFailure } from '../media-engine.ts'

interface Entry {
  readonly place: object
  parties: number
}

/** Which mixes exist, where, and how many take part: known in the main thread, so that who wants in is told at once. */
export class MixRoster {
  readonly #mixes = new Map<string, Entry>()
  readonly #maxParties: number

  constructor(maxParties: number) {
    this.#maxParties = maxParties
  }

  get size(): number {
    return this.#mixes.size
  }

  /** The worker a mix lives in; undefined when nobody is in it. */
  placeOf(mixId: string): object | undefined {
    return this.#mixes.get(mixId)?.place
  }

  /** @param place the worker of whoever comes */
  enter(mixId: string, place: object): Result<void, MediaFailure> {
    const mix = this.#mixes.get(mixId) ?? { place, parties: 0 }
    if (mix.place !== place) return err({ code: 'MixElsewhere', message: `mix ${mixId} is carried by another worker: open the session beside it` })
    if (mix.parties >= this.#maxParties) return err({ code: 'MixFull', message: `${mix.parties} parties are in mix ${mixId}` })
    mix.parties++
    this.#mixes.set(mixId, mix)
    return ok(undefined)
  }

  leave(mixId: string): void {
    const mix = this.#mixes.get(mixId)
    if (mix !== undefined && --mix.parties <= 0) this.#mixes.delete(mixId)
  }
}
