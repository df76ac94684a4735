/**
 * The parameters of a header or URI: a Map to read from. Nearly all have one or two, and a Map for so few costs more to make
 * than everything else in the field does to read. Of a name added twice the first counts.
 */
export class ParameterMap implements ReadonlyMap<string, string> {
  #firstName: string | undefined
  #firstValue = ''
  #secondName: string | undefined
  #secondValue = ''
  #others: Map<string, string> | undefined

  get size(): number {
    if (this.#others !== undefined) return 2 + this.#others.size
    return this.#firstName === undefined ? 0 : this.#secondName === undefined ? 1 : 2
  }

  add(name: string, value: string): void {
    if (this.#firstName === undefined) {
      this.#firstName = name
      this.#firstValue = value
    } else if (this.#firstName === name) return
    else if (this.#secondName === undefined) {
      this.#secondName = name
      this.#secondValue = value
    } else if (this.#secondName !== name) {
      this.#others ??= new Map()
      if (!this.#others.has(name)) this.#others.set(name, value)
    }
  }

  get(name: string): string | undefined {
    if (this.#firstName === name) return this.#firstValue
    if (this.#secondName === name) return this.#secondValue
    return this.#others?.get(name)
  }

  has(name: string): boolean {
    return this.get(name) !== undefined
  }

  forEach(callback: (value: string, name: string, map: ReadonlyMap<string, string>) => void): void {
    for (const [name, value] of this) callback(value, name, this)
  }

  entries(): MapIterator<[string, string]> {
    return this.#asMap().entries()
  }

  keys(): MapIterator<string> {
    return this.#asMap().keys()
  }

  values(): MapIterator<string> {
    return this.#asMap().values()
  }

  [Symbol.iterator](): MapIterator<[string, string]> {
    return this.entries()
  }

  #asMap(): Map<string, string> {
    const map = new Map<string, string>()
    if (this.#firstName !== undefined) map.set(this.#firstName, this.#firstValue)
    if (this.#secondName !== undefined) map.set(this.#secondName, this.#secondValue)
    for (const [name, value] of this.#others ?? []) map.set(name, value)
    return map
  }
}
