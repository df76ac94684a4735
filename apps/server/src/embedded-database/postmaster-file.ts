import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What PostgreSQL writes about itself into its data directory (miscadmin.h, "postmaster.pid"). */
export interface PostmasterFile {
  readonly processId: number
  readonly dataDirectory: string
  /** 'starting', 'stopping', 'ready', 'standby', or '' before it wrote one. */
  readonly status: string
}

export const POSTMASTER_FILE = 'postmaster.pid'

export function readPostmasterFile(cluster: string): PostmasterFile | undefined {
  const lines = textOf(join(cluster, POSTMASTER_FILE))?.split('\n')
  const processId = Number(lines?.[0])
  if (lines === undefined || !Number.isInteger(processId) || processId <= 0) return undefined
  return { processId, dataDirectory: lines[1] ?? '', status: (lines[7] ?? '').trim() }
}

/** The command line the running server was started with, as PostgreSQL noted it: program, then each argument in quotes. */
export function startedWith(cluster: string, parameters: readonly string[]): boolean {
  const noted = textOf(join(cluster, 'postmaster.opts'))?.trimEnd()
  return noted?.endsWith(parameters.map((parameter) => ` "${parameter}"`).join('')) ?? false
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
