import { functionSpansOf } from './function-spans.ts'
import { DEFAULT_EXPORT_ALLOWED, ENVIRONMENT_ROOMS, FORBIDDEN_NAME_ENDINGS, FORBIDDEN_NAMES, FUNCTION_LINES_LIMIT, LINES_LIMIT, LINES_WARN } from './rules.ts'
import { BEFORE_EXPRESSION, type Token } from './source-tokens.ts'
import type { SourceModule } from './source-tree.ts'
import { type Violation, violation } from './violation.ts'

/** Sizes, names and words, one file at a time. */
export function checkShapes(modules: readonly SourceModule[]): readonly Violation[] {
  return modules.flatMap((module) => [
    ...fileLength(module),
    ...functionLengths(module),
    ...fileName(module),
    ...defaultExports(module),
    ...forbiddenWords(module),
  ])
}

function fileLength(module: SourceModule): readonly Violation[] {
  const { lineCount, path } = module
  if (lineCount > LINES_LIMIT) return [violation('file-length', path, lineCount, `${lineCount} lines; the limit is ${LINES_LIMIT}`)]
  return lineCount > LINES_WARN ? [{ ...violation('file-length', path, lineCount, `${lineCount} lines; can it be split?`), severity: 'warning' }] : []
}

function functionLengths(module: SourceModule): readonly Violation[] {
  return functionSpansOf(module.tokens)
    .filter((span) => span.lineCount > FUNCTION_LINES_LIMIT && !(module.isTest && span.isTestGroup))
    .map((span) => violation('function-length', module.path, span.startLine, `a function of ${span.lineCount} lines; the limit is ${FUNCTION_LINES_LIMIT}`))
}

function fileName(module: SourceModule): readonly Violation[] {
  const parts = module.path.split('/').slice(1)
  const found: Violation[] = []
  for (const part of parts) {
    const name = part.replace(/(\.(test|bench|config))?\.m?ts$/, '')
    if (FORBIDDEN_NAMES.has(name) || FORBIDDEN_NAME_ENDINGS.some((ending) => name.endsWith(ending)))
      found.push(violation('file-name', module.path, 1, `"${name}" says nothing: name it after what it exports`))
    else if (part.endsWith('ts') && !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) found.push(violation('file-name', module.path, 1, `"${part}" is not kebab-case`))
  }
  return found
}

function defaultExports(module: SourceModule): readonly Violation[] {
  if (DEFAULT_EXPORT_ALLOWED.some((pattern) => pattern.test(module.path))) return []
  return module.tokens.flatMap((token, index) => {
    const exported = token.text === 'default' && token.kind === 'word' && ['export', 'as'].includes(module.tokens[index - 1]?.text ?? '')
    // `import { default as x }` and `export { default } from` of a third party end in a name of ours.
    return exported ? [violation('no-default-export', module.path, token.line, 'export by name')] : []
  })
}

function forbiddenWords(module: SourceModule): readonly Violation[] {
  return module.tokens.flatMap((token, index) => {
    if (isAny(module.tokens, token, index))
      return [violation('no-any', module.path, token.line, 'say what it is; `unknown` and a check when it comes from outside')]
    if (isNonNull(module.tokens, token, index)) return [violation('no-non-null', module.path, token.line, 'prove it with a check instead of `!`')]
    if (readsEnvironment(module, token, index))
      return [violation('environment-is-read-once', module.path, token.line, 'only the configuration room reads process.env')]
    return []
  })
}

/** Only where a type can stand: a variable of that name is no more than a poor name. */
function isAny(tokens: readonly Token[], token: Token, index: number): boolean {
  if (token.kind !== 'word' || token.text !== 'any') return false
  const before = tokens[index - 1]?.text ?? ''
  const after = tokens[index + 1]?.text ?? ''
  if (AFTER_ANY_VALUE.has(after)) return false
  if (before === ',') return [',', '>', '[', '|', '&'].includes(after)
  if (before === '=') return tokens[index - 3]?.text === 'type' || [',', '>'].includes(after)
  if (before === '?') return after === ':'
  return BEFORE_TYPE.has(before) && after !== ':'
}

const BEFORE_TYPE = new Set([':', '<', '|', '&', 'as', '=>', 'extends', 'is', 'satisfies', 'readonly', 'keyof', '?:'])
/** What follows a value and never a type. */
const AFTER_ANY_VALUE = new Set(['.', '?.', '(', '===', '!==', '==', '!=', '??', '&&', '||', '+', '-', '*', '/'])

/** `!` after an operand on the same line asserts; after an operator or a keyword it negates. */
function isNonNull(tokens: readonly Token[], token: Token, index: number): boolean {
  if (token.kind !== 'mark' || token.text !== '!') return false
  const before = tokens[index - 1]
  if (before === undefined || before.line !== token.line) return false
  if (before.kind === 'mark') return [')', ']', '}'].includes(before.text) && (tokens[index + 1]?.kind === 'mark' || tokens[index + 1]?.line !== token.line)
  return before.kind !== 'word' || !NEGATABLE_AFTER.has(before.text)
}

const NEGATABLE_AFTER: ReadonlySet<string> = new Set([...BEFORE_EXPRESSION, 'if', 'while'])

function readsEnvironment(module: SourceModule, token: Token, index: number): boolean {
  if (module.isTest || token.kind !== 'word' || token.text !== 'process') return false
  const [dot, name] = [module.tokens[index + 1], module.tokens[index + 2]]
  const reads = ((dot?.text === '.' || dot?.text === '?.') && name?.text === 'env') || (dot?.text === '[' && name?.text === 'env')
  return reads && !ENVIRONMENT_ROOMS.some((room) => room.test(module.path))
}
