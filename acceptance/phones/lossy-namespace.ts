import { execFileSync, spawn } from 'node:child_process'

/** Set in the processes that run inside the namespace. */
export const INSIDE = 'DIALTONE_INSIDE_NAMESPACE'

export function isInside(): boolean {
  return process.env[INSIDE] === '1'
}

/** Why packets cannot be lost on this machine; undefined when they can. */
export function whyNoNamespace(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root may make a network namespace'
  const name = `dialtone-probe-${process.pid}`
  try {
    execFileSync('ip', ['netns', 'add', name], { stdio: 'ignore' })
    execFileSync('ip', ['netns', 'exec', name, 'iptables', '-L', '-n'], { stdio: 'ignore' })
    return undefined
  } catch {
    return 'network namespaces with iptables are not to be had here (Debian packages iproute2, iptables)'
  } finally {
    removeNamespace(name)
  }
}

function removeNamespace(name: string): void {
  try {
    execFileSync('ip', ['netns', 'del', name], { stdio: 'ignore' })
  } catch {
    // It was never made.
  }
}

/** Runs a program in a network of its own, which ends with it. @returns its exit code and what it printed */
export async function runInNamespace(command: string, parameters: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
  const name = `dialtone-loss-${process.pid}`
  execFileSync('ip', ['netns', 'add', name])
  try {
    execFileSync('ip', ['netns', 'exec', name, 'ip', 'link', 'set', 'lo', 'up'])
    const child = spawn('ip', ['netns', 'exec', name, command, ...parameters], { env: { ...process.env, [INSIDE]: '1' }, stdio: ['ignore', 'pipe', 'pipe'] })
    const chunks: Buffer[] = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => void chunks.push(chunk))
    const code = await new Promise<number>((resolve) => {
      child.once('exit', (exitCode) => resolve(exitCode ?? 255))
    })
    return { code, output: Buffer.concat(chunks).toString('utf8') }
  } finally {
    removeNamespace(name)
  }
}

/** From now on so many of the datagrams to and from that port are lost. Only inside the namespace. */
export function losePackets(port: number, share: number): void {
  if (!isInside()) throw new Error('never in the network of the machine')
  execFileSync('iptables', ['-F', 'INPUT'])
  for (const side of ['--dport', '--sport']) {
    const lost = ['-m', 'statistic', '--mode', 'random', '--probability', String(share), '-j', 'DROP']
    if (share > 0) execFileSync('iptables', ['-A', 'INPUT', '-p', 'udp', side, String(port), ...lost])
  }
}

/** How many datagrams the rules have dropped. */
export function packetsLost(): number {
  const rules = execFileSync('iptables', ['-L', 'INPUT', '-v', '-n', '-x'], { encoding: 'utf8' })
  return [...rules.matchAll(/^\s*(\d+)\s+\d+\s+DROP/gm)].reduce((sum, [, count]) => sum + Number(count), 0)
}
