import { type Clock, sourceOf } from '@dialtone/foundation'

export interface BanLimits {
  /** Wrong passwords for one user from one address within the window; 0: nobody is banned. */
  readonly failuresPerUser: number
  /** Wrong passwords from one address, for whatever users. Higher, for behind one address may be a whole office. */
  readonly failuresPerSource: number
  readonly windowMs: number
  readonly banMs: number
}

export const DEFAULT_BAN_LIMITS: BanLimits = { failuresPerUser: 10, failuresPerSource: 100, windowMs: 60_000, banMs: 300_000 }

interface Record {
  failures: number
  windowEndsAtMs: number
  bannedUntilMs: number
}

/** Users at addresses remembered; with more, the ones heard of longest ago are forgotten. */
const MAX_RECORDS = 20_000

/**
 * Who has tried too many wrong passwords. One bad phone bans itself, a user at an address, and not its neighbours behind the
 * same NAT; an address, or a /64 of IPv6, is banned as a whole only when it goes through many, and even then users known to be there are served.
 */
export class BanList {
  readonly #clock: Clock
  readonly #limits: BanLimits
  readonly #records = new Map<string, Record>()

  constructor(clock: Clock, limits: BanLimits) {
    this.#clock = clock
    this.#limits = limits
  }

  /** Users and addresses remembered now. */
  get size(): number {
    return this.#records.size
  }

  failed(address: string, username: string): void {
    const { failuresPerUser, failuresPerSource } = this.#limits
    if (failuresPerUser === 0) return
    this.#count(userKey(address, username), failuresPerUser)
    this.#count(sourceOf(address), failuresPerSource)
  }

  /** The right password ends the count for the user, but not for the address: it may be one's own between many guesses. */
  succeeded(address: string, username: string): void {
    if (this.#records.size > 0) this.#records.delete(userKey(address, username))
  }

  isUserBanned(address: string, username: string): boolean {
    return this.#records.size > 0 && this.#isBanned(userKey(address, username))
  }

  isSourceBanned(address: string): boolean {
    return this.#records.size > 0 && this.#isBanned(sourceOf(address))
  }

  #isBanned(key: string): boolean {
    const record = this.#records.get(key)
    return record !== undefined && record.bannedUntilMs > this.#clock.nowMs()
  }

  #count(key: string, limit: number): void {
    const nowMs = this.#clock.nowMs()
    const before = this.#records.get(key)
    const isCounting = before !== undefined && (before.windowEndsAtMs > nowMs || before.bannedUntilMs > nowMs)
    const record = isCounting ? before : { failures: 0, windowEndsAtMs: nowMs + this.#limits.windowMs, bannedUntilMs: 0 }
    record.failures++
    if (record.failures >= limit) record.bannedUntilMs = nowMs + this.#limits.banMs
    // Heard of last: to the end of the line.
    this.#records.delete(key)
    this.#records.set(key, record)
    this.#makeRoom()
  }

  #makeRoom(): void {
    for (const key of this.#records.keys()) {
      if (this.#records.size <= MAX_RECORDS) return
      this.#records.delete(key)
    }
  }
}

/** No address has a space. */
function userKey(address: string, username: string): string {
  return `${sourceOf(address)} ${username}`
}
