import { randomBytes } from 'node:crypto'
import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureDemoAccount } from '../first-start/index.ts'
import { createSealer, proveSealer } from './index.ts'

let platform: TestControlPlane

beforeEach(async () => {
  platform = await startTestControlPlane()
})
afterEach(() => platform.stop())

describe('the key of a database', () => {
  it('is the first that was used with it, and no other', async () => {
    const { database, sealer } = platform.plane.context
    const other = createSealer(randomBytes(32))
    expect(await proveSealer(database, sealer)).toMatchObject({ ok: true })
    expect(await proveSealer(database, other)).toEqual({ ok: false, error: 'OtherKey' })
    expect(await proveSealer(database, sealer)).toMatchObject({ ok: true })
  })

  it('is known by the passwords of lines where an earlier version wrote no proof', async () => {
    const { database, sealer } = platform.plane.context
    await ensureDemoAccount(platform.plane.context, platform.partitionId)
    expect(await proveSealer(database, createSealer(randomBytes(32)))).toEqual({ ok: false, error: 'OtherKey' })
    expect(await proveSealer(database, sealer)).toMatchObject({ ok: true })
  })
})
