/** So many names and values beside each other are found faster than in a Map, which is made for hundreds. */
const MOST_IN_A_ROW = 24
const NOTHING: readonly string[] = []

/**
 * The parameters of a header or URI: a Map to read from. Nearly all have one or two, and a Map for so few costs more to make
 * than everything else in the field does to read. Of a name added twice the first counts.
 */
export class ParameterMap implements ReadonlyMap<string, string> {
  #firstName: string | undefined
  #firstValue = ''
  #secondName: string | undefined
  #secondValue = ''
  /** Name, value, name, value … of the next ones. */
  #row: string[] | undefined
  #others: Map<string, string> | undefined

  get size(): number {
    if (this.#row !== undefined) return 2 + this.#row.length / 2 + (this.#others?.size ?? 0)
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
    } else if (this.#secondName !== name) this.#addFurther(name, value)
  }

  /** A copy in which this name is not. */
  without(name: string): ParameterMap {
    const copy = new ParameterMap()
    if (this.#firstName !== undefined && this.#firstName !== name) copy.add(this.#firstName, this.#firstValue)
    if (this.#secondName !== undefined && this.#secondName !== name) copy.add(this.#secondName, this.#secondValue)
    const row = this.#row ?? NOTHING
    for (let at = 0; at < row.length; at += 2) if (row[at] !== name) copy.add(row[at] ?? '', row[at + 1] ?? '')
    this.#others?.forEach((value, other) => void (other !== name && copy.add(other, value)))
    return copy
  }

  get(name: string): string | undefined {
    if (this.#firstName === name) return this.#firstValue
    if (this.#secondName === name) return this.#secondValue
    return this.#row === undefined ? undefined : this.#getFurther(this.#row, name)
  }

  has(name: string): boolean {
    return this.get(name) !== undefined
  }

  forEach(callback: (value: string, name: string, map: ReadonlyMap<string, string>) => void): void {
    if (this.#firstName !== undefined) callback(this.#firstValue, this.#firstName, this)
    if (this.#secondName !== undefined) callback(this.#secondValue, this.#secondName, this)
    const row = this.#row ?? NOTHING
    for (let at = 0; at < row.length; at += 2) callback(row[at + 1] ?? '', row[at] ?? '', this)
    this.#others?.forEach((value, name) => callback(value, name, this))
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
    this.forEach((value, name) => map.set(name, value))
    return map
  }

  #addFurther(name: string, value: string): void {
    const row = (this.#row ??= [])
    if (this.#getFurther(row, name) !== undefined) return
    if (row.length < 2 * MOST_IN_A_ROW) row.push(name, value)
    else (this.#others ??= new Map()).set(name, value)
  }

  #getFurther(row: readonly string[], name: string): string | undefined {
    for (let at = 0; at < row.length; at += 2) if (row[at] === name) return row[at + 1]
    return this.#others?.get(name)
  }
}
