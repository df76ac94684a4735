import { openDatabase, renewPassword } from '@dialtone/control-plane'
import { err, ok, type Result, silentLogger, systemClock } from '@dialtone/foundation'
import type { Config } from '../configuration/index.ts'
import { reachEmbeddedPostgres } from '../embedded-database/index.ts'
import { loadConfiguration } from './load-configuration.ts'

/**
 * `dialtone renew-password [username]`: a new random password, printed once, whether the server runs or not.
 * @returns the exit code.
 */
export async function runRenewPassword(username: string | undefined): Promise<number> {
  const config = loadConfiguration()
  if (!config.ok) return refused(config.error)
  const renewed = await renewOn(config.value, username).catch((error: unknown) => err({ message: error instanceof Error ? error.message : String(error) }))
  if (!renewed.ok) return refused(renewed.error.message)
  console.log(`user      ${renewed.value.username}\npassword  ${renewed.value.password}`)
  return 0
}

async function renewOn(config: Config, username: string | undefined) {
  const place = await reachDatabase(config)
  if (!place.ok) return place
  try {
    const database = await openDatabase(place.value.url)
    try {
      return await renewPassword({ database, environment: config.environment, username, now: new Date(systemClock.nowMs()) })
    } finally {
      await database.close()
    }
  } finally {
    await place.value.release()
  }
}

async function reachDatabase(config: Config): Promise<Result<{ readonly url: string; release(): Promise<void> }, { readonly message: string }>> {
  if (config.databaseUrl !== undefined) return ok({ url: config.databaseUrl, release: () => Promise.resolve() })
  if (config.embeddedDatabase === 'pglite') return err({ message: 'pglite lives inside the server and cannot be changed from outside.' })
  return reachEmbeddedPostgres(config.dataDirectory, silentLogger)
}

function refused(message: string): number {
  console.error(`No password was changed. ${message}`)
  return 1
}
