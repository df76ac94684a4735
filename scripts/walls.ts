// npm run walls: who may import whom, what may do input and output, what stays pure, how long and how named.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkWalls } from './walls/check-walls.ts'

const root = process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), '..')
const { moduleCount, importCount, violations } = checkWalls(root)
const errors = violations.filter((found) => found.severity === 'error')
const warnings = violations.filter((found) => found.severity === 'warning')
for (const found of [...warnings, ...errors]) console.log(`${found.severity} ${found.rule}: ${found.path}:${found.line} ${found.message}`)
console.log(`walls: ${moduleCount} modules, ${importCount} imports, ${errors.length} errors, ${warnings.length} warnings`)
process.exit(errors.length > 0 ? 1 : 0)
