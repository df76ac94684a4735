/** The top-level declarations of a `.d.ts` text by the name they declare, without comments and private members. */
export function declaredStatements(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  let statement: string[] = []
  let depth = 0
  for (const line of withoutComments(text).split('\n')) {
    if (statement.length === 0 && !line.startsWith('export ')) continue
    if (line.trim() === '' || line.trim() === '#private;') continue
    statement.push(line)
    depth += bracketBalance(line)
    if (depth > 0 || !isLastLine(statement[0] ?? '', line)) continue
    const name = nameOf(statement[0] ?? '')
    // Overloads of one name stand together.
    if (name !== undefined) found.set(name, [...(found.has(name) ? [found.get(name)] : []), ...statement].join('\n'))
    statement = []
  }
  return found
}

/** `export * from` and `export { … } from` of a door: which names it takes from where; `*` for all of them. */
export function doorEntries(text: string): readonly { readonly from: string; readonly names: readonly string[] | '*' }[] {
  const entries = withoutComments(text).matchAll(/export\s+(?:type\s+)?(\*|\{([^}]*)\})\s+from\s+'([^']+)'/g)
  return [...entries].map(([, what, list, from]) => ({
    from: from ?? '',
    names: what === '*' ? ('*' as const) : (list ?? '').split(',').map(exportedName).filter(Boolean),
  }))
}

function exportedName(item: string): string {
  return item.trim().replace(/^type\s+/, '')
}

function nameOf(line: string): string | undefined {
  return /^export (?:declare )?(?:abstract )?(?:interface|type|class|function|const|let) ([\w$]+)/.exec(line)?.[1]
}

/** Interfaces and classes end with their brace, everything else with a semicolon. */
function isLastLine(first: string, line: string): boolean {
  return /^export (?:declare )?(?:interface|class) /.test(first) ? line.endsWith('}') : line.endsWith(';')
}

function bracketBalance(line: string): number {
  const plain = line.replaceAll(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|=>/g, '')
  return plain.split(/[([{<]/).length - plain.split(/[)\]}>]/).length
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '')
}
