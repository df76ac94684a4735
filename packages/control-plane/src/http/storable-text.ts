import { type FieldProblem, pascalCase } from '../failures/index.ts'

/** Deeper than any object of the interface; recursive code after this check never fills the stack. */
const MAX_DEPTH = 32

interface Visit {
  readonly value: unknown
  readonly path: string
  readonly depth: number
}

/** Control characters but for the three that lay out prose. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/
const LINE_BREAK = /[\t\n\r]/
/** Texts that may have lines: prose, and documents inside JSON. Everything else becomes a SIP header, a cell of a file or a line of a phone's configuration. */
const HAS_LINES =
  /(certificate|key|pem|text|body|content|html|notes?|reason|comments?|descriptions?|messages?|prompt|assertion|signature|data|file|customfield)$/i

/**
 * Finds text that PostgreSQL refuses to store or compare: U+0000 (text and jsonb) and halves of surrogate pairs
 * (jsonb refuses them, text would silently replace them), anywhere in an input, names of members included; and control characters,
 * line breaks among them where a text has one line: nobody means them, and whoever reads what is written with it may be misled.
 * Numbers that JSON can write and we could only store as others are refused too.
 * @param place what the value is called when it has no name of its own: `body`, `path`, `query`.
 * @param mayHaveLines texts are documents that somebody else reads, such as fields of a form.
 * @returns the first problem, or undefined.
 */
export function unstorableText(input: unknown, place: string, mayHaveLines = false): FieldProblem | undefined {
  const waiting: Visit[] = [{ value: input, path: '', depth: 0 }]
  for (let visit = waiting.pop(); visit !== undefined; visit = waiting.pop()) {
    const { value, path, depth } = visit
    const field = path === '' ? place : path
    if (typeof value === 'string') {
      const problem = textProblem(value, field, mayHaveLines)
      if (problem !== undefined) return problem
    }
    if (typeof value === 'number' && !isKept(value))
      return { field, code: codeOf(field), reason: 'is a number that cannot be kept as it is', rule: 'integers up to 2^53 - 1; longer ones as text' }
    if (typeof value !== 'object' || value === null) continue
    if (depth === MAX_DEPTH) return { field: fieldOf(field), code: 'NestedTooDeep', reason: 'is nested too deep', rule: `at most ${MAX_DEPTH} levels` }
    for (const [name, member] of Object.entries(value)) {
      if (!isStorable(name) || CONTROL.test(name) || LINE_BREAK.test(name)) return problemOf(field)
      waiting.push({ value: member, path: path === '' ? name : `${path}.${name}`, depth: depth + 1 })
    }
  }
  return undefined
}

function isStorable(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed()
}

function textProblem(text: string, field: string, mayHaveLines: boolean): FieldProblem | undefined {
  if (!isStorable(text)) return problemOf(field)
  if (CONTROL.test(text)) return { field, code: codeOf(field), reason: 'holds a control character', rule: 'text without U+0001 to U+001F and U+007F' }
  return mayHaveLines || !LINE_BREAK.test(text) || HAS_LINES.test(field)
    ? undefined
    : { field, code: codeOf(field), reason: 'holds a line break or a tab', rule: 'text of one line' }
}

/** Not infinite, and no digits of an integer lost. */
function isKept(value: number): boolean {
  return Number.isFinite(value) && (Number.isSafeInteger(value) || !Number.isInteger(value))
}

function codeOf(field: string): string {
  return `Invalid${pascalCase(field)}`
}

function problemOf(field: string): FieldProblem {
  return {
    field,
    code: codeOf(field),
    reason: 'holds a character that is not text',
    rule: 'Unicode text without U+0000 and without halves of surrogate pairs',
  }
}

/** The name of the member where the nesting begins says enough. */
function fieldOf(path: string): string {
  return path.split('.')[0] ?? path
}
