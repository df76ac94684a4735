import { mkdirSync, readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { WORK_FOLDER } from '../platform.ts'

const TRUSTED_FOLDER = join(WORK_FOLDER, 'trusted-ports')

/**
 * The first of a run of port numbers nobody listens on (TCP). Programs that cannot be asked to pick a port themselves
 * get one below the kernel's ephemeral range, so that nothing else is handed it meanwhile.
 */
export async function freePorts(count: number): Promise<number> {
  const trusted = trustedPorts()
  for (let attempt = 0; attempt < 50; attempt++) {
    const first = nextCandidate(count)
    if (!trusted.some((port) => port >= first && port < first + count) && (await allFree(first, count))) return first
  }
  throw new Error('no free ports between 21000 and 32000')
}

/**
 * The same for what the server will trust by its address: a carrier, a customer's telephone system. Nobody gets these
 * ports again in this run: the server still knows them when the test is over, and would take a phone there for the carrier.
 */
export async function trustedFreePorts(count: number): Promise<number> {
  const first = await freePorts(count)
  for (let port = first; port < first + count; port++) mkdirSync(join(TRUSTED_FOLDER, String(port)), { recursive: true })
  return first
}

function trustedPorts(): readonly number[] {
  mkdirSync(TRUSTED_FOLDER, { recursive: true })
  return readdirSync(TRUSTED_FOLDER).map(Number)
}

let candidate = 21_000 + ((process.pid * 37) % 9000)

function nextCandidate(count: number): number {
  const first = candidate
  candidate = candidate + count > 31_900 ? 21_000 : candidate + count
  return first
}

async function allFree(first: number, count: number): Promise<boolean> {
  for (let port = first; port < first + count; port++) if (!(await isFree(port))) return false
  return true
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '0.0.0.0', () => server.close(() => resolve(true)))
  })
}
