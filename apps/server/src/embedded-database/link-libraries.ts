import { mkdirSync, readdirSync, readFileSync, readlinkSync, renameSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'

/**
 * Shared libraries are looked up by short names (libpq.so.5) that npm packages cannot carry, for they have no links.
 * The package would make them by an install script; we make them in a folder of ours and leave node_modules alone.
 */
export function linkLibraries(native: string, folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  const library = join(native, 'lib')
  for (const name of readdirSync(library)) link(join(library, name), join(folder, name))
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as readonly { readonly source: string; readonly target: string }[]
  for (const { source, target } of links) if (target.startsWith('native/lib/')) link(join(native, '..', source), join(folder, basename(target)))
}

/** The project may have moved since the last start: a link that points elsewhere is replaced in one step. */
function link(target: string, path: string): void {
  if (currentTarget(path) === target) return
  const draft = `${path}.new-${process.pid}`
  symlinkSync(target, draft)
  renameSync(draft, path)
}

function currentTarget(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}
