import { spawn } from 'node:child_process'
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { err, ok, type Result } from '@dialtone/foundation'
import { complaintOf } from './complaint-of.ts'
import type { DatabaseHome } from './database-home.ts'

/** The only user, who owns everything. */
export const DATABASE_USER = 'dialtone'

/** Which PostgreSQL major version the binaries are, and so the files must be. */
const MAJOR_VERSION = '18'
const LONGEST_OUTPUT = 8192
// Whoever reaches the socket is trusted, and the socket's folder admits nobody but the owner.
const HOST_BASED_AUTHENTICATION = `# Written by Dialtone: the socket's folder is the lock.\nlocal all all trust\n`

/** Makes the database's files on the first start: whole, or not at all when it is interrupted. */
export async function initializeCluster(at: DatabaseHome): Promise<Result<{ readonly created: boolean }, { readonly message: string }>> {
  const version = versionOf(at.cluster)
  if (version === MAJOR_VERSION) return ok({ created: false })
  if (version !== undefined)
    return err({
      message: `The database in ${at.cluster} was made by PostgreSQL ${version}, this version of Dialtone brings ${MAJOR_VERSION}: export and import it.`,
    })
  const draft = `${at.cluster}.new`
  rmSync(draft, { recursive: true, force: true })
  const { code, output } = await runInitdb(at, draft)
  if (code !== 0) return err({ message: `The embedded database could not be made in ${at.cluster}: ${complaintOf(output || `initdb ended with ${code}`)}` })
  writeFileSync(join(draft, 'pg_hba.conf'), HOST_BASED_AUTHENTICATION)
  renameSync(draft, at.cluster)
  return ok({ created: true })
}

function versionOf(cluster: string): string | undefined {
  const path = join(cluster, 'PG_VERSION')
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined
}

function runInitdb(at: DatabaseHome, draft: string): Promise<{ readonly code: number; readonly output: string }> {
  const collation = ['--locale-provider=builtin', '--locale=C.UTF-8', '--encoding=UTF8']
  const parameters = ['-D', draft, '-U', DATABASE_USER, '-A', 'trust', ...collation, '--no-instructions']
  const { program, parameters: whole, ...owner } = at.identity.commandFor(at.binaries.initdb, parameters)
  return new Promise((resolve) => {
    const child = spawn(program, whole, { ...owner, env: at.environment, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] })
    let output = ''
    child.stderr.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-LONGEST_OUTPUT)
    })
    child.on('error', (error) => resolve({ code: -1, output: error.message }))
    child.on('close', (code) => resolve({ code: code ?? -1, output }))
  })
}
