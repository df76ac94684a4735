import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { checkWalls } from './walls/check-walls.ts'
import { functionSpansOf } from './walls/function-spans.ts'
import { factsOf } from './walls/module-facts.ts'
import { PACKAGE_RULES } from './walls/rules.ts'
import { tokensOf } from './walls/source-tokens.ts'

const trees: string[] = []

afterEach(() => {
  for (const tree of trees.splice(0)) rmSync(tree, { recursive: true, force: true })
})

type Files = Readonly<Record<string, string>>

const ARCHITECTURE = `# Architecture

\`\`\`
ARCHITECTURE.md
packages/
${Object.values(PACKAGE_RULES)
  .filter((rule) => rule.folder.startsWith('packages/'))
  .map((rule) => `  ${rule.folder.slice('packages/'.length)}/`)
  .join('\n')}
apps/
  server/
  portal/      (planned)
acceptance/
\`\`\`

| package | may import |
|---|---|
| foundation | – |
| sip · numbering | foundation |
| media | foundation |
| call-routing · rating | foundation, numbering |
| softswitch | foundation, sip, media, numbering, call-routing, rating |
| control-plane | foundation, numbering, call-routing (types of the snapshot), rating, (types only) the \`ports\` door of softswitch |
| api-client | – |
| apps/server | everything but testkit |
| apps/portal | api-client |
| testkit | everything; only tests may import it |
`

/** A small tree that keeps every rule. */
function cleanTree(): Record<string, string> {
  const files: Record<string, string> = { 'ARCHITECTURE.md': ARCHITECTURE, 'package.json': '{"devDependencies":{"vitest":"5.0.3"}}' }
  for (const [name, rule] of Object.entries(PACKAGE_RULES)) {
    if (name === 'apps/portal') continue
    files[`${rule.folder}/package.json`] = '{"exports":{".":"./src/index.ts"},"dependencies":{"kysely":"1"}}'
    files[`${rule.folder}/src/index.ts`] = 'export const name = 1\n'
  }
  files['acceptance/phone.test.ts'] = "import { it } from 'vitest'\nimport { createSocket } from 'node:dgram'\nit('x', () => createSocket('udp4').close())\n"
  files['packages/sip/src/transport/udp.ts'] = "import { createSocket } from 'node:dgram'\nexport const open = () => createSocket('udp4')\n"
  files['packages/control-plane/src/accounts/index.ts'] = "export const accounts = 'import(`x`) any process.env'\n"
  files['packages/control-plane/src/users/user.ts'] = "import { accounts } from '../accounts/index.ts'\nexport const user = accounts\n"
  return files
}

/** Writes the clean tree with some files added or replaced, and returns the rules it breaks. */
function brokenRules(changes: Files): readonly string[] {
  const root = mkdtempSync(join(tmpdir(), 'dialtone-walls-'))
  trees.push(root)
  for (const [path, content] of Object.entries({ ...cleanTree(), ...changes })) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  return [
    ...new Set(
      checkWalls(root)
        .violations.filter((found) => found.severity === 'error')
        .map((found) => found.rule),
    ),
  ]
}

const lines = (count: number): string => 'const x = 1\n'.repeat(count)

/** One deliberate violation a row: what it is, the rule that must catch it, the files that commit it. */
const VIOLATIONS: readonly (readonly [what: string, rule: string, files: Files])[] = [
  [
    'a lower package importing a higher one',
    'package-may-import',
    { 'packages/sip/src/a.ts': "import { name } from '@dialtone/softswitch'\nexport const a = name\n" },
  ],
  [
    'the call plane importing the control plane',
    'package-may-import',
    { 'packages/softswitch/src/a.ts': "import type { X } from '@dialtone/control-plane'\nexport type Y = X\n" },
  ],
  ['the control plane importing the SIP stack', 'package-may-import', { 'packages/control-plane/src/a.ts': "export * from '@dialtone/sip'\n" }],
  ['a dynamic import of a higher package', 'package-may-import', { 'packages/media/src/a.ts': "export const a = () => import('@dialtone/sip')\n" }],
  ['the server importing the testkit', 'package-may-import', { 'apps/server/src/a.ts': "import '@dialtone/testkit'\n" }],
  ['a package that does not exist', 'package-may-import', { 'apps/server/src/a.ts': "import '@dialtone/nothing'\n" }],
  [
    'production code importing the testkit',
    'testkit-in-tests-only',
    { 'bench/a.ts': "import '@dialtone/testkit'\n", 'ARCHITECTURE.md': ARCHITECTURE.replace('acceptance/', 'acceptance/\nbench/') },
  ],
  [
    'a path into another package',
    'enter-by-the-door',
    { 'packages/softswitch/src/a.ts': "import { open } from '../../sip/src/transport/udp.ts'\nexport const a = open\n" },
  ],
  [
    'a door that is not in exports',
    'enter-by-the-door',
    { 'packages/softswitch/src/a.ts': "import { open } from '@dialtone/sip/src/transport/udp.ts'\nexport const a = open\n" },
  ],
  ['a package importing itself by name', 'enter-by-the-door', { 'packages/sip/src/a.ts': "import { name } from '@dialtone/sip'\nexport const a = name\n" }],
  [
    'values where only types may pass',
    'types-only',
    { 'packages/control-plane/src/a.ts': "import { name } from '@dialtone/call-routing'\nexport const a = name\n" },
  ],
  [
    'a black-box test importing the server',
    'black-box-stays-outside',
    { 'acceptance/a.test.ts': "import { name } from '@dialtone/sip'\nexport const a = name\n" },
  ],
  [
    'a circle between two files',
    'no-cycles',
    { 'packages/sip/src/a.ts': "import { b } from './b.ts'\nexport const a = () => b\n", 'packages/sip/src/b.ts': "export { a as b } from './a.ts'\n" },
  ],
  ['an import of a file that is not there', 'import-resolves', { 'packages/sip/src/a.ts': "import './gone.ts'\n" }],
  ['an import of something computed', 'import-resolves', { 'packages/sip/src/a.ts': 'export const a = (n: string) => import(`./${n}.ts`)\n' }],
  ['a built-in module without its scheme', 'node-modules-by-scheme', { 'apps/server/src/a.ts': "import 'fs'\n" }],
  [
    'a socket outside the transport room',
    'io-has-few-rooms',
    { 'packages/sip/src/user-agent/a.ts': "import { createSocket } from 'node:dgram'\nexport const a = createSocket\n" },
  ],
  [
    'a file read in a slice',
    'io-has-few-rooms',
    { 'packages/control-plane/src/users/a.ts': "import { readFileSync } from 'node:fs'\nexport const a = readFileSync\n" },
  ],
  ['a dependency nobody declared', 'third-party-is-declared', { 'packages/sip/src/transport/a.ts': "import 'left-pad'\n" }],
  [
    'a slice reaching into another',
    'slices-meet-at-the-door',
    { 'packages/control-plane/src/accounts/a.ts': "import { user } from '../users/user.ts'\nexport const a = user\n" },
  ],
  [
    'one surface importing another',
    'surfaces-never-meet',
    {
      'packages/control-plane/src/users/v2-routes.ts': "import type { T } from './v2-hyphen-routes.ts'\nexport type U = T\n",
      'packages/control-plane/src/users/v2-hyphen-routes.ts': 'export type T = 1\n',
    },
  ],
  ['a timer in a pure room', 'pure-stays-pure', { 'packages/sip/src/transaction/a.ts': 'export const a = () => setTimeout(() => undefined, 1)\n' }],
  ['the clock in a pure room', 'pure-stays-pure', { 'packages/numbering/src/a.ts': 'export const a = () => Date.now()\n' }],
  ['new Date() in a pure room', 'pure-stays-pure', { 'packages/rating/src/a.ts': 'export const a = () => new Date()\n' }],
  ['randomness in a pure room', 'pure-stays-pure', { 'packages/call-routing/src/a.ts': 'export const a = () => Math.random()\n' }],
  ['await in a pure room', 'pure-stays-pure', { 'packages/softswitch/src/calls/state/a.ts': 'export const a = async (p: Promise<number>) => await p\n' }],
  ['a hash in a pure room', 'pure-stays-pure', { 'packages/sip/src/message/a.ts': "import { createHash } from 'node:crypto'\nexport const a = createHash\n" }],
  ['a third party in a pure room', 'pure-stays-pure', { 'packages/media/src/sdp/a.ts': "import 'kysely'\n" }],
  [
    'the system clock taken from foundation',
    'pure-stays-pure',
    { 'packages/sip/src/dialog/a.ts': "import { newId } from '@dialtone/foundation'\nexport const a = newId\n" },
  ],
  ['an impure file behind a pure one', 'pure-stays-pure', { 'packages/sip/src/message/a.ts': "export { open } from '../transport/udp.ts'\n" }],
  ['a file of 501 lines', 'file-length', { 'packages/sip/src/a.ts': lines(501) }],
  ['a function of 71 lines', 'function-length', { 'packages/sip/src/a.ts': `export function a(): { x: number } {\n${lines(69)}}\n` }],
  ['an arrow function of 71 lines', 'function-length', { 'packages/sip/src/a.ts': `export const a = (x = {}) => {\n${lines(69)}}\n` }],
  [
    'a method of 71 lines',
    'function-length',
    { 'packages/sip/src/a.ts': `export class A {\n  async run(y: (z: 1) => void): Promise<Map<1, 2>> {\n${lines(69)}}\n}\n` },
  ],
  ['a file called utils', 'file-name', { 'packages/sip/src/utils.ts': 'export const a = 1\n' }],
  ['a folder called common', 'file-name', { 'packages/sip/src/common/a.ts': 'export const a = 1\n' }],
  ['a file in camelCase', 'file-name', { 'packages/sip/src/sipUri.ts': 'export const a = 1\n' }],
  ['a default export', 'no-default-export', { 'packages/sip/src/a.ts': 'export default 1\n' }],
  ['a renamed default export', 'no-default-export', { 'packages/sip/src/a.ts': 'const a = 1\nexport { a as default }\n' }],
  ['any', 'no-any', { 'packages/sip/src/a.ts': 'export const a = (x: Record<string, any>) => x\n' }],
  ['any after as', 'no-any', { 'packages/sip/src/a.ts': 'export const a = 1 as any\n' }],
  ['any as an alias', 'no-any', { 'packages/sip/src/a.ts': 'export type A = any\n' }],
  ['any as a result', 'no-any', { 'packages/sip/src/a.ts': 'export type A = (x: string) => any\n' }],
  ['any[]', 'no-any', { 'packages/sip/src/a.ts': 'export const a: any[] = []\n' }],
  ['a non-null assertion on a name', 'no-non-null', { 'packages/sip/src/a.ts': 'export const a = (x: string | undefined) => x!.length\n' }],
  ['a non-null assertion on a call', 'no-non-null', { 'packages/sip/src/a.ts': 'export const a = (x: number[]) => x.pop()!\n' }],
  ['a definite assignment', 'no-non-null', { 'packages/sip/src/a.ts': 'export class A {\n  x!: number\n}\n' }],
  ['the environment read in a package', 'environment-is-read-once', { 'packages/sip/src/a.ts': 'export const a = process.env.PORT\n' }],
  ['the environment read beside the configuration', 'environment-is-read-once', { 'apps/server/src/wiring/a.ts': "export const a = process['env']\n" }],
  ['no ARCHITECTURE.md table', 'architecture-table', { 'ARCHITECTURE.md': ARCHITECTURE.replace('may import', 'imports') }],
  [
    'a table that allows more than the walls',
    'architecture-table',
    { 'ARCHITECTURE.md': ARCHITECTURE.replace('| media | foundation |', '| media | foundation, sip |') },
  ],
  ['a table that hides "types only"', 'architecture-table', { 'ARCHITECTURE.md': ARCHITECTURE.replace('(types only) the', 'the') }],
  ['a table without a package', 'architecture-table', { 'ARCHITECTURE.md': ARCHITECTURE.replace('| apps/portal | api-client |\n', '') }],
  ['a tree that names a folder that is not there', 'architecture-tree', { 'ARCHITECTURE.md': ARCHITECTURE.replace('acceptance/', 'acceptance/\nexamples/') }],
  ['a tree that hides a folder', 'architecture-tree', { 'packages/secret/index.ts': 'export const a = 1\n' }],
  ['a planned folder that exists', 'architecture-tree', { 'apps/portal/index.ts': 'export const a = 1\n' }],
]

describe('walls', () => {
  it('stand in a tree that keeps every rule', () => {
    expect(brokenRules({})).toEqual([])
  })

  it.each(VIOLATIONS)('catch %s (%s)', (_what, rule, files) => {
    expect(brokenRules(files)).toContain(rule)
  })

  it('never pass when no module was read', () => {
    const empty = mkdtempSync(join(tmpdir(), 'dialtone-walls-'))
    trees.push(empty)
    const report = checkWalls(empty)
    expect(report.moduleCount).toBe(0)
    expect(report.violations.map((found) => found.rule)).toContain('reads-modules')
  })

  it('leave alone what only looks like a violation', () => {
    expect(
      brokenRules({
        'packages/sip/src/message/a.ts': [
          "import type { Socket } from './socket-shape.ts'",
          '// await setTimeout: process.env, any, import("@dialtone/softswitch")',
          '/* export default x! */',
          "const text = 'Date.now() any' + `Math.random() ${!(1 > 2)} process.env`",
          'const shape = { process: 1, any: 2, await: 3 }',
          'const any = shape.any',
          'export const b = any === 1 ? any + 1 : [any, any].some((each) => each === any)',
          'const pattern = /import x from "y"[/`]/.test(text)',
          'export const a = (socket: Socket, at: number) => [new Date(at), socket.process, shape.any, !pattern, 4 / 2 / 1, import.meta.url]',
        ].join('\n'),
        'packages/sip/src/message/socket-shape.ts': "import type { A } from './a-type.ts'\nexport interface Socket { readonly process: A }\n",
        'packages/sip/src/message/a-type.ts': "import type { Socket } from './socket-shape.ts'\nexport type A = Socket\n",
        'packages/sip/src/message/parse.test.ts': "import { readFileSync } from 'node:fs'\nimport '@dialtone/testkit'\nexport const a = readFileSync\n",
        'packages/sip/src/resolver/address.ts': "import { isIP } from 'node:net'\nexport const a = isIP\n",
      }),
    ).toEqual([])
  })
})

describe('the reader of imports', () => {
  it('finds every form and what each takes', () => {
    const { imports } = factsOf(
      [
        "import a, { b as c, type D } from './1.ts'",
        "import * as e from './2.ts'",
        "import './3.ts'",
        "import type { F } from './4.ts'",
        "export { g, h as i } from './5.ts'",
        "export * from './6.ts'",
        "export type { J } from './7.ts'",
        "const k = import('./8.ts')",
        'export { k }',
        "import json from './9.json' with { type: 'json' }",
      ].join('\n'),
    )
    expect(imports.map((found) => [found.specifier, found.typeOnly, found.names])).toEqual([
      ['./1.ts', false, ['default', 'b', 'D']],
      ['./2.ts', false, ['*']],
      ['./3.ts', false, []],
      ['./4.ts', true, ['F']],
      ['./5.ts', false, ['g', 'h']],
      ['./6.ts', false, ['*']],
      ['./7.ts', true, ['J']],
      ['./8.ts', false, ['*']],
      ['./9.json', false, ['default']],
    ])
  })
})

describe('the reader of functions', () => {
  it('tells bodies from control blocks and object types', () => {
    const source = [
      'function a(x: { y: 1 }): { z: 2 } {',
      '  if (x) { for (;;) { while (x) { } } }',
      '  return [1].map((n) => {',
      '    return n ? (n) : { n }',
      '  })',
      '}',
      'const o = { get b() { return 1 }, async c<T>(): Promise<T[]> { throw 1 }, d: (): void => { } }',
    ].join('\n')
    expect(functionSpansOf(tokensOf(source)).map((span) => [span.startLine, span.lineCount])).toEqual([
      [1, 6],
      [3, 3],
      [7, 1],
      [7, 1],
      [7, 1],
    ])
  })
})
