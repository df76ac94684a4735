import { IMPURE_FOUNDATION_NAMES, IMPURE_WORDS, PURE_NET_NAMES, PURE_NODE_MODULES, PURE_ROOMS } from './rules.ts'
import type { Token } from './source-tokens.ts'
import type { ImportEdge, SourceModule } from './source-tree.ts'
import { type Violation, violation } from './violation.ts'

/** A pure room is as pure as what it imports: every file it reaches by value inside its package is held to the same rules. */
export function checkPurity(modules: readonly SourceModule[]): readonly Violation[] {
  const byPath = new Map(modules.map((module) => [module.path, module]))
  const pending = modules.filter((module) => !module.isTest && PURE_ROOMS.some((room) => room.test(module.path)))
  const seen = new Set(pending)
  const found: Violation[] = []
  for (let module = pending.pop(); module !== undefined; module = pending.pop()) {
    found.push(...impureImports(module), ...impureWords(module))
    for (const edge of module.imports) {
      const target = edge.typeOnly ? undefined : byPath.get(edge.target ?? '')
      if (target === undefined || seen.has(target) || target.packageName !== module.packageName) continue
      seen.add(target)
      pending.push(target)
    }
  }
  return found
}

function impureImports(module: SourceModule): readonly Violation[] {
  return module.imports.flatMap((edge) => {
    const message = impureImport(edge)
    return message === undefined ? [] : [violation('pure-stays-pure', module.path, edge.line, message)]
  })
}

function impureImport(edge: ImportEdge): string | undefined {
  if (edge.kind === 'third-party') return `a pure room (or a file it uses) imports no third party: ${edge.specifier}`
  if (edge.kind === 'node') {
    const name = edge.specifier?.slice('node:'.length) ?? ''
    const harmless = PURE_NODE_MODULES.has(name) || (name === 'net' && edge.names.length > 0 && edge.names.every((imported) => PURE_NET_NAMES.has(imported)))
    return harmless ? undefined : `a pure room (or a file it uses) may not import ${edge.specifier}`
  }
  if (edge.targetPackage === 'foundation' && edge.kind === 'package' && !edge.typeOnly) {
    const impure = edge.names.filter((name) => IMPURE_FOUNDATION_NAMES.has(name))
    return impure.length === 0 ? undefined : `a pure room gets time and random values as arguments, not by ${impure.join(', ')}`
  }
  return undefined
}

function impureWords(module: SourceModule): readonly Violation[] {
  return module.tokens.flatMap((token, index) => {
    const word = impureWord(module.tokens, token, index)
    return word === undefined ? [] : [violation('pure-stays-pure', module.path, token.line, `a pure room (or a file it uses) may not use ${word}`)]
  })
}

function impureWord(tokens: readonly Token[], token: Token, index: number): string | undefined {
  if (token.kind !== 'word') return undefined
  const before = tokens[index - 1]?.text ?? ''
  const after = tokens[index + 1]?.text ?? ''
  if (['.', '?.'].includes(before)) return undefined
  if (token.text === 'Date' && before === 'new' && after === '(' && tokens[index + 2]?.text === ')') return 'new Date()'
  const pair = `${token.text}.${tokens[index + 2]?.text ?? ''}`
  if (after === '.' && IMPURE_WORDS.has(pair)) return pair
  // `{ process: … }` and `process?: …` name a property.
  const isPropertyName = (after === ':' || after === '?') && ['{', ',', ';', 'readonly'].includes(before)
  return IMPURE_WORDS.has(token.text) && !isPropertyName ? token.text : undefined
}
