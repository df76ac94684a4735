import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lockDirectory, type DirectoryLock } from './directory-lock.ts'
import { startMarkOf } from './process-facts.ts'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dialtone-lock-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

function lock(): DirectoryLock {
  const taken = lockDirectory(folder)
  if (!taken.ok) throw new Error(taken.error.message)
  return taken.value
}

describe('a directory lock', () => {
  it('is given to one holder at a time, and again after it was released', () => {
    const first = lock()
    expect(lockDirectory(folder).ok).toBe(false)
    first.release()
    lock().release()
    expect(readdirSync(folder)).toEqual([])
  })

  it.each([
    ['names a process that is gone', JSON.stringify({ processId: 2 ** 30, startMark: 'x', token: 't' })],
    ['names a living process that started at another time', JSON.stringify({ processId: process.pid, startMark: 'before the restart', token: 't' })],
    ['was torn', '{"processId":'],
    ['is empty', ''],
  ])('that %s does not count', (_, content) => {
    writeFileSync(join(folder, 'server.lock'), content)
    lock().release()
    expect(readdirSync(folder)).toEqual([])
  })

  it('is not released by a holder that lost it', () => {
    const first = lock()
    rmSync(join(folder, 'server.lock'))
    const second = lock()
    first.release()
    expect(lockDirectory(folder).ok).toBe(false)
    second.release()
  })
})

describe('the start mark of a process', () => {
  it('is steady while it runs, and absent when there is none', () => {
    expect(startMarkOf(process.pid)).toBe(startMarkOf(process.pid))
    expect(startMarkOf(process.pid)).toMatch(/./)
    expect(startMarkOf(2 ** 30)).toBeUndefined()
  })
})
