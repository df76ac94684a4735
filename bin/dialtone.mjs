#!/usr/bin/env node
// The `dialtone` command: finds the project's own Node.js, then runs the program.
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const child = spawn(process.execPath, [join(root, 'tools/runtime/with-node.mjs'), 'apps/server/src/dialtone.ts', ...process.argv.slice(2)], {
  stdio: 'inherit',
})
// A supervisor signals only us; without us the server would go on alone.
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
process.on('SIGINT', () => {})
child.on('exit', (code) => process.exit(code ?? 1))
