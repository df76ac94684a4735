import { silentLogger } from '@dialtone/foundation'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FileRequestRecord, RequestLog } from './request-log.ts'
import { type DeviceDesk, openDeviceDesk } from './test/device-desk.ts'

let desk: DeviceDesk
beforeAll(async () => {
  desk = await openDeviceDesk()
})
afterAll(() => desk.platform.stop())

const record = (fileName: string): FileRequestRecord => ({
  ...{ atMs: Date.UTC(2026, 0, 1), method: 'GET', fileName, macAddress: undefined, httpStatus: 200, verdict: 'Served' },
  ...{ authentication: 'token', ipAddress: '192.0.2.1', userAgent: 'test phone' },
})

async function logAndDevice() {
  const { context } = desk.platform.plane
  const { mac } = await desk.newDevice('YEALINKT54W')
  const device = await context.database.sql.selectFrom('device').selectAll().where('mac_address', '=', mac).executeTakeFirstOrThrow()
  return { mac, device, log: new RequestLog({ database: context.database, logger: silentLogger }) }
}

async function countOf(deviceId: string): Promise<{ readonly rows: number }> {
  const { sql } = desk.platform.plane.context.database
  const row = await sql.selectFrom('provisioning_request').select((all) => all.fn.countAll<string>().as('rows')).where('device_id', '=', deviceId).executeTakeFirst() // prettier-ignore
  return { rows: Number(row?.rows) }
}

describe('the log of requests', () => {
  it('who waits for his own entry does not wait for those that others go on adding', async () => {
    const { mac, device, log } = await logAndDevice()
    let isOver = false
    const others = (async () => {
      while (!isOver) {
        void log.add(device, record('others.cfg'))
        await new Promise((resolve) => setImmediate(resolve))
      }
    })()
    await log.add(device, record('mine.cfg'), { digest: 'mine', firmwareVersion: '1.2.3' })
    const stored = await desk.platform.plane.context.database.sql
      .selectFrom('device_configuration')
      .select(['fetched_digest', 'firmware_version'])
      .where('device_id', '=', device.id)
      .executeTakeFirst()
    isOver = true
    await others
    await log.settled()
    expect(stored).toEqual({ fetched_digest: 'mine', firmware_version: '1.2.3' })
    expect((await desk.requests(mac)).length).toBeGreaterThan(1)
  })

  it('however often a device asks, the last hundred are kept, and a few more until it is looked at again', async () => {
    const { mac, device, log } = await logAndDevice()
    for (let turn = 0; turn < 20; turn++)
      await Promise.all(Array.from({ length: 15 }, (_none, index) => log.add(device, { ...record(`${turn}-${index}.cfg`), atMs: turn })))
    const { rows } = await countOf(device.id)
    expect(rows).toBeGreaterThanOrEqual(100)
    expect(rows).toBeLessThan(130)
    expect((await desk.requests(mac))[0]?.['fileName']).toMatch(/^19-/)
  })

  it('of several requests of one device in one turn each says what it knows, and what none says stays', async () => {
    const { device, log } = await logAndDevice()
    await Promise.all([
      log.add(device, record('a.boot'), { digest: undefined, firmwareVersion: '96.86.0.70' }),
      log.add(device, record('a.cfg'), { digest: 'first', firmwareVersion: undefined }),
    ])
    await log.add(device, record('a.boot'), { digest: undefined, firmwareVersion: undefined })
    const stored = await desk.platform.plane.context.database.sql
      .selectFrom('device_configuration')
      .select(['fetched_digest', 'firmware_version', 'last_address'])
      .where('device_id', '=', device.id)
      .executeTakeFirst()
    expect(stored).toEqual({ fetched_digest: 'first', firmware_version: '96.86.0.70', last_address: '192.0.2.1' })
  })
})
