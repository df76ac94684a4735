import { createServer } from 'node:net'

/**
 * The first of a run of port numbers nobody listens on (TCP). Programs that cannot be asked to pick a port themselves
 * get one below the kernel's ephemeral range, so that nothing else is handed it meanwhile.
 */
export async function freePorts(count: number): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const first = nextCandidate(count)
    if (await allFree(first, count)) return first
  }
  throw new Error('no free ports between 21000 and 32000')
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
