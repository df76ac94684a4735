/**
 * A `Map` for what comes and goes all the time, such as calls. A `Map` gets a new table every few insertions; each old one still
 * holds the values it had then and is linked to the next, and as soon as one has grown old, V8's collector of young objects
 * takes all of that for alive: every value that ever was in the map is moved to the old ones before it is let go. Here the
 * tables hold numbers only. It never takes less room than at its fullest.
 */
export class TurnoverMap<Key, Value extends object> {
  readonly #places = new Map<Key, number>()
  readonly #values: (Value | undefined)[] = []
  readonly #free: number[] = []

  get size(): number {
    return this.#places.size
  }

  get(key: Key): Value | undefined {
    const place = this.#places.get(key)
    return place === undefined ? undefined : this.#values[place]
  }

  has(key: Key): boolean {
    return this.#places.has(key)
  }

  set(key: Key, value: Value): void {
    let place = this.#places.get(key)
    if (place === undefined) {
      place = this.#free.pop() ?? this.#values.length
      this.#places.set(key, place)
    }
    this.#values[place] = value
  }

  /** @returns whether it was there */
  delete(key: Key): boolean {
    const place = this.#places.get(key)
    if (place === undefined) return false
    this.#places.delete(key)
    this.#values[place] = undefined
    this.#free.push(place)
    return true
  }

  clear(): void {
    this.#places.clear()
    this.#values.length = 0
    this.#free.length = 0
  }

  /** Oldest first, as in a `Map`. */
  keys(): IterableIterator<Key> {
    return this.#places.keys()
  }

  /** Oldest first, those that are there now. */
  values(): readonly Value[] {
    const values: Value[] = []
    for (const place of this.#places.values()) {
      const value = this.#values[place]
      if (value !== undefined) values.push(value)
    }
    return values
  }
}
