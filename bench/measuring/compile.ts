import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Makes a program of a C file in the work folder. @throws what the compiler says @returns its path */
export function compile(source: URL, workFolder: string, libraries: readonly string[] = []): string {
  const path = fileURLToPath(source)
  const program = join(workFolder, path.slice(path.lastIndexOf('/') + 1, -'.c'.length))
  const { status, stderr } = spawnSync('cc', ['-O2', '-o', program, path, ...libraries], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`cc: ${stderr}`)
  return program
}
