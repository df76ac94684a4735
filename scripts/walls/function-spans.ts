import type { Token } from './source-tokens.ts'

/** A function, method or accessor with a body in braces, from its parameters to its closing brace. */
export interface FunctionSpan {
  readonly startLine: number
  readonly lineCount: number
  /** The callback of `describe(…)` holds tests; it is as long as the file is. */
  readonly isTestGroup: boolean
}

const CONTROL = new Set(['if', 'for', 'while', 'switch', 'catch', 'with', 'await'])

export function functionSpansOf(tokens: readonly Token[]): readonly FunctionSpan[] {
  const partner = pairBrackets(tokens)
  const spans: FunctionSpan[] = []
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'mark') continue
    const open = token.text === ')' ? bodyAfterParameters(tokens, partner, index) : token.text === '=>' && isOpen(tokens[index + 1]) ? index + 1 : undefined
    if (open === undefined) continue
    const close = partner.get(open)
    const start = token.text === ')' ? (partner.get(index) ?? index) : index
    if (close === undefined) continue
    const startLine = tokens[start]?.line ?? 0
    spans.push({ startLine, lineCount: (tokens[close]?.line ?? startLine) - startLine + 1, isTestGroup: isTestGroup(tokens, start) })
  }
  return spans
}

/** Every bracket's index → the index of its partner. */
function pairBrackets(tokens: readonly Token[]): ReadonlyMap<number, number> {
  const partner = new Map<number, number>()
  const open: number[] = []
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'mark') continue
    if ('([{'.includes(token.text)) open.push(index)
    else if (')]}'.includes(token.text)) {
      const start = open.pop()
      if (start === undefined) continue
      partner.set(start, index)
      partner.set(index, start)
    }
  }
  return partner
}

/** After `(…)`: the `{` of a function body, past a return type if there is one. Arrow functions are found by their arrow. */
function bodyAfterParameters(tokens: readonly Token[], partner: ReadonlyMap<number, number>, close: number): number | undefined {
  const open = partner.get(close)
  if (open === undefined || CONTROL.has(tokens[open - 1]?.text ?? '')) return undefined
  const next = tokens[close + 1]
  if (isOpen(next)) return close + 1
  if (next?.text !== ':' || next.kind !== 'mark') return undefined
  const end = skipType(tokens, partner, close + 2)
  return isOpen(tokens[end]) ? end : undefined
}

/** The index after the type that begins here; good enough for return types. */
function skipType(tokens: readonly Token[], partner: ReadonlyMap<number, number>, start: number): number {
  let index = start
  let needsOperand = true
  while (index < tokens.length) {
    const token = tokens[index]
    if (token === undefined) break
    if (token.kind === 'mark' && '([{'.includes(token.text)) {
      if (!needsOperand && token.text !== '[') break
      index = (partner.get(index) ?? index) + 1
      needsOperand = tokens[index]?.text === '=>'
      if (needsOperand) index++
    } else if (token.text === '<' && token.kind === 'mark') index = skipTypeArguments(tokens, index)
    else if (token.kind === 'mark' && ['|', '&', '.'].includes(token.text)) {
      needsOperand = true
      index++
    } else if (token.kind === 'word' && ['keyof', 'typeof', 'readonly', 'is', 'asserts', 'unique', 'infer', 'extends'].includes(token.text)) {
      needsOperand = true
      index++
    } else if (token.kind !== 'mark' && (needsOperand || tokens[index + 1]?.text === 'is')) {
      needsOperand = false
      index++
    } else break
  }
  return index
}

function skipTypeArguments(tokens: readonly Token[], start: number): number {
  let depth = 0
  for (let index = start; index < tokens.length; index++) {
    const text = tokens[index]?.kind === 'mark' ? tokens[index]?.text : ''
    if (text === '<') depth++
    if (text === '>') depth--
    if (depth === 0) return index + 1
  }
  return tokens.length
}

function isOpen(token: Token | undefined): boolean {
  return token?.kind === 'mark' && token.text === '{'
}

/** Looks back to the beginning of the line for `describe`. */
function isTestGroup(tokens: readonly Token[], start: number): boolean {
  const line = tokens[start]?.line
  for (let index = start; index >= 0 && tokens[index]?.line === line; index--) if (tokens[index]?.text === 'describe') return true
  return false
}
