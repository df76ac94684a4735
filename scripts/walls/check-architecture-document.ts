import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PACKAGE_RULES, type PackageRule, SKIPPED_FOLDERS } from './rules.ts'
import { type Violation, violation } from './violation.ts'

const DOCUMENT = 'ARCHITECTURE.md'
const PLANNED = /\((planned|later)\)/

/** ARCHITECTURE.md must say what the walls enforce and name the folders that exist. */
export function checkArchitectureDocument(root: string): readonly Violation[] {
  const path = join(root, DOCUMENT)
  if (!existsSync(path)) return [violation('architecture-document', DOCUMENT, 1, 'the file is missing')]
  const lines = readFileSync(path, 'utf8').split('\n')
  return [...compareTable(lines), ...compareTree(root, lines)]
}

// The table: `| package | may import |`.

function compareTable(lines: readonly string[]): readonly Violation[] {
  const header = lines.findIndex((line) => /^\|\s*package\s*\|\s*may import\s*\|/i.test(line))
  if (header < 0) return [violation('architecture-table', DOCUMENT, 1, 'no table "| package | may import |"')]
  const found: Violation[] = []
  const said = new Set<string>()
  for (let index = header + 2; lines[index]?.startsWith('|'); index++) {
    const [, names = '', cell = ''] = (lines[index] ?? '').split('|')
    for (const name of names.split('·').map((part) => part.replaceAll('`', '').trim())) {
      said.add(name)
      const rule = PACKAGE_RULES[name]
      const problem = rule === undefined ? 'is not known to the walls' : describesRule(cell, rule)
      if (problem !== undefined) found.push(violation('architecture-table', DOCUMENT, index + 1, `${name}: ${problem}`))
    }
  }
  for (const name of Object.keys(PACKAGE_RULES))
    if (!said.has(name)) found.push(violation('architecture-table', DOCUMENT, header + 1, `${name} is missing from the table`))
  return found
}

/** @returns what the cell gets wrong, or undefined when it says the same as the rule. */
function describesRule(cell: string, rule: PackageRule): string | undefined {
  const text = cell.replaceAll('`', '')
  if (rule.mayImport === 'everything') {
    if (!/\beverything\b/.test(text)) return 'the walls allow everything'
    const excepted = /everything but ([^;]*)/.exec(text)?.[1] ?? ''
    return sameNames(namesIn(excepted), rule.except ?? []) ? undefined : `the walls except ${(rule.except ?? []).join(', ') || 'nothing'}`
  }
  const types: string[] = []
  for (const part of text.split(',')) if (/\btypes?\b/.test(part)) types.push(...namesIn(part))
  if (!sameNames(namesIn(text), rule.mayImport)) return `the walls say: ${rule.mayImport.join(', ') || 'nothing'}`
  return sameNames(types, rule.typesOnly ?? []) ? undefined : `types only, say the walls: ${(rule.typesOnly ?? []).join(', ') || 'none'}`
}

function namesIn(text: string): readonly string[] {
  return Object.keys(PACKAGE_RULES).filter((name) => new RegExp(`(^|[^\\w/-])${name}($|[^\\w/-])`).test(text))
}

function sameNames(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((name) => right.includes(name))
}

// The tree: the first fenced block that names both apps/ and packages/, two spaces a level.

interface TreeEntry {
  readonly path: string
  readonly line: number
  readonly planned: boolean
}

function compareTree(root: string, lines: readonly string[]): readonly Violation[] {
  const entries = readTree(lines)
  if (entries.length === 0) return [violation('architecture-tree', DOCUMENT, 1, 'no fenced folder tree with apps/ and packages/')]
  const found: Violation[] = []
  for (const entry of entries) {
    const exists = existsSync(join(root, entry.path))
    if (!exists && !entry.planned) found.push(violation('architecture-tree', DOCUMENT, entry.line, `${entry.path} does not exist (mark it "(planned)")`))
    if (exists && entry.planned) found.push(violation('architecture-tree', DOCUMENT, entry.line, `${entry.path} exists: it is no longer planned`))
  }
  const named = new Set(entries.map((entry) => entry.path.replace(/\/$/, '')))
  const opened = new Set(['', ...[...named].map((path) => path.split('/').slice(0, -1).join('/'))])
  for (const folder of opened)
    for (const child of foldersIn(root, folder))
      if (!named.has(child)) found.push(violation('architecture-tree', DOCUMENT, 1, `${child}/ is missing from the tree`))
  return found
}

function readTree(lines: readonly string[]): readonly TreeEntry[] {
  for (let start = 0; start < lines.length; start++) {
    if (!lines[start]?.startsWith('```')) continue
    const end = lines.findIndex((line, index) => index > start && line.startsWith('```'))
    const block = lines.slice(start + 1, end < 0 ? undefined : end)
    if (block.some((line) => line.startsWith('apps/')) && block.some((line) => line.startsWith('packages/'))) return entriesOf(block, start + 2)
    start = end < 0 ? lines.length : end
  }
  return []
}

function entriesOf(block: readonly string[], firstLine: number): readonly TreeEntry[] {
  const entries: TreeEntry[] = []
  const parents: string[] = []
  for (const [index, line] of block.entries()) {
    const indent = line.length - line.trimStart().length
    const depth = Math.floor(indent / 2)
    // Several files may share a line; a comment begins after two spaces. Deep indentation continues a comment.
    const [names = ''] = line.trim().split(/\s{2,}/)
    if (names === '' || indent > 8) continue
    for (const name of names.split(' ').filter((word) => /^[\w.-]+(\/[\w.-]*)*$/.test(word))) {
      parents.length = depth
      entries.push({ path: `${parents.join('')}${name}`, line: firstLine + index, planned: PLANNED.test(line) })
      if (name.endsWith('/')) parents[depth] = name
    }
  }
  return entries
}

/** Sub-folders that hold at least one file; hidden ones only count when they are ours. */
function foldersIn(root: string, folder: string): readonly string[] {
  const start = join(root, folder)
  if (!existsSync(start)) return []
  return readdirSync(start, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !SKIPPED_FOLDERS.has(entry.name) && (!entry.name.startsWith('.') || entry.name === '.ci'))
    .map((entry) => (folder === '' ? entry.name : `${folder}/${entry.name}`))
    .filter((path) => holdsFile(join(root, path)))
}

function holdsFile(folder: string): boolean {
  return readdirSync(folder, { withFileTypes: true }).some(
    (entry) => entry.isFile() || (entry.isDirectory() && !SKIPPED_FOLDERS.has(entry.name) && holdsFile(join(folder, entry.name))),
  )
}
