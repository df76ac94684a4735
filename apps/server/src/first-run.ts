import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomToken } from '@dialtone/foundation'

/** What a person or a test needs to use a server that was just started. */
export interface FirstRun {
  readonly httpUrl: string
  readonly httpsPort?: number | undefined
  readonly tftpPort?: number | undefined
  readonly sipUri: string
  readonly sipPort: number
  readonly sipTlsPort: number
  readonly partitionId: string
  readonly username: string
  /** Absent once it was changed: then nobody but its owner knows it. */
  readonly password?: string | undefined
}

const FILE_NAME = 'first-run.json'

/** Rewritten on every start with the ports really in use, whole or not at all, for nobody but the owner of the server. */
export function writeFirstRunFile(dataDirectory: string, firstRun: FirstRun): void {
  const path = join(dataDirectory, FILE_NAME)
  const draft = `${path}.${randomToken(6)}`
  writeFileSync(draft, `${JSON.stringify(firstRun, null, 2)}\n`, { mode: 0o600 })
  renameSync(draft, path)
}

/** What the last start wrote: where the first password is kept until it is changed. `undefined` when there is no such file, or a broken one. */
export function readFirstRunFile(dataDirectory: string): FirstRun | undefined {
  try {
    const value = JSON.parse(readFileSync(join(dataDirectory, FILE_NAME), 'utf8')) as Partial<FirstRun> | null
    return typeof value?.username === 'string' && typeof value.partitionId === 'string' ? (value as FirstRun) : undefined
  } catch {
    return undefined
  }
}
