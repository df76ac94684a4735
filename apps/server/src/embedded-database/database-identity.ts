import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { err, ok, type Result } from '@dialtone/foundation'

/** Who PostgreSQL runs as. It refuses to run as root. */
export interface DatabaseIdentity {
  /** The owner of its files; `undefined`: we ourselves. */
  readonly owner: FileOwner | undefined
  /** How to start a program of it as that user. */
  commandFor(program: string, parameters: readonly string[]): DatabaseCommand
}

export interface FileOwner {
  readonly uid: number
  readonly gid: number
}

export interface DatabaseCommand extends Partial<FileOwner> {
  readonly program: string
  readonly parameters: readonly string[]
}

const NOBODY: FileOwner = { uid: 65_534, gid: 65_534 }
const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv']
/** capabilities(7): by number, the ones that let a process pass folders it may not enter. The weaker one first. */
const ENTER_FOLDERS = [
  { name: 'dac_read_search', bit: 2n },
  { name: 'dac_override', bit: 1n },
]

/**
 * Started as root, the database runs as nobody. When nobody may not enter the folders on the way, as below /root, the
 * database gets the one capability that lets it pass, and nothing else of root's.
 * @param home folder of the database, existing.
 * @param program a program it has to run.
 */
export function databaseIdentity(home: string, program: string): Result<DatabaseIdentity, { readonly message: string }> {
  if (process.getuid?.() !== 0) return ok({ owner: undefined, commandFor: (name, parameters) => ({ program: name, parameters }) })
  const closed = [...foldersAbove(home), ...foldersAbove(program)].find((folder) => !mayEnter(folder, NOBODY.uid))
  if (closed === undefined) return ok({ owner: NOBODY, commandFor: (name, parameters) => ({ ...NOBODY, program: name, parameters }) })
  const prefix = enteringPrefix()
  if (prefix !== undefined) {
    const [setpriv, ...flags] = prefix
    return ok({ owner: NOBODY, commandFor: (name, parameters) => ({ program: setpriv, parameters: [...flags, name, ...parameters] }) })
  }
  return err({
    message:
      `PostgreSQL does not run as root, and the user "nobody" may not enter ${closed}: move the project and DIALTONE_DATA_DIR out of it, ` +
      'start Dialtone as another user, or set DATABASE_URL to a PostgreSQL of your own.',
  })
}

/** A command that becomes nobody and keeps the one capability: setpriv(1). */
function enteringPrefix(): readonly [program: string, ...flags: string[]] | undefined {
  const capability = ENTER_FOLDERS.find(({ bit }) => (effectiveCapabilities() & (1n << bit)) !== 0n)
  const setpriv = SETPRIV.find((path) => existsSync(path))
  if (capability === undefined || setpriv === undefined) return undefined
  const identity = [`--reuid=${NOBODY.uid}`, `--regid=${NOBODY.gid}`, '--clear-groups']
  return [setpriv, ...identity, `--inh-caps=+${capability.name}`, `--ambient-caps=+${capability.name}`]
}

function foldersAbove(path: string): readonly string[] {
  const parent = dirname(path)
  return parent === path ? [] : [...foldersAbove(parent), parent]
}

function mayEnter(folder: string, uid: number): boolean {
  const { mode, uid: owner } = statSync(folder)
  return (mode & (owner === uid ? 0o100 : 0o001)) !== 0
}

function effectiveCapabilities(): bigint {
  if (process.platform !== 'linux') return 0n
  const hex = /^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
  return hex === undefined ? 0n : BigInt(`0x${hex}`)
}
