import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { err, ok } from '@dialtone/foundation'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openSealer } from './open-sealer.ts'

let dataDirectory = ''

beforeEach(() => {
  dataDirectory = mkdtempSync(join(tmpdir(), 'dialtone-key-'))
})
afterEach(() => rmSync(dataDirectory, { recursive: true, force: true }))

it('a database that was put back without its key is refused, and no new key is left to be taken for it', async () => {
  const path = join(dataDirectory, 'secret.key')
  let sealed: string | undefined
  // As a database does: what the first key sealed has to open.
  const open = () =>
    openSealer({ dataDirectory }, async (sealer) => {
      sealed ??= sealer.seal('secret', 'line')
      try {
        return sealer.open(sealed, 'line') === 'secret' ? ok(undefined) : err('OtherKey' as const)
      } catch {
        return err('OtherKey' as const)
      }
    })
  await open()
  expect((await open()).open(sealed ?? '', 'line')).toBe('secret')
  rmSync(path)
  await expect(open()).rejects.toThrow(`${path} is missing, and this database holds what it sealed`)
  expect(existsSync(path)).toBe(false)
  writeFileSync(path, randomBytes(32))
  await expect(open()).rejects.toThrow(`${path} is not the key this database was used with`)
  expect(existsSync(path)).toBe(true)
})
