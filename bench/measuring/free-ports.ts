import { createSocket } from 'node:dgram'

/** Below the range the system gives out by itself, and above what sipp takes for media (6000 to 8000 and further). */
const FIRST = 12_000
const LAST = 29_998
const handedOut = new Set<number>()

/** A UDP port of the loopback nobody has; it is told once in a run. */
export async function freePort(): Promise<number> {
  return (await freePortRange(1)).first
}

/** So many UDP ports in a row nobody has, the first of them even. */
export async function freePortRange(count: number): Promise<{ readonly first: number; readonly last: number }> {
  for (let first = FIRST; first + count <= LAST; first += count + (count % 2)) {
    const ports = Array.from({ length: count }, (_, index) => first + index)
    if (ports.some((port) => handedOut.has(port))) continue
    if (!(await areFree(ports))) continue
    for (const port of ports) handedOut.add(port)
    return { first, last: first + count - 1 }
  }
  throw new Error(`no ${count} free UDP ports between ${FIRST} and ${LAST}`)
}

async function areFree(ports: readonly number[]): Promise<boolean> {
  for (const port of ports) if (!(await isFree(port))) return false
  return true
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4')
    socket.once('error', () => socket.close(() => resolve(false)))
    socket.bind(port, '127.0.0.1', () => socket.close(() => resolve(true)))
  })
}
