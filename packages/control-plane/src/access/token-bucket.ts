import type { Clock } from '@dialtone/foundation'

interface Bucket {
  tokens: number
  updatedAtMs: number
}

const MAX_BUCKETS = 50_000

/** Token buckets by key: each holds `perSecond` tokens and refills at that rate (C-08). */
export class TokenBuckets {
  readonly #buckets = new Map<string, Bucket>()
  readonly #perSecond: number
  readonly #clock: Clock

  /** @param perSecond requests a second and the burst; 0 switches the limit off. */
  constructor(perSecond: number, clock: Clock) {
    this.#perSecond = perSecond
    this.#clock = clock
  }

  get limit(): number {
    return this.#perSecond
  }

  /** Takes one token. @returns what is left, or how long to wait. */
  take(key: string): { readonly allowed: true; readonly remaining: number } | { readonly allowed: false; readonly retryAfterSeconds: number } {
    if (this.#perSecond === 0) return { allowed: true, remaining: 0 }
    const nowMs = this.#clock.nowMs()
    const bucket = this.#bucket(key, nowMs)
    bucket.tokens = this.#refilled(bucket, nowMs)
    bucket.updatedAtMs = nowMs
    if (bucket.tokens < 1) return { allowed: false, retryAfterSeconds: Math.max(1, Math.ceil((1 - bucket.tokens) / this.#perSecond)) }
    bucket.tokens -= 1
    return { allowed: true, remaining: Math.floor(bucket.tokens) }
  }

  /** Whether a `take` of this key would be refused now; takes nothing. */
  isEmpty(key: string): boolean {
    const bucket = this.#buckets.get(key)
    if (this.#perSecond === 0 || bucket === undefined) return false
    return this.#refilled(bucket, this.#clock.nowMs()) < 1
  }

  /** A clock that was set back brings nothing, and takes nothing: nobody waits until it is there again. */
  #refilled(bucket: Bucket, nowMs: number): number {
    return Math.min(this.#perSecond, bucket.tokens + (Math.max(0, nowMs - bucket.updatedAtMs) / 1000) * this.#perSecond)
  }

  #bucket(key: string, nowMs: number): Bucket {
    const known = this.#buckets.get(key)
    if (known !== undefined) return known
    // The oldest bucket is full again long before 50,000 others were used.
    if (this.#buckets.size >= MAX_BUCKETS) this.#buckets.delete(this.#buckets.keys().next().value ?? '')
    const bucket = { tokens: this.#perSecond, updatedAtMs: nowMs }
    this.#buckets.set(key, bucket)
    return bucket
  }
}
