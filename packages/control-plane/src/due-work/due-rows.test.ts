import { type LogFields, silentLogger } from '@dialtone/foundation'
import { beforeEach, describe, expect, it } from 'vitest'
import { createDueRows, type DueRows } from './index.ts'

let nowMs: number
let logged: LogFields[]
let tried: string[]
let rows: DueRows

beforeEach(() => {
  nowMs = 1_700_000_000_000
  logged = []
  tried = []
  rows = createDueRows({ clock: { nowMs: () => nowMs }, logger: { ...silentLogger, error: (_message, fields = {}) => logged.push(fields) } }, 'tests')
})

async function turn(isBroken = true): Promise<void> {
  for (const id of ['bad', 'good'])
    await rows.attempt(id, () => {
      tried.push(id)
      return isBroken && id === 'bad' ? Promise.reject(new Error('broken')) : Promise.resolve()
    })
}

describe('the rows of due work', () => {
  it('one that breaks is told of by its id and rests; the others go on', async () => {
    await turn()
    await turn()
    expect(tried).toEqual(['bad', 'good', 'good'])
    expect(logged).toMatchObject([{ task: 'tests', id: 'bad', times: 1, restSeconds: 10 }])
    expect(rows.resting()).toEqual(['bad'])
  })

  it('is tried later and later, ten minutes apart at the most, and when it succeeds it is like any other', async () => {
    for (let times = 0; times < 9; times++) {
      await turn()
      nowMs += 600_000
      expect(rows.resting()).toEqual([])
    }
    expect(logged.map(({ restSeconds }) => restSeconds)).toEqual([10, 20, 40, 80, 160, 320, 600, 600, 600])
    await turn(false)
    await turn()
    expect(logged.at(-1)).toMatchObject({ id: 'bad', times: 1, restSeconds: 10 })
  })

  it('a clock that is set back prolongs no rest', async () => {
    await turn()
    nowMs -= 86_400_000
    expect(rows.resting()).toEqual([])
    await turn(false)
    expect(tried).toEqual(['bad', 'good', 'bad', 'good'])
  })
})
