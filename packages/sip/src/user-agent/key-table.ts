import { TurnoverMap } from '@dialtone/foundation'

/**
 * Values by a text of theirs, like a `Map` from text to value but at a fraction of its price for texts just put together: a Map
 * makes every one it is asked for a unique object first, also those it does not have. Here a number is looked for instead.
 */
export class KeyTable<Value extends object> {
  readonly #keyOf: (value: Value) => string | undefined
  readonly #byHash = new TurnoverMap<number, Value>()
  /** Those whose number was taken: hardly any, and all that somebody may make on purpose. */
  readonly #others = new TurnoverMap<string, Value>()
  /** A message asks for its key and puts it in soon after: the number it had last is kept. */
  #lastKey = ''
  #lastHash = hashOf('')

  /** @param keyOf the text a value is found by; it must not change while the value is here */
  constructor(keyOf: (value: Value) => string | undefined) {
    this.#keyOf = keyOf
  }

  get size(): number {
    return this.#byHash.size + this.#others.size
  }

  get(key: string): Value | undefined {
    const value = this.#byHash.get(this.#hashOf(key))
    if (value !== undefined && this.#keyOf(value) === key) return value
    return this.#others.size === 0 ? undefined : this.#others.get(key)
  }

  /** Takes the place of another value with this key. */
  set(key: string, value: Value): void {
    const hash = this.#hashOf(key)
    const before = this.#byHash.get(hash)
    if (before !== undefined && this.#keyOf(before) !== key) this.#others.set(key, value)
    else {
      this.#byHash.set(hash, value)
      if (this.#others.size > 0) this.#others.delete(key)
    }
  }

  delete(key: string): void {
    const hash = this.#hashOf(key)
    const value = this.#byHash.get(hash)
    if (value !== undefined && this.#keyOf(value) === key) this.#byHash.delete(hash)
    else this.#others.delete(key)
  }

  clear(): void {
    this.#byHash.clear()
    this.#others.clear()
  }

  values(): readonly Value[] {
    return [...this.#byHash.values(), ...this.#others.values()]
  }

  #hashOf(key: string): number {
    if (key !== this.#lastKey) {
      this.#lastHash = hashOf(key)
      this.#lastKey = key
    }
    return this.#lastHash
  }
}

/** FNV-1a, 32 bits, as a small integer. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193)
  return hash | 0
}
