import { checkArchitectureDocument } from './check-architecture-document.ts'
import { checkCycles } from './check-cycles.ts'
import { checkImports } from './check-imports.ts'
import { checkPurity } from './check-purity.ts'
import { checkShapes } from './check-shapes.ts'
import { readSourceTree } from './source-tree.ts'
import { type Violation, violation } from './violation.ts'

export interface WallsReport {
  readonly moduleCount: number
  readonly importCount: number
  readonly violations: readonly Violation[]
}

/** Reads the tree below `root` and holds it to every rule. A check that saw no module is a failed check. */
export function checkWalls(root: string): WallsReport {
  const modules = readSourceTree(root)
  const nothing = modules.length === 0 ? [violation('reads-modules', '.', 1, 'no module was read: wrong folder?')] : []
  const violations = [
    ...nothing,
    ...checkImports(modules, root),
    ...checkCycles(modules),
    ...checkPurity(modules),
    ...checkShapes(modules),
    ...checkArchitectureDocument(root),
  ]
  return { moduleCount: modules.length, importCount: modules.reduce((sum, module) => sum + module.imports.length, 0), violations }
}
