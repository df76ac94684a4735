/**
 * Splits TypeScript into tokens: just enough to find imports, function bodies and forbidden words without being
 * fooled by comments, strings, templates and regular expressions. (TypeScript 7 has no JavaScript API to ask.)
 */
export type TokenKind = 'word' | 'string' | 'template' | 'regex' | 'number' | 'mark'

export interface Token {
  readonly kind: TokenKind
  /** The characters as written; for strings the content without quotes. */
  readonly text: string
  /** 1 is the first line. */
  readonly line: number
}

/** Longest first, so that `=>` is never read as `=` and `>`. `>>` stays two marks: it closes two type arguments. */
const MARKS = [
  '===',
  '!==',
  '**=',
  '...',
  '??=',
  '&&=',
  '||=',
  '=>',
  '==',
  '!=',
  '<=',
  '>=',
  '&&',
  '||',
  '??',
  '?.',
  '++',
  '--',
  '**',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '<<',
]
const WORD_START = /[A-Za-z_$@#\u0080-\uffff]/
const WORD_PART = /[A-Za-z0-9_$\u0080-\uffff]/
/** After these words an expression begins: a `/` there is a regular expression, a `!` negates. After any other word they divide and assert. */
export const BEFORE_EXPRESSION = new Set([
  'return',
  'typeof',
  'case',
  'in',
  'of',
  'do',
  'else',
  'void',
  'delete',
  'throw',
  'new',
  'instanceof',
  'await',
  'yield',
  'extends',
  'default',
])

export function tokensOf(source: string): readonly Token[] {
  const reader = new SourceReader(source)
  reader.readUntil(undefined)
  return reader.tokens
}

class SourceReader {
  readonly tokens: Token[] = []
  readonly #source: string
  #at = 0
  #line = 1

  constructor(source: string) {
    this.#source = source
  }

  /** Reads tokens up to the end, or up to the unmatched closing mark given (which is consumed, not kept). */
  readUntil(closing: '}' | undefined): void {
    let depth = 0
    while (this.#at < this.#source.length) {
      if (this.#skipSpaceOrComment()) continue
      const character = this.#source[this.#at] ?? ''
      if (closing !== undefined && character === '{') depth++
      if (closing !== undefined && character === '}') {
        if (depth === 0) {
          this.#at++
          return
        }
        depth--
      }
      this.#readToken(character)
    }
  }

  #readToken(character: string): void {
    if (character === "'" || character === '"') this.#readString(character)
    else if (character === '`') this.#readTemplate()
    else if (WORD_START.test(character)) this.#readWhile('word', WORD_PART)
    else if (/[0-9]/.test(character)) this.#readWhile('number', /[0-9A-Za-z_.]/)
    else if (character === '/' && this.#expressionMayStart()) this.#readRegularExpression()
    else this.#readMark()
  }

  #skipSpaceOrComment(): boolean {
    const character = this.#source[this.#at] ?? ''
    const next = this.#source[this.#at + 1]
    if (/\s/.test(character)) this.#advance(1)
    else if (character === '/' && next === '/') this.#advanceTo(this.#source.indexOf('\n', this.#at))
    else if (character === '/' && next === '*') this.#advanceTo(this.#source.indexOf('*/', this.#at + 2), 2)
    else if (this.#at === 0 && character === '#' && next === '!') this.#advanceTo(this.#source.indexOf('\n', this.#at))
    else return false
    return true
  }

  #readString(quote: string): void {
    const line = this.#line
    let end = this.#at + 1
    while (end < this.#source.length && this.#source[end] !== quote && this.#source[end] !== '\n') end += this.#source[end] === '\\' ? 2 : 1
    this.#push('string', this.#source.slice(this.#at + 1, end), line)
    this.#advanceTo(end, 1)
  }

  /** The literal parts become one token each; what stands in `${}` is read as code, between two marks of its own. */
  #readTemplate(): void {
    this.#advance(1)
    let text = ''
    let line = this.#line
    while (this.#at < this.#source.length) {
      const character = this.#source[this.#at] ?? ''
      if (character === '\\') {
        text += this.#source.slice(this.#at, this.#at + 2)
        this.#advance(2)
      } else if (character === '`') {
        this.#advance(1)
        break
      } else if (character === '$' && this.#source[this.#at + 1] === '{') {
        this.#push('template', text, line)
        this.#push('mark', '${', this.#line)
        this.#advance(2)
        this.readUntil('}')
        this.#push('mark', '$}', this.#line)
        text = ''
        line = this.#line
      } else {
        text += character
        this.#advance(1)
      }
    }
    this.#push('template', text, line)
  }

  #readRegularExpression(): void {
    let end = this.#at + 1
    let inClass = false
    while (end < this.#source.length && this.#source[end] !== '\n') {
      const character = this.#source[end]
      if (character === '\\') end++
      else if (character === '[') inClass = true
      else if (character === ']') inClass = false
      else if (character === '/' && !inClass) break
      end++
    }
    end++
    while (/[a-z]/.test(this.#source[end] ?? '')) end++
    this.#push('regex', this.#source.slice(this.#at, end), this.#line)
    this.#advanceTo(end)
  }

  #readWhile(kind: TokenKind, part: RegExp): void {
    let end = this.#at + 1
    while (end < this.#source.length && part.test(this.#source[end] ?? '')) end++
    this.#push(kind, this.#source.slice(this.#at, end), this.#line)
    this.#at = end
  }

  #readMark(): void {
    const mark = MARKS.find((candidate) => this.#source.startsWith(candidate, this.#at)) ?? this.#source[this.#at] ?? ''
    this.#push('mark', mark, this.#line)
    this.#advance(mark.length)
  }

  /** Whether a `/` here begins a regular expression rather than dividing what stands before it. */
  #expressionMayStart(): boolean {
    const before = this.tokens.at(-1)
    if (before === undefined) return true
    if (before.kind === 'word') return BEFORE_EXPRESSION.has(before.text)
    return before.kind === 'mark' && ![')', ']', '}', '++', '--'].includes(before.text)
  }

  #push(kind: TokenKind, text: string, line: number): void {
    this.tokens.push({ kind, text, line })
  }

  #advance(count: number): void {
    this.#advanceTo(this.#at + count)
  }

  /** @param position where to go on; -1 (not found) means the end. @param extra characters to skip there. */
  #advanceTo(position: number, extra = 0): void {
    const end = position < 0 ? this.#source.length : Math.min(position + extra, this.#source.length)
    for (let index = this.#at; index < end; index++) if (this.#source[index] === '\n') this.#line++
    this.#at = end
  }
}
