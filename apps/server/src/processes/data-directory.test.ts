import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { prepareDataDirectory } from './data-directory.ts'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dialtone-data-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

describe('the data directory', () => {
  it('is made with its parents, closed to others, and nothing is left in it', () => {
    const directory = join(folder, 'a', 'b')
    expect(prepareDataDirectory(directory)).toMatchObject({ ok: true, value: { freeBytes: expect.any(Number) } })
    expect([readdirSync(directory), statSync(directory).mode & 0o777]).toEqual([[], 0o711])
    expect(prepareDataDirectory(directory).ok).toBe(true)
  })

  it.each(['', '/below'])('is refused in one sentence when a file is in its place%s', (below) => {
    writeFileSync(join(folder, 'file'), 'x')
    const directory = `${join(folder, 'file')}${below}`
    expect(prepareDataDirectory(directory)).toEqual({
      ok: false,
      error: { message: `${directory} cannot be written (a file is in its place): mend that, or choose another DIALTONE_DATA_DIR.` },
    })
  })

  // mkdir(2) below /proc says ENOENT although the parent is there: the recursive mkdir of Node.js would never come back.
  it.runIf(existsSync('/proc/self'))('is refused where the system lets nobody make folders', () => {
    expect(prepareDataDirectory('/proc/dialtone/data')).toMatchObject({ ok: false, error: { message: expect.stringContaining('no folder can be made there') } })
  })
})
