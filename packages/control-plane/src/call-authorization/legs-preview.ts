import type { CallToPreview } from './call-ledger.ts'

/** What the legs of a call that nobody makes would have done until now. */
export class LegsPreview {
  /** Accounts whose fraud guard one of them would have tripped. */
  readonly tripped = new Set<string>()
  readonly #begun = new Map<string, Set<string>>()

  /** The next carrier for the same number is no other leg. */
  idOf({ accountId, userId, lineId, calledNumber }: CallToPreview): string {
    return ['preview', accountId, userId, lineId, calledNumber].join(' ')
  }

  begin(leg: CallToPreview): void {
    const { accountId } = leg
    this.#begun.set(accountId, (this.#begun.get(accountId) ?? new Set()).add(this.idOf(leg)))
  }

  /** Other legs that the guard of its account would have counted. */
  begunBefore(leg: CallToPreview): number {
    const begun = this.#begun.get(leg.accountId)
    if (begun === undefined) return 0
    return begun.has(this.idOf(leg)) ? begun.size - 1 : begun.size
  }
}
