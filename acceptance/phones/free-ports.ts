import { mkdirSync, readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { acceptanceWorker, ACCEPTANCE_WORKERS, WORK_FOLDER } from '../platform.ts'

/** Split among the workers: between a look and the program that listens, another one finds the same port free. */
const [FIRST_PORT, LAST_PORT] = [21_000, 31_900]
const PORTS_A_WORKER = Math.floor((LAST_PORT - FIRST_PORT) / ACCEPTANCE_WORKERS)
const FIRST_OF_OURS = FIRST_PORT + acceptanceWorker() * PORTS_A_WORKER

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
  throw new Error(`no free ports between ${FIRST_OF_OURS} and ${FIRST_OF_OURS + PORTS_A_WORKER}`)
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

/** Each file of tests begins elsewhere: programs of the one before may be about to end. */
let candidate = FIRST_OF_OURS + ((process.pid * 37) % (PORTS_A_WORKER - 500))

function nextCandidate(count: number): number {
  const first = candidate + count > FIRST_OF_OURS + PORTS_A_WORKER ? FIRST_OF_OURS : candidate
  candidate = first + count
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
