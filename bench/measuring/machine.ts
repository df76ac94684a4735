import { cpus, loadavg, release, totalmem } from 'node:os'
import { spawnSync } from 'node:child_process'
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
