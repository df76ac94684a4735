#!/usr/bin/env node
// The `dialtone` command.
import { createProgram } from './cli/create-program.ts'

const program = createProgram(
  async () => (await import('./start.ts')).startServer,
  // What is left at the end, such as an idle connection of a library, must not keep a stopped server alive.
  (code) => process.exit(code),
)
await program.parseAsync()
