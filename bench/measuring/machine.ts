import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { isInstalled } from './process-group.ts'

const BYTES_PER_GIB = 2 ** 30

/** What kind of machine this is; nothing that tells which one. */
export function machineClass(): string {
  const processors = cpus()
  const model = (processors[0]?.model ?? 'unknown processor').replaceAll(/\s+/g, ' ').trim()
  return `${processors.length} × ${model}, ${Math.round(totalmem() / BYTES_PER_GIB)} GiB, ${process.platform} ${release().split('-')[0]}`
}

/** Processes that wanted a processor in the last minute, on average. */
export function loadOfLastMinute(): number {
  return loadavg()[0] ?? 0
}

/** The first match of `pattern` in what a program says about its version. */
export function versionOf(program: string, parameters: readonly string[], pattern: RegExp): string {
  const { stdout, stderr } = spawnSync(program, parameters, { encoding: 'utf8' })
  return `${program} ${pattern.exec(`${stdout}${stderr}`)?.[1] ?? 'of unknown version'}`
}

/** `not measured: X is not installed`, a sentence for each program that is missing. */
export function missingPrograms(what: string, programs: readonly string[]): readonly string[] {
  return programs.filter((program) => !isInstalled(program)).map((program) => `${what} not measured: ${program} is not installed`)
}

/** Ticks of processor time since the machine and this program started. */
export interface ProcessorTicks {
  readonly all: number
  readonly busy: number
  /** Of this program and of every process it has started and seen end. */
  readonly own: number
}

export function processorTicks(): ProcessorTicks {
  return ticksIn(readFileSync('/proc/stat', 'utf8'), readFileSync('/proc/self/stat', 'utf8'))
}

/** @param machine text of /proc/stat. @param own text of /proc/self/stat; proc(5) */
export function ticksIn(machine: string, own: string): ProcessorTicks {
  const times = (machine.split('\n')[0] ?? '').split(/\s+/).slice(1, FIRST_OF_GUESTS).map(Number)
  const all = sum(times)
  const [idle = 0, waiting = 0] = times.slice(IDLE)
  const ownTimes = own
    .slice(own.lastIndexOf(')') + 2)
    .split(' ')
    .slice(OWN_USER, OWN_USER + OWN_TIMES)
    .map(Number)
  return { all, busy: all - idle - waiting, own: sum(ownTimes) }
}

/** user, nice, system, idle, iowait, irq, softirq, steal; guests are counted as user time already. */
const [IDLE, FIRST_OF_GUESTS] = [3, 9]
/** utime, stime, cutime, cstime: fields 14 to 17, counted from what follows the command name. */
const [OWN_USER, OWN_TIMES] = [11, 4]

/** What everybody else took of all processors between two looks, in percent. */
export function takenByOthers(before: ProcessorTicks, after: ProcessorTicks): number {
  const others = after.busy - before.busy - (after.own - before.own)
  return Math.max(0, (100 * others) / Math.max(1, after.all - before.all))
}

/** The commit that is measured, and whether the sources differ from it; results and documents may. */
export function sourceVersion(): string {
  const { status, stdout } = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' })
  if (status !== 0) return 'Dialtone of unknown version'
  const changed = spawnSync('git', ['status', '--porcelain', 'packages', 'apps', 'bench/subjects'], { encoding: 'utf8' }).stdout !== ''
  return `Dialtone ${stdout.trim()}${changed ? ' with changes' : ''}`
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
