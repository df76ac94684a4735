import { silentLogger } from '@dialtone/foundation'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Context } from '../context.ts'
import { createDispatch, createDueRows, type Dispatch } from './index.ts'

const PLACES = 2
let waiting: string[]
let begun: string[]
let ends: Map<string, PromiseWithResolvers<void>>
let broken: Error | undefined
let dispatch: Dispatch
/** The loop has come to where it waits. */
const turns = async () => {
  for (let count = 0; count < 20; count++) await Promise.resolve()
}
const context = { logger: silentLogger, clock: { nowMs: () => 0 } } as unknown as Context
const run = () => dispatch.task.run(context, createDueRows(context, 'tests'))

beforeEach(() => {
  ;[waiting, begun, ends, broken] = [[], [], new Map(), undefined]
  dispatch = createDispatch({
    name: 'tests',
    context: () => context,
    take: () => {
      if (broken !== undefined) return Promise.reject(broken)
      const taken = waiting.splice(0, PLACES - ends.size)
      return Promise.resolve(
        taken.map((id) => async () => {
          const end = Promise.withResolvers<void>()
          begun.push(id)
          ends.set(id, end)
          await end.promise.finally(() => ends.delete(id))
        }),
      )
    },
  })
})

describe('work that talks to others', () => {
  it('a place that gets free is filled at once, whoever else takes his time', async () => {
    waiting = ['slow', 'one', 'two', 'three']
    const all = run()
    await turns()
    expect(begun).toEqual(['slow', 'one'])
    for (const id of ['one', 'two', 'three']) {
      ends.get(id)?.resolve()
      await turns()
    }
    expect(begun).toEqual(['slow', 'one', 'two', 'three'])
    ends.get('slow')?.resolve()
    await all
  })

  it.each(['kick', 'again'] as const)('what comes meanwhile is begun when it is told of it (%s), not when the others are done', async (how) => {
    waiting = ['slow']
    const all = run()
    await turns()
    waiting.push('late')
    if (how === 'kick') dispatch.kick()
    else dispatch.task.again?.()
    await turns()
    expect(begun).toEqual(['slow', 'late'])
    for (const { resolve } of ends.values()) resolve()
    await all
    expect(waiting).toEqual([])
  })

  it('one that breaks is its own affair; a look that fails is made again', async () => {
    waiting = ['bad', 'good']
    const all = run()
    await turns()
    ends.get('bad')?.reject(new Error('broken'))
    ends.get('good')?.resolve()
    await all
    broken = new Error('no database')
    await expect(run()).rejects.toThrow('no database')
    broken = undefined
    waiting = ['next']
    const next = run()
    await turns()
    expect(begun).toEqual(['bad', 'good', 'next'])
    ends.get('next')?.resolve()
    await next
  })

  it('stopped, it ends what it is at, and begins nothing of all that waits', async () => {
    waiting = ['one', 'two', 'three']
    const all = run()
    await turns()
    const stopped = dispatch.stop()
    await turns()
    ends.get('one')?.resolve()
    ends.get('two')?.resolve()
    await Promise.all([all, stopped])
    dispatch.kick()
    await turns()
    expect([begun, waiting]).toEqual([['one', 'two'], ['three']])
  })
})
