import { ManualTime, silentLogger } from '@dialtone/foundation'
import { expect, it } from 'vitest'
import { MEBIBYTE } from './data-directory.ts'
import { DiskWatch } from './disk-watch.ts'

it('a disk that fills up is told of once, and once when it has room again', async () => {
  const time = new ManualTime()
  const told: string[] = []
  const tell = (message: string, fields?: object): void => void told.push(`${message} ${JSON.stringify(fields)}`)
  let free = 600 * MEBIBYTE
  const logger = { ...silentLogger, warn: tell, info: tell }
  const watch = new DiskWatch(free, { directory: '/data', timers: time, logger, freeBytesOf: () => Promise.resolve(free) })
  const look = async (freeMiB: number): Promise<void> => {
    free = freeMiB * MEBIBYTE
    time.advance(30_000)
    await new Promise(setImmediate)
  }
  for (const freeMiB of [600, 100, 0, 700, 700, 3]) await look(freeMiB)
  expect(told).toEqual([
    'the disk of the data directory is nearly full {"directory":"/data","freeMiB":100}',
    'the disk of the data directory has room again {"directory":"/data","freeMiB":700}',
    'the disk of the data directory is nearly full {"directory":"/data","freeMiB":3}',
  ])
  expect(watch.freeBytes).toBe(3 * MEBIBYTE)
  free = 2 * MEBIBYTE
  expect(await watch.measure()).toBe(2 * MEBIBYTE)
  watch.stop()
  await look(900)
  expect([told.length, watch.freeBytes]).toEqual([3, 2 * MEBIBYTE])
})
