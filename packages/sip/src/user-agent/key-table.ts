import { NumberIndex } from './number-index.ts'

/**
 * Values by a text of theirs, like a `Map` from text to value but at a fraction of its price for texts just put together: a Map
 * makes every one it is asked for a unique object first, also those it does not have. Here a number is looked for instead. As in a
 * `TurnoverMap` no table that is replaced holds a value.
 */
export class KeyTable<Value extends object> {
  readonly #keyOf: (value: Value) => string | undefined
  /** Where in `#values` a key's value is, by the number of the key. */
  readonly #places = new NumberIndex()
  readonly #values: (Value | undefined)[] = []
  readonly #free: number[] = []
  /** Those whose number was taken: hardly any, and all that somebody may make on purpose. */
  readonly #others = new Map<string, Value>()
  /** A message asks for its key and puts it in soon after: the number it had last is kept. */
  #lastKey = ''
  #lastHash = hashOf('')

  /** @param keyOf the text a value is found by; it must not change while the value is here */
  constructor(keyOf: (value: Value) => string | undefined) {
    this.#keyOf = keyOf
  }

  get size(): number {
    return this.#places.size + this.#others.size
  }

  get(key: string): Value | undefined {
    const place = this.#places.get(this.#hashOf(key))
    const value = place < 0 ? undefined : this.#values[place]
    if (value !== undefined && this.#keyOf(value) === key) return value
    return this.#others.size === 0 ? undefined : this.#others.get(key)
  }

  /** Takes the place of another value with this key. */
  set(key: string, value: Value): void {
    const hash = this.#hashOf(key)
    const place = this.#places.get(hash)
    const before = place < 0 ? undefined : this.#values[place]
    if (before !== undefined && this.#keyOf(before) !== key) {
      this.#others.set(key, value)
      return
    }
    this.#put(hash, place < 0 ? (this.#free.pop() ?? this.#values.length) : place, value)
    if (this.#others.size > 0) this.#others.delete(key)
  }

  delete(key: string): void {
    const hash = this.#hashOf(key)
    const place = this.#places.get(hash)
    const value = place < 0 ? undefined : this.#values[place]
    if (value === undefined || this.#keyOf(value) !== key) this.#others.delete(key)
    else {
      this.#places.delete(hash)
      this.#values[place] = undefined
      this.#free.push(place)
    }
  }

  clear(): void {
    this.#places.clear()
    this.#values.length = this.#free.length = 0
    this.#others.clear()
  }

  values(): readonly Value[] {
    return [...this.#values.filter((value) => value !== undefined), ...this.#others.values()]
  }

  #put(hash: number, place: number, value: Value): void {
    this.#places.set(hash, place)
    this.#values[place] = value
  }

  #hashOf(key: string): number {
    if (key !== this.#lastKey) {
      this.#lastHash = hashOf(key)
      this.#lastKey = key
    }
    return this.#lastHash
  }
}

/** FNV-1a, 32 bits. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193)
  return hash | 0
}
