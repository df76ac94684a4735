import { rm } from 'node:fs/promises'
import { silentLogger } from '@dialtone/foundation'
import { makeFolderInMemory } from './folder-in-memory.ts'
import { createTemplate, forgetDurability, TEST_DATABASE_URL_VARIABLE } from './test-database.ts'

/**
 * One database server for a whole test run: the embedded PostgreSQL, or the one `TEST_DATABASE_URL` names
 * (a PostgreSQL 15 or newer whose user may create databases).
 */
export async function setup(): Promise<() => Promise<void>> {
  const given = process.env['TEST_DATABASE_URL']
  if (given !== undefined && given !== '') {
    process.env[TEST_DATABASE_URL_VARIABLE] = given
    return createTemplate(given)
  }
  // Loaded only here: with a given server the composition root is not needed.
  const { startEmbeddedPostgres } = await import('@dialtone/server')
  const dataDir = await makeFolderInMemory('dialtone-test-')
  const started = await startEmbeddedPostgres({ dataDir, logger: silentLogger })
  if (!started.ok) throw new Error(started.error.message)
  process.env[TEST_DATABASE_URL_VARIABLE] = started.value.url
  await forgetDurability(started.value.url)
  await createTemplate(started.value.url)
  return async () => {
    await started.value.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}
