import { existsSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join } from 'node:path'
import { BLACK_BOX, BLACK_BOX_MAY_IMPORT, IO_MODULES, IO_ROOMS, PACKAGE_RULES, PACKAGE_SCOPE, PURE_NET_NAMES, SLICED, SURFACES } from './rules.ts'
import type { ImportEdge, SourceModule } from './source-tree.ts'
import { type Violation, violation } from './violation.ts'

type Check = (module: SourceModule, edge: ImportEdge, root: string) => string | undefined

/** One rule an entry: what it is called, and the sentence it says about an import that breaks it. */
const CHECKS: Readonly<Record<string, Check>> = {
  'import-resolves': (_, edge) =>
    edge.kind === 'missing'
      ? `${edge.specifier} does not exist`
      : edge.kind === 'computed'
        ? 'import() needs a literal, so that the graph can be read'
        : undefined,
  'node-modules-by-scheme': (_, edge) =>
    edge.kind === 'third-party' && builtinModules.includes(edge.specifier ?? '') ? `write node:${edge.specifier}` : undefined,
  'package-may-import': packageMayImport,
  'enter-by-the-door': enterByTheDoor,
  'types-only': typesOnly,
  'testkit-in-tests-only': (module, edge) =>
    edge.targetPackage !== undefined && PACKAGE_RULES[edge.targetPackage]?.testsOnly && !module.isTest && module.packageName !== edge.targetPackage
      ? `only tests may import ${edge.targetPackage}`
      : undefined,
  'black-box-stays-outside': blackBox,
  'io-has-few-rooms': ioHasFewRooms,
  'third-party-is-declared': thirdPartyIsDeclared,
  'slices-meet-at-the-door': slicesMeetAtTheDoor,
  'surfaces-never-meet': surfacesNeverMeet,
}

export function checkImports(modules: readonly SourceModule[], root: string): readonly Violation[] {
  const found: Violation[] = []
  for (const module of modules)
    for (const edge of module.imports)
      for (const [rule, check] of Object.entries(CHECKS)) {
        const message = check(module, edge, root)
        if (message !== undefined) found.push(violation(rule, module.path, edge.line, message))
      }
  return found
}

function packageMayImport(module: SourceModule, edge: ImportEdge): string | undefined {
  if (edge.kind === 'package' && edge.targetPackage === undefined) return `${edge.specifier} is no package of ours`
  const from = module.packageName
  const to = edge.targetPackage
  if (from === undefined || to === undefined || from === to) return undefined
  const rule = PACKAGE_RULES[from]
  if (rule === undefined || rule.except?.includes(to)) return `${from} may not import ${to}`
  if (rule.mayImport === 'everything' || rule.mayImport.includes(to)) return undefined
  // Tests stand outside the production graph: they may add the testkit, but nothing above their own package.
  if (module.isTest && to === 'testkit') return undefined
  return `${from} may import ${rule.mayImport.length === 0 ? 'nothing of ours' : `only ${rule.mayImport.join(', ')}`}, not ${to}`
}

/** Another package is entered by its name and one of its exports, never by a path into its folder. */
function enterByTheDoor(module: SourceModule, edge: ImportEdge, root: string): string | undefined {
  if (edge.targetPackage === undefined) return undefined
  if (edge.kind !== 'package') return edge.targetPackage === module.packageName ? undefined : `enter ${edge.targetPackage} by its name, not by a path`
  if (edge.targetPackage === module.packageName) return `inside ${module.packageName} import by relative path`
  const [, ...rest] = (edge.specifier ?? '').slice(PACKAGE_SCOPE.length).split('/')
  const door = rest.length === 0 ? '.' : `./${rest.join('/')}`
  const manifest = readManifest(root, PACKAGE_RULES[edge.targetPackage]?.folder ?? '')
  return door in (manifest.exports ?? {}) ? undefined : `${edge.targetPackage} has no door ${door}`
}

function typesOnly(module: SourceModule, edge: ImportEdge): string | undefined {
  if (module.packageName === undefined || edge.targetPackage === undefined || edge.typeOnly || module.isTest) return undefined
  return PACKAGE_RULES[module.packageName]?.typesOnly?.includes(edge.targetPackage)
    ? `${module.packageName} takes only types from ${edge.targetPackage}: write import type`
    : undefined
}

function blackBox(module: SourceModule, edge: ImportEdge): string | undefined {
  if (!BLACK_BOX.test(module.path) || edge.targetPackage === undefined || BLACK_BOX_MAY_IMPORT.has(edge.targetPackage)) return undefined
  return 'black-box tests speak to the server over the wire and import none of its code'
}

function ioHasFewRooms(module: SourceModule, edge: ImportEdge): string | undefined {
  const name = edge.specifier?.replace(/^node:/, '') ?? ''
  if (module.packageName === undefined || module.isTest || edge.typeOnly || !IO_MODULES.has(name)) return undefined
  if (name === 'net' && edge.names.length > 0 && edge.names.every((imported) => PURE_NET_NAMES.has(imported))) return undefined
  return IO_ROOMS.some((room) => room.test(module.path)) ? undefined : `${edge.specifier} does input or output; this room may not`
}

/** What a package uses stands in its own package.json; tools and tests may use what the root declares. */
function thirdPartyIsDeclared(module: SourceModule, edge: ImportEdge, root: string): string | undefined {
  const { specifier } = edge
  if (edge.kind !== 'third-party' || specifier === undefined || builtinModules.includes(specifier)) return undefined
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
  const own = module.packageName === undefined ? {} : readManifest(root, PACKAGE_RULES[module.packageName]?.folder ?? '')
  const outside = module.packageName === undefined || module.isTest
  const declared = { ...own.dependencies, ...own.optionalDependencies, ...own.devDependencies, ...(outside ? readManifest(root, '').devDependencies : {}) }
  return name in declared ? undefined : `${name} is not declared in package.json`
}

function slicesMeetAtTheDoor(module: SourceModule, edge: ImportEdge): string | undefined {
  const from = sliceOf(module.path)
  const to = sliceOf(edge.target ?? '')
  if (from === undefined || to === undefined || from === to || edge.target === `${SLICED}${to}/index.ts`) return undefined
  return `enter ${to} by ${to}/index.ts`
}

/** The folder directly below the sliced package's source. */
function sliceOf(path: string): string | undefined {
  if (!path.startsWith(SLICED)) return undefined
  const parts = path.slice(SLICED.length).split('/')
  return parts.length > 1 ? parts[0] : undefined
}

function surfacesNeverMeet(module: SourceModule, edge: ImportEdge): string | undefined {
  const from = surfaceOf(module.path)
  const to = surfaceOf(edge.target ?? '')
  return from !== undefined && to !== undefined && from !== to ? `surface ${from} may not import surface ${to}` : undefined
}

function surfaceOf(path: string): string | undefined {
  if (!path.startsWith(SLICED)) return undefined
  const parts = path.slice(SLICED.length).split('/')
  return SURFACES.find((surface) => parts.includes(surface) || parts.at(-1)?.startsWith(`${surface}-`))
}

interface Manifest {
  readonly exports?: Readonly<Record<string, unknown>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

function readManifest(root: string, folder: string): Manifest {
  const path = join(root, folder, 'package.json')
  // A manifest is what npm says it is; anything else fails in npm long before us.
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Manifest) : {}
}
