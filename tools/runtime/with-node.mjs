#!/usr/bin/env node
// Runs a program of this repository on the Node.js it was made for, on any machine that has Node 20 or newer.
// Installs what is missing first: the runtime (tools/runtime), then the locked dependencies.
//   node tools/runtime/with-node.mjs <program> [arguments]
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const MINIMUM = [26, 0]
const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '..', '..')
const binaries = join(here, 'node_modules', '.bin')

/** @param {string} version such as `v26.10.0` */
function isRecentEnough(version) {
  const [major = 0, minor = 0] = version.replace('v', '').split('.').map(Number)
  return major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1])
}

/** Runs npm and stops with one sentence when it fails. */
function npm(parameters, cwd, environment) {
  const run = spawnSync('npm', parameters, { cwd, env: environment, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' })
  if (run.status === 0) return
  console.error(`dialtone: "npm ${parameters.join(' ')}" failed in ${cwd}: check the network and that npm 11 or newer is installed, then start again.`)
  process.exit(1)
}

function nodeBinary() {
  if (isRecentEnough(process.version)) return process.execPath
  const own = join(binaries, 'node')
  if (!existsSync(own)) {
    console.error(`dialtone: this machine has Node ${process.version}; installing Node ${MINIMUM[0]} beside the project (once).`)
    npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], here, process.env)
  }
  return own
}

/** Dependencies are installed when the lockfile changed since the last time. */
function installDependencies(node, environment) {
  const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim()
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(version)
    .digest('hex')
  const stamp = join(root, 'node_modules', '.dialtone-stamp')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  console.error('dialtone: installing dependencies (once per lockfile).')
  npm(['ci', '--no-audit', '--no-fund'], root, environment)
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, wanted)
}

const [program, ...parameters] = process.argv.slice(2)
if (program === undefined) {
  console.error('usage: node tools/runtime/with-node.mjs <program> [arguments]')
  process.exit(2)
}
const node = nodeBinary()
/** Where modules are kept without types and compiled: worker threads, and the servers that tests start, find it by the environment only. */
const environment = {
  NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'compiled'),
  ...process.env,
  PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`,
}
installDependencies(node, environment)
const child = spawn(node, [program.startsWith('/') ? program : join(root, program), ...parameters], { cwd: root, env: environment, stdio: 'inherit' })
// The terminal sends Ctrl-C to the whole group; a supervisor signals only us.
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
process.on('SIGINT', () => {})
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
