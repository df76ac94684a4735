import { type FieldProblem, pascalCase } from '../failures/index.ts'

/** Deeper than any object of the interface; recursive code after this check never fills the stack. */
const MAX_DEPTH = 32

interface Visit {
  readonly value: unknown
  readonly path: string
  readonly depth: number
}

/**
 * Finds text that PostgreSQL refuses to store or compare: U+0000 (text and jsonb) and halves of surrogate pairs
 * (jsonb refuses them, text would silently replace them), anywhere in an input, names of members included.
 * @param place what the value is called when it has no name of its own: `body`, `path`, `query`.
 * @returns the first problem, or undefined.
 */
export function unstorableText(input: unknown, place: string): FieldProblem | undefined {
  const waiting: Visit[] = [{ value: input, path: '', depth: 0 }]
  for (let visit = waiting.pop(); visit !== undefined; visit = waiting.pop()) {
    const { value, path, depth } = visit
    const field = path === '' ? place : path
    if (typeof value === 'string' && !isStorable(value)) return problemOf(field)
    if (typeof value !== 'object' || value === null) continue
    if (depth === MAX_DEPTH) return { field: fieldOf(field), code: 'NestedTooDeep', reason: 'is nested too deep', rule: `at most ${MAX_DEPTH} levels` }
    for (const [name, member] of Object.entries(value)) {
      if (!isStorable(name)) return problemOf(field)
      waiting.push({ value: member, path: path === '' ? name : `${path}.${name}`, depth: depth + 1 })
    }
  }
  return undefined
}

function isStorable(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed()
}

function problemOf(field: string): FieldProblem {
  return {
    field,
    code: `Invalid${pascalCase(field)}`,
    reason: 'holds a character that is not text',
    rule: 'Unicode text without U+0000 and without halves of surrogate pairs',
  }
}

/** The name of the member where the nesting begins says enough. */
function fieldOf(path: string): string {
  return path.split('.')[0] ?? path
}
