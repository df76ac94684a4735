import { type Token, tokensOf } from './source-tokens.ts'

export interface ImportFact {
  /** As written between the quotes; undefined for an `import()` of something computed. */
  readonly specifier: string | undefined
  readonly line: number
  /** `import type` and `export type … from`: erased before the program runs. */
  readonly typeOnly: boolean
  /** The names taken, before any `as`; '*' for a namespace or `export *`, 'default' for a default import. */
  readonly names: readonly string[]
}

/** What the walls need to know about one source file. */
export interface ModuleFacts {
  readonly lineCount: number
  readonly tokens: readonly Token[]
  readonly imports: readonly ImportFact[]
}

export function factsOf(source: string): ModuleFacts {
  const tokens = tokensOf(source)
  return { lineCount: source.split('\n').length - (source.endsWith('\n') ? 1 : 0), tokens, imports: importsOf(tokens) }
}

function importsOf(tokens: readonly Token[]): readonly ImportFact[] {
  const found: ImportFact[] = []
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'word' || tokens[index - 1]?.text === '.') continue
    const fact = token.text === 'import' ? importAt(tokens, index) : token.text === 'export' ? exportFromAt(tokens, index) : undefined
    if (fact !== undefined) found.push(fact)
  }
  return found
}

function importAt(tokens: readonly Token[], index: number): ImportFact | undefined {
  const next = tokens[index + 1]
  const line = tokens[index]?.line ?? 0
  // `import.meta`, and a property or method called `import`.
  if (next === undefined || next.text === '.' || next.text === ':') return undefined
  if (next.kind === 'string') return { specifier: next.text, line, typeOnly: false, names: [] }
  if (next.text === '(' && next.kind === 'mark') {
    const argument = tokens[index + 2]
    const literal = (argument?.kind === 'string' || argument?.kind === 'template') && [')', ','].includes(tokens[index + 3]?.text ?? '')
    return { specifier: literal ? argument.text : undefined, line, typeOnly: false, names: ['*'] }
  }
  return clauseAt(tokens, index, line)
}

function exportFromAt(tokens: readonly Token[], index: number): ImportFact | undefined {
  let position = index + 1
  if (tokens[position]?.text === 'type') position++
  if (tokens[position]?.text !== '{' && tokens[position]?.text !== '*') return undefined
  return clauseAt(tokens, index, tokens[index]?.line ?? 0)
}

/** `import|export [type] … from '…'`: everything between the keyword and `from`. */
function clauseAt(tokens: readonly Token[], index: number, line: number): ImportFact | undefined {
  const end = findFrom(tokens, index + 1)
  if (end === undefined) return undefined
  const clause = tokens.slice(index + 1, end)
  // `import type from './x.ts'` takes a default export that is called `type`.
  const typeOnly = clause.length > 1 && clause[0]?.text === 'type' && clause[1]?.text !== ','
  return { specifier: tokens[end + 1]?.text, line, typeOnly, names: namesOf(typeOnly ? clause.slice(1) : clause) }
}

function findFrom(tokens: readonly Token[], start: number): number | undefined {
  for (let index = start; index < tokens.length; index++) {
    const token = tokens[index]
    if (token?.text === 'from' && tokens[index + 1]?.kind === 'string') return index
    const belongs = token?.kind === 'word' || (token?.kind === 'mark' && ['{', '}', ',', '*'].includes(token.text)) || token?.kind === 'string'
    if (!belongs) return undefined
    if (token.text === '}' && tokens[index + 1]?.text !== 'from') return undefined
  }
  return undefined
}

function namesOf(clause: readonly Token[]): readonly string[] {
  const names: string[] = []
  let inBraces = false
  for (const [index, token] of clause.entries()) {
    if (token.text === '{') inBraces = true
    else if (token.text === '*') names.push('*')
    else if (token.kind === 'word' && inBraces && ['{', ','].includes(before(clause, index))) names.push(token.text)
    else if (token.kind === 'word' && !inBraces && index === 0) names.push('default')
  }
  return names
}

/** The mark before a name, looking past an inline `type`. */
function before(clause: readonly Token[], index: number): string {
  const previous = clause[index - 1]?.text ?? ''
  const current = clause[index]
  const following = clause[index + 1]
  if (current?.text === 'type' && following?.kind === 'word' && following.text !== 'as') return ''
  return previous === 'type' ? (clause[index - 2]?.text ?? '') : previous
}
