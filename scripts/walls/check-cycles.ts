import type { SourceModule } from './source-tree.ts'
import { type Violation, violation } from './violation.ts'

/**
 * No file may reach itself through imports that exist while the program runs. `import type` is erased and may go
 * both ways inside a package; between packages the table of packages already forbids it.
 */
export function checkCycles(modules: readonly SourceModule[]): readonly Violation[] {
  const edges = new Map<string, readonly string[]>()
  for (const module of modules) {
    edges.set(
      module.path,
      module.imports.flatMap((edge) => (edge.typeOnly || edge.target === undefined ? [] : [edge.target])),
    )
  }
  return stronglyConnected(edges).map((circle) => violation('no-cycles', circle[0] ?? '', 1, `imports go in a circle: ${[...circle, circle[0]].join(' → ')}`))
}

/** Tarjan's algorithm; only components of more than one file, or a file that imports itself. */
function stronglyConnected(edges: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const order = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const circles: string[][] = []
  const visit = (path: string): void => {
    order.set(path, order.size)
    low.set(path, order.size - 1)
    stack.push(path)
    for (const target of edges.get(path) ?? []) {
      if (!edges.has(target)) continue
      if (!order.has(target)) visit(target)
      if (stack.includes(target)) low.set(path, Math.min(low.get(path) ?? 0, low.get(target) ?? 0))
    }
    if (low.get(path) !== order.get(path)) return
    const circle = stack.splice(stack.indexOf(path))
    if (circle.length > 1 || edges.get(path)?.includes(path)) circles.push(circle)
  }
  for (const path of edges.keys()) if (!order.has(path)) visit(path)
  return circles
}
