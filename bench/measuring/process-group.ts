import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { descendantsOf } from './process-cpu.ts'

export interface ProcessStart {
  readonly program: string
  readonly parameters: readonly string[]
  /** The processor it is pinned to; left out, it runs where the system wants. */
  readonly cpu?: number
  readonly workFolder?: string
  readonly stdio?: StdioOptions
  readonly environment?: Readonly<Record<string, string>>
}

export interface Running {
  readonly child: ChildProcess
  readonly processId: number
  /** Resolves with the exit code, 255 when a signal ended it. */
  readonly exited: Promise<number>
  /** The end of what it wrote. */
  output(): string
  stop(): Promise<void>
}

const LONGEST_OUTPUT = 64 * 1024
const STOP_PATIENCE_MS = 3_000

export function isInstalled(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, program)))
}

/** Every process a measurement starts; none of them outlives it. */
export class ProcessGroup {
  readonly #running = new Set<Running>()
  readonly #pins = isInstalled('taskset')

  constructor() {
    // The last resort, when there is no time to stop them.
    process.on('exit', () => {
      for (const { processId } of this.#running) killTree(processId)
    })
  }

  get pins(): boolean {
    return this.#pins
  }

  start(o: ProcessStart): Running {
    const pinned = o.cpu !== undefined && this.#pins
    const command = pinned ? ['taskset', '--cpu-list', String(o.cpu), o.program, ...o.parameters] : [o.program, ...o.parameters]
    const [program = '', ...parameters] = command
    const environment = { ...process.env, ...o.environment }
    const child = spawn(program, parameters, {
      stdio: o.stdio ?? ['ignore', 'pipe', 'pipe'],
      env: environment,
      ...(o.workFolder === undefined ? {} : { cwd: o.workFolder }),
    })
    const running = runningOf(child, o.program)
    this.#running.add(running)
    void running.exited.then(() => this.#running.delete(running))
    return running
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#running].map((one) => one.stop()))
  }
}

function runningOf(child: ChildProcess, program: string): Running {
  const { pid } = child
  if (pid === undefined) throw new Error(`${program} could not be started`)
  let written = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (written = (written + chunk.toString('latin1')).slice(-LONGEST_OUTPUT)))
  let hasExited = false
  const exited = new Promise<number>((resolve) => {
    child.once('exit', (code) => {
      hasExited = true
      resolve(code ?? 255)
    })
  })
  return {
    child,
    processId: pid,
    exited,
    output: () => written,
    stop: async () => {
      if (hasExited) return
      child.kill('SIGTERM')
      const force = setTimeout(() => killTree(pid), STOP_PATIENCE_MS)
      await exited
      clearTimeout(force)
    },
  }
}

/** A server that is killed does not end its workers. */
function killTree(processId: number): void {
  for (const id of [...descendantsOf(processId), processId]) {
    try {
      process.kill(id, 'SIGKILL')
    } catch {
      // It has ended meanwhile.
    }
  }
}
