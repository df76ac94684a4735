#!/usr/bin/env node
// The `dialtone` command.
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'
import { makeObjectsYoung, putCollectorBehind, rememberMoreShapes } from '@dialtone/foundation'
import { createProgram } from './cli/create-program.ts'

makeObjectsYoung()
rememberMoreShapes()
putCollectorBehind()
// Two thousand modules are stripped of their types and compiled at a start: what was done once is kept beside the
// dependencies, with which it goes. Where nothing can be written there, a start takes twice the processor time.
enableCompileCache(fileURLToPath(new URL('../../../node_modules/.cache/compiled', import.meta.url)))

const program = createProgram(
  async () => (await import('./start.ts')).startServer,
  // What is left at the end, such as an idle connection of a library, must not keep a stopped server alive.
  (code) => process.exit(code),
)
await program.parseAsync()
