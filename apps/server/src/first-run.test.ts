import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readFirstRunFile, writeFirstRunFile, type FirstRun } from './first-run.ts'

const FIRST_RUN: FirstRun = {
  httpUrl: 'http://127.0.0.1:8080',
  sipUri: 'sip:127.0.0.1:5060',
  sipPort: 5060,
  sipTlsPort: 5061,
  partitionId: 'p1',
  username: 'admin@dialtone.local',
  password: 'first',
}

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dialtone-first-run-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

describe('first-run.json', () => {
  it('is for its owner only, and says what was written last', () => {
    writeFirstRunFile(folder, FIRST_RUN)
    writeFirstRunFile(folder, { ...FIRST_RUN, sipPort: 5070 })
    expect(statSync(join(folder, 'first-run.json')).mode & 0o777).toBe(0o600)
    expect(readFirstRunFile(folder)).toEqual({ ...FIRST_RUN, sipPort: 5070 })
    expect(readdirSync(folder)).toEqual(['first-run.json'])
  })

  it('has no password after it was changed', () => {
    writeFirstRunFile(folder, { ...FIRST_RUN, password: undefined })
    expect(Object.keys(JSON.parse(readFileSync(join(folder, 'first-run.json'), 'utf8')) as object)).not.toContain('password')
  })

  it.each(['', '{"username":', 'null', '{}'])('that reads %j counts as absent', (content) => {
    writeFileSync(join(folder, 'first-run.json'), content)
    expect(readFirstRunFile(folder)).toBeUndefined()
  })
})
