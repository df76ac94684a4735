import { createHash } from 'node:crypto'
import { chmodSync, chownSync, lstatSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { err, ok, type Result } from '@dialtone/foundation'
import type { FileOwner } from './database-identity.ts'

/** sockaddr_un holds 108 bytes on Linux, 104 on macOS (unix(7), unix(4)); a little is left free. */
const LONGEST_SOCKET_PATH = 100
export const SOCKET_NAME = '.s.PGSQL.5432'

/**
 * The folder of the unix socket, the only way into the embedded database. Only its owner may enter: the database trusts
 * whoever reaches the socket. It lies in the database's own folder, or under the system's temporary folder when that path is too long.
 */
export function makeSocketDirectory(home: string, owner: FileOwner | undefined): Result<string, { readonly message: string }> {
  const directory = socketDirectoryOf(home)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const wantedOwner = owner?.uid ?? process.getuid?.() ?? 0
  const facts = lstatSync(directory)
  // Under the temporary folder somebody else may have been there first: a link or a folder of theirs is not used.
  if (!facts.isDirectory() || ![wantedOwner, process.getuid?.()].includes(facts.uid))
    return err({ message: `${directory} belongs to somebody else; remove it or choose a shorter DIALTONE_DATA_DIR.` })
  if (facts.uid !== wantedOwner && owner !== undefined) chownSync(directory, owner.uid, owner.gid)
  chmodSync(directory, 0o700)
  return ok(directory)
}

function socketDirectoryOf(home: string): string {
  const inHome = join(home, 'socket')
  if (Buffer.byteLength(join(inHome, SOCKET_NAME)) <= LONGEST_SOCKET_PATH) return inHome
  return join(tmpdir(), `dialtone-${createHash('sha256').update(home).digest('hex').slice(0, 16)}`)
}
