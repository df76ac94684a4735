/** An element as XML 1.0 means it. */
export interface XmlElement {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly XmlElement[]
  /** Of the element itself, without that of its children. */
  readonly text: string
}

const NAME = /[A-Za-z_:][A-Za-z0-9_:.-]*/y
const SPACE = /[ \t\r\n]*/y
const REFERENCES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/**
 * Reads a document as strictly as a phone's parser may: it throws at everything that is not well-formed (XML 1.0 section 2.1).
 * Document types, CDATA and processing instructions are refused: no file of ours has them.
 */
export function readXml(text: string): XmlElement {
  // oxlint-disable-next-line no-control-regex
  const illegal = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.exec(text)
  if (illegal !== null) throw new Error(`a character at ${illegal.index} that XML does not have`)
  const reader = new XmlReader(text)
  return reader.document()
}

class XmlReader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  document(): XmlElement {
    if (this.#text.startsWith('<?xml ')) this.#at = this.#text.indexOf('?>') + 2
    this.#skip(SPACE)
    const root = this.#element()
    this.#skip(SPACE)
    if (this.#at !== this.#text.length) throw new Error(`something stands behind the document at ${this.#at}`)
    return root
  }

  #element(): XmlElement {
    this.#expect('<')
    const name = this.#take(NAME)
    const attributes = new Map<string, string>()
    for (;;) {
      const spaces = this.#skip(SPACE)
      if (this.#accept('/>')) return { name, attributes, children: [], text: '' }
      if (this.#accept('>')) break
      if (spaces === '') throw new Error(`no space before an attribute at ${this.#at}`)
      const key = this.#take(NAME)
      this.#expect('=')
      if (attributes.has(key)) throw new Error(`the attribute ${key} stands twice`)
      attributes.set(key, this.#attribute())
    }
    return { name, attributes, ...this.#content(name) }
  }

  #content(name: string): Pick<XmlElement, 'children' | 'text'> {
    const children: XmlElement[] = []
    let text = ''
    for (;;) {
      const next = this.#text.indexOf('<', this.#at)
      if (next < 0) throw new Error(`${name} is never closed`)
      text += unescape(this.#text.slice(this.#at, next))
      this.#at = next
      if (this.#accept(`</${name}>`)) return { children, text }
      children.push(this.#element())
    }
  }

  #attribute(): string {
    this.#expect('"')
    const end = this.#text.indexOf('"', this.#at)
    const raw = this.#text.slice(this.#at, end)
    if (end < 0 || raw.includes('<')) throw new Error(`a broken attribute at ${this.#at}`)
    this.#at = end + 1
    return unescape(raw)
  }

  #take(pattern: RegExp): string {
    const taken = this.#skip(pattern)
    if (taken === '') throw new Error(`no name at ${this.#at}`)
    return taken
  }

  #skip(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const [found = ''] = pattern.exec(this.#text) ?? []
    this.#at += found.length
    return found
  }

  #accept(word: string): boolean {
    if (!this.#text.startsWith(word, this.#at)) return false
    this.#at += word.length
    return true
  }

  #expect(word: string): void {
    if (!this.#accept(word)) throw new Error(`no ${word} at ${this.#at}`)
  }
}

function unescape(text: string): string {
  if (/&(?!(amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)/.test(text)) throw new Error('an & that begins no reference')
  return text.replaceAll(/&(#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g, (_all, _any, hex: string | undefined, decimal: string | undefined, name: string | undefined) => {
    if (name !== undefined) return REFERENCES[name] ?? ''
    return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16))
  })
}

/** Everything below an element, itself first. */
export function elementsOf(root: XmlElement): readonly XmlElement[] {
  return [root, ...root.children.flatMap((child) => elementsOf(child))]
}
