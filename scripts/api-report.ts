// node scripts/api-report.ts [--write]: the public API of the packages that strangers use, as one file each. Without --write
// it compares: a change of the door is then a change somebody has seen.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { declaredStatements, doorEntries } from './api-report/declared-statements.ts'

const REPORTED = ['sip']

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const declarations = mkdtempSync(join(tmpdir(), 'dialtone-api-'))
const compiler = join(root, 'node_modules/typescript/bin/tsc')
try {
  // A type error elsewhere is the business of `npm run types`: the declarations are written all the same.
  const parameters = ['-p', 'tsconfig.json', '--noEmit', 'false', '--emitDeclarationOnly', '--declaration', '--rootDir', '.', '--outDir', declarations]
  spawnSync(process.execPath, [compiler, ...parameters], { cwd: root, stdio: 'ignore' })
  const stale = REPORTED.filter((name) => !report(name))
  process.exitCode = stale.length > 0 ? 1 : 0
} finally {
  rmSync(declarations, { recursive: true, force: true })
}

/** @returns false when the checked-in report is not what the code says */
function report(name: string): boolean {
  const path = join(root, 'packages', name, 'API.md')
  const statements = exportsOf(join(declarations, 'packages', name, 'src/index.d.ts'))
  const body = [...statements].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, text]) => text)
  const text = `# Public API of @dialtone/${name}\n\nWritten by \`node scripts/api-report.ts --write\`; CI fails when it is not what the code says.\n\n\`\`\`ts\n${body.join('\n\n')}\n\`\`\`\n`
  if (process.argv.includes('--write')) writeFileSync(path, text)
  const same = existsSync(path) && readFileSync(path, 'utf8') === text
  console.log(`packages/${name}/API.md ${same ? 'is' : 'is NOT'} what the code says (${statements.size} exports)`)
  return same
}

/** Every name a module exports, with its declaration, wherever it comes from. */
function exportsOf(path: string): ReadonlyMap<string, string> {
  const text = readFileSync(path, 'utf8')
  const found = new Map(declaredStatements(text))
  for (const { from, names } of doorEntries(text)) {
    const inner = exportsOf(join(dirname(path), from.replace(/\.ts$/, '.d.ts')))
    for (const name of names === '*' ? inner.keys() : names) found.set(name, inner.get(name) ?? `export { ${name} } from '${from}'`)
  }
  return found
}
