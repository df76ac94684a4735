import { ManualTime, silentLogger } from '@dialtone/foundation'
import { expect, it } from 'vitest'
import type { Context } from '../context.ts'
import { startDueWork } from './index.ts'

it('a task in the background is told when its time comes again, and stopped before it is waited for', async () => {
  const time = new ManualTime(1_700_000_000_000)
  const context = { clock: time, logger: silentLogger } as unknown as Context
  const end = Promise.withResolvers<void>()
  const seen: string[] = []
  const task = {
    name: 'tests',
    isBackground: true,
    run: () => {
      seen.push('run')
      return end.promise
    },
    again: () => void seen.push('again'),
    stop: () => {
      seen.push('stop')
      end.resolve()
      return Promise.resolve()
    },
  }
  const work = startDueWork({ context: () => context, tasks: [task], timers: time, logger: silentLogger })
  await work.runNow()
  await work.runNow()
  await work.stop()
  expect(seen).toEqual(['run', 'again', 'stop'])
})
