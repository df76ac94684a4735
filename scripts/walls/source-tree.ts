import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix, relative, sep } from 'node:path'
import { factsOf, type ImportFact, type ModuleFacts } from './module-facts.ts'
import { PACKAGE_RULES, PACKAGE_SCOPE, SKIPPED_FOLDERS, SOURCE_ROOTS, TEST_FILE } from './rules.ts'

export interface ImportEdge extends ImportFact {
  /** Path from the root when the import is relative and the file exists. */
  readonly target: string | undefined
  /** Name in PACKAGE_RULES when it leads into one of our packages. */
  readonly targetPackage: string | undefined
  readonly kind: 'relative' | 'package' | 'node' | 'third-party' | 'computed' | 'missing'
}

export interface SourceModule extends Omit<ModuleFacts, 'imports'> {
  /** From the root, with forward slashes. */
  readonly path: string
  readonly packageName: string | undefined
  readonly isTest: boolean
  readonly imports: readonly ImportEdge[]
}

/** Reads every TypeScript module of the tree below `root`. */
export function readSourceTree(root: string): readonly SourceModule[] {
  const modules: SourceModule[] = []
  for (const folder of SOURCE_ROOTS)
    for (const path of filesBelow(root, folder)) if (/\.m?ts$/.test(path) && !path.endsWith('.d.ts')) modules.push(readModule(root, path))
  return modules
}

export function filesBelow(root: string, folder: string): readonly string[] {
  const start = join(root, folder)
  if (!existsSync(start)) return []
  const found: string[] = []
  for (const entry of readdirSync(start, { withFileTypes: true })) {
    if (SKIPPED_FOLDERS.has(entry.name)) continue
    const path = posix.join(folder.split(sep).join('/'), entry.name)
    if (entry.isDirectory()) found.push(...filesBelow(root, path))
    else if (entry.isFile()) found.push(path)
  }
  return found.toSorted()
}

/** The package a path belongs to, by its folder. */
export function packageOf(path: string): string | undefined {
  return Object.entries(PACKAGE_RULES).find(([, rule]) => path.startsWith(`${rule.folder}/`))?.[0]
}

function readModule(root: string, path: string): SourceModule {
  const facts = factsOf(readFileSync(join(root, path), 'utf8'))
  return { ...facts, path, packageName: packageOf(path), isTest: TEST_FILE.test(path), imports: facts.imports.map((fact) => edgeOf(root, path, fact)) }
}

function edgeOf(root: string, path: string, fact: ImportFact): ImportEdge {
  const { specifier } = fact
  if (specifier === undefined) return { ...fact, kind: 'computed', target: undefined, targetPackage: undefined }
  if (specifier.startsWith('.') || specifier.startsWith('/')) {
    const target = relative(root, join(root, dirname(path), specifier))
      .split(sep)
      .join('/')
    const exists = existsSync(join(root, target))
    return { ...fact, kind: exists ? 'relative' : 'missing', target: exists ? target : undefined, targetPackage: packageOf(target) }
  }
  if (specifier.startsWith(PACKAGE_SCOPE)) {
    const name = specifier.slice(PACKAGE_SCOPE.length).split('/')[0] ?? ''
    const known = name in PACKAGE_RULES ? name : `apps/${name}`
    return { ...fact, kind: 'package', target: undefined, targetPackage: known in PACKAGE_RULES ? known : undefined }
  }
  const isNode = specifier.startsWith('node:')
  return { ...fact, kind: isNode ? 'node' : 'third-party', target: undefined, targetPackage: undefined }
}
