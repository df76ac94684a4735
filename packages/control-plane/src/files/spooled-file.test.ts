import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Spool, spoolInto } from './spooled-file.ts'

const MOST = 16
let directory: string
let spool: Spool

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dialtone-spool-'))
  spool = spoolInto(directory)
})
afterAll(() => rm(directory, { recursive: true, force: true }))

async function* pieces(...texts: readonly string[]): AsyncGenerator<string> {
  for (const text of texts) yield await Promise.resolve(text)
}
async function opened(): Promise<Readable> {
  const spooled = await spool(pieces('name,', 'Ünal\r\n'), 100)
  if (!spooled.ok) throw new Error(spooled.error)
  return spooled.value
}
async function textOf(stream: Readable): Promise<string> {
  let text = ''
  for await (const piece of stream) text += (piece as Buffer).toString()
  return text
}

describe('a spooled file', () => {
  it('is read from its beginning, and has no name that could stay', async () => {
    const file = await opened()
    expect(await readdir(directory)).toEqual([])
    expect(await textOf(file)).toBe('name,Ünal\r\n')
  })

  it('is refused past what is allowed, and what it was made of is let go', async () => {
    let isLetGo = false
    async function* endless() {
      try {
        for (;;) yield await Promise.resolve('x'.repeat(40))
      } finally {
        isLetGo = true
      }
    }
    expect(await spool(endless(), 100)).toMatchObject({ ok: false, error: 'TooLarge' })
    expect(isLetGo).toBe(true)
  })

  it('fails as what it is made of fails', async () => {
    async function* failing(): AsyncGenerator<string> {
      yield await Promise.resolve('a')
      throw new Error('the database went away')
    }
    await expect(spool(failing(), 100)).rejects.toThrow('the database went away')
  })

  it('is one of as many as may be at a time; who has read his, or goes away, makes room', async () => {
    const files = await Promise.all(Array.from({ length: MOST }, () => opened()))
    expect(await spool(pieces('more'), 100)).toMatchObject({ ok: false, error: 'TooMany' })
    const [read, left, ...others] = files
    if (read === undefined || left === undefined) throw new Error('there are sixteen')
    await textOf(read)
    await new Promise((resolve) => left.once('close', resolve).destroy())
    others.push(await opened(), await opened())
    expect(await spool(pieces('more'), 100)).toMatchObject({ ok: false, error: 'TooMany' })
    for (const file of others) file.destroy()
  })
})
