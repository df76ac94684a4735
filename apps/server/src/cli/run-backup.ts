import { resolve } from 'node:path'
import { err } from '@dialtone/foundation'
import { backUp } from '../backup/back-up.ts'
import { loadConfiguration } from './load-configuration.ts'

const MEBIBYTE = 1024 * 1024

/**
 * `dialtone backup <folder>`: a copy of the data directory that can be started, made while the server runs or not.
 * @returns the exit code.
 */
export async function runBackup(folder: string): Promise<number> {
  const config = loadConfiguration()
  if (!config.ok) return refused(config.error)
  const { databaseUrl, embeddedDatabase, dataDirectory } = config.value
  if (databaseUrl !== undefined)
    return refused('The database is your own (DATABASE_URL): copy it with its own tools, and secret.key, call-journal/ and files/ of the data directory.')
  if (embeddedDatabase === 'pglite')
    return refused('pglite lives inside the server and cannot be copied from outside: stop the server and copy the data directory.')
  const startMs = performance.now()
  const made = await backUp(dataDirectory, folder).catch((error: unknown) => err({ message: error instanceof Error ? error.message : String(error) }))
  if (!made.ok) return refused(made.error.message)
  const seconds = (performance.now() - startMs) / 1000
  console.log(
    `${resolve(folder)}  ${Math.ceil(made.value.bytes / MEBIBYTE)} MiB in ${seconds.toFixed(1)} s; restored by copying it into an empty data directory.`,
  )
  return 0
}

function refused(message: string): number {
  console.error(`No backup was made. ${message}`)
  return 1
}
