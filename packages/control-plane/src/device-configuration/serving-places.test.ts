import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readFileRequest } from '../phone-files/index.ts'
import { createConfigurationServer } from './serve-file.ts'
import { ServingPlaces } from './serving-places.ts'
import { type DeviceDesk, openDeviceDesk } from './test/device-desk.ts'

describe('places', () => {
  it('so many at once, the others in the order they came, and no more than may wait', async () => {
    const places = new ServingPlaces({ atOnce: 2, inLine: 2 })
    const [begun, ends]: [number[], (() => void)[]] = [[], []]
    const work = (index: number) =>
      places.use(async () => {
        begun.push(index)
        await new Promise<void>((resolve) => void ends.push(resolve))
        if (index === 1) throw new Error('failed')
        return index
      })
    const all = Promise.allSettled([0, 1, 2, 3, 4].map(work))
    expect(begun).toEqual([0, 1])
    // Ends in any order, also badly, and frees its place once.
    for (const expected of [
      [0, 1, 2],
      [0, 1, 2, 3],
    ]) {
      ends[expected.length - 2]?.()
      await new Promise((resolve) => setImmediate(resolve))
      expect(begun).toEqual(expected)
    }
    for (const end of ends) end()
    expect((await all).map((each) => (each.status === 'fulfilled' ? each.value : 'failed'))).toEqual([0, 'failed', 2, 3, undefined])
    expect(await places.use(async () => 'free again')).toBe('free again')
  })

  it('say how long all who were sent away take, by what work took of late', async () => {
    let nowMs = 1_000
    const places = new ServingPlaces({ atOnce: 8, inLine: 1, nowMs: () => nowMs })
    const serve = async (times: number, ms: number) => {
      for (let time = 0; time < times; time++) await places.use(async () => void (nowMs += ms))
    }
    await serve(400, 16)
    // 16 ms in each of eight places: 500 a second.
    const [first] = Array.from({ length: 1_000 }, () => places.sendAway())
    expect(Math.round(first ?? 0)).toBe(2)
    expect(Math.round(places.sendAway())).toBe(2_002)
    nowMs += 2_000
    expect(Math.round(places.sendAway())).toBe(4)
    nowMs += 60_000
    await serve(400, 160)
    expect(Math.round(places.sendAway())).toBe(20)
  })
})

describe('more phones than can be served', () => {
  let desk: DeviceDesk
  beforeAll(async () => {
    desk = await openDeviceDesk()
  })
  afterAll(() => desk.platform.stop())

  it('are told when to come again, not all at the same time; nobody is forgotten', async () => {
    const device = await desk.newDevice('YEALINKT54W')
    const server = createConfigurationServer(() => desk.platform.plane.context, new ServingPlaces({ atOnce: 1, inLine: 3 }))
    const file = readFileRequest(`${device.mac}.cfg`)
    if (file === undefined) throw new Error('no file')
    const ask = { method: 'GET', token: device.path.split('/')[2], file, authorization: undefined, certificateNames: [], ipAddress: '192.0.2.1', userAgent: '', origin: 'http://test', isSecure: false, ifNoneMatch: undefined } // prettier-ignore
    const answers = await Promise.all(Array.from({ length: 40 }, () => server.serve(ask)))
    expect(answers.map(({ status }) => status)).toEqual([...Array.from({ length: 4 }, () => 200), ...Array.from({ length: 36 }, () => 503)])
    const waits = answers.flatMap(({ status, headers }) => (status === 503 ? [Number(headers['retry-after'])] : []))
    expect(waits.every((seconds) => Number.isInteger(seconds) && seconds >= 3 && seconds <= 6)).toBe(true)
    expect(new Set(waits).size).toBeGreaterThan(1)
    expect((await server.serve(ask)).status).toBe(200)
    await server.log.settled()
    expect(await desk.requests(device.mac)).toHaveLength(5)
  })
})
