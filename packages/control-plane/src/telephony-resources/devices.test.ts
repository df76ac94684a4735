import type { CallControl } from '../context.ts'
import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { storeCallRecords } from '../call-records/index.ts'
import { NO_SWITCH } from '../no-switch.ts'

type Notify = Parameters<CallControl['notify']>[0]
type Outcome = Awaited<ReturnType<CallControl['notify']>>

let platform: TestControlPlane
let partition: string
let account: string
let janeId: string
let lastMac = 0x001a2b000000
/** What the switch is told, and what it says. */
let notified: Notify[] = []
let outcome: Outcome
let inCall: readonly { lineId: string; isEmergency: boolean }[] = []

beforeAll(async () => {
  platform = await startTestControlPlane({
    calls: {
      ...NO_SWITCH,
      linesInCall: async (lineIds) => inCall.filter((line) => lineIds.includes(line.lineId)),
      notify: async (order) => {
        notified.push(order)
        return outcome
      },
    },
  })
  partition = platform.partitionId
  const made = await platform.call('POST', `/v2/partition/${partition}/account`, {
    accountNumber: 'TR',
    accountName: 'Devices',
    allowDangerousExtensions: true,
  })
  account = String(made.body['id'])
  const base = `/v2/partition/${partition}/account/${account}`
  janeId = String((await platform.call('POST', `${base}/user`, { firstName: 'Jane', lastName: 'Smith', extension: '1002' })).body['id'])
  await platform.call('POST', `${base}/user`, { firstName: 'John', lastName: 'Doe', extension: '1001' })
})
afterAll(() => platform.stop())
beforeEach(() => {
  notified = []
  inCall = []
  outcome = { kind: 'answered', statusCode: 200, lineId: '' }
})

const newMac = () => (++lastMac).toString(16).padStart(12, '0')
const colons = (mac: string) => mac.toUpperCase().match(/../g)?.join(':')
type Data = Record<string, unknown>
const dataOf = (answer: { body: Record<string, unknown> }) => answer.body['data'] as Data
const codeOf = (answer: { body: Record<string, unknown> }) => (answer.body['error'] as { code?: string } | undefined)?.code

/** The request of S3-46, word by word. */
function seedRequest(o: Record<string, unknown> = {}) {
  return {
    mac_address: colons(newMac()),
    organization_id: `org_${account}`,
    user_id: `user_${janeId}`,
    name: "Jane's Desk Phone",
    model: 'yealink_t46u',
    manufacturer: 'Yealink',
    template_id: 'tmpl_standard',
    lines: [{ line_number: 1, extension: '1002', label: 'Jane Smith', type: 'primary' }],
    settings: { timezone: 'America/New_York', language: 'en', ringtone: 'default' },
    ...o,
  }
}

async function newDevice(o: Record<string, unknown> = {}) {
  const created = await platform.call('PUT', '/devices/phone', seedRequest(o))
  expect([created.status, created.body['error']]).toEqual([201, undefined])
  const data = dataOf(created)
  const id = String(data['id'])
  const lines = await platform.plane.context.database.sql
    .selectFrom('device_line')
    .selectAll()
    .where('device_id', '=', id.slice(4))
    .orderBy('line_number')
    .execute()
  return { id, data, mac: String(data['mac_address']), lineIds: lines.map((line) => line.id), path: new URL(String(data['provisioning_url'])).pathname }
}

describe('creating and reading a device', () => {
  it('S3-44 S3-45 S3-46 S3-47: the example of the seed', async () => {
    const request = seedRequest()
    const { status, body } = await platform.call('PUT', '/devices/phone', request)
    expect([status, body['success'], body['message']]).toEqual([201, true, 'Device created successfully'])
    expect(dataOf({ body })).toMatchObject({
      id: expect.stringMatching(/^dev_/),
      mac_address: request.mac_address,
      organization_id: `org_${account}`,
      user_id: `user_${janeId}`,
      name: "Jane's Desk Phone",
      model: 'yealink_t46u',
      manufacturer: 'Yealink',
      status: 'offline',
      provisioning_status: 'pending',
      provisioning_url: expect.stringMatching(/^http:\/\/.+\/provision\/.+\/$/),
      created_at: expect.stringMatching(/Z$/),
      lines: [{ line_number: 1, extension: '1002', label: 'Jane Smith', type: 'primary', registered: false }],
    })
    expect(JSON.stringify(body)).not.toMatch(/password/i)
  })

  it('S3-41 S3-42: by its MAC address in either form, short', async () => {
    const device = await newDevice()
    for (const spelled of [device.mac, device.mac.replaceAll(':', ''), device.mac.toLowerCase()]) {
      const read = await platform.call('GET', `/devices/mac/${spelled}`)
      expect([read.status, dataOf(read)['id'], dataOf(read)['lines'], dataOf(read)['status_details']]).toEqual([200, device.id, undefined, undefined])
    }
    expect((await platform.call('GET', '/devices/mac/no-mac')).status).toBe(400)
    const missing = await platform.call('GET', '/devices/mac/00:11:22:33:44:55')
    expect([missing.status, codeOf(missing)]).toEqual([404, 'EntityNotFound'])
    expect((await platform.call('GET', `/devices/mac/${device.mac}`, undefined, '')).status).toBe(401)
  })

  it('S3-38 S3-39: with lines, settings and status; of a phone that is registered', async () => {
    const device = await newDevice({ model: 'Polycom VVX 450', manufacturer: 'Polycom', lines: [{ line_number: 1, extension: '1001', label: 'John Doe', type: 'primary' }, { line_number: 2, extension: '1050', label: 'Sales Queue', type: 'shared' }] }) // prettier-ignore
    const [first = ''] = device.lineIds
    platform.registered.add(first)
    const read = await platform.call('GET', `/devices/${device.id}?include=lines,settings,status`)
    expect(dataOf(read)).toMatchObject({
      model: 'Polycom VVX 450',
      status: 'online',
      ip_address: '192.168.1.100',
      firmware_version: '96.86.0.70',
      lines: [
        { line_number: 1, extension: '1001', label: 'John Doe', type: 'primary', registered: true },
        { line_number: 2, extension: '1050', label: 'Sales Queue', type: 'shared', registered: false },
      ],
      settings: { timezone: 'America/New_York', language: 'en', ringtone: 'default' },
      status_details: {
        registration_state: 'registered',
        network_quality: null,
        network_quality_reason: 'no call of the device in the last 7 days',
        uptime_seconds: 432_000,
        source_address: '198.51.100.7',
      },
    })
    platform.registered.delete(first)
    expect((await platform.call('GET', `/devices/${device.id}?include=colour`)).status).toBe(400)
  })

  it.each([
    ['excellent', { packetsReceived: 3000, packetsLost: 0, jitterMs: 3, remote: { packetsLost: 2, jitterMs: 4 } }, null],
    ['good', { packetsReceived: 3000, packetsLost: 25, jitterMs: 3, remote: null }, null],
    ['fair', { packetsReceived: 3000, packetsLost: 0, jitterMs: 3, remote: { packetsLost: 60, jitterMs: 4 } }, null],
    ['poor', { packetsReceived: 3000, packetsLost: 0, jitterMs: 80, remote: null }, null],
    [null, { packetsReceived: 10, packetsLost: 0, jitterMs: 0, remote: null }, 'the last call was too short to be measured'],
  ] as const)('S3-39 network_quality %s, from what was measured in the last call', async (quality, measured, reason) => {
    const device = await newDevice({ lines: [{ line_number: 1, extension: '1002', type: 'primary' }] })
    const side = {
      packetsSent: 3000,
      octetsReceived: 0,
      octetsSent: 0,
      packetsStray: 0,
      packetsMalformed: 0,
      packetsOverLimit: 0,
      notMeasured: null,
      ...measured,
    }
    const nowMs = platform.time.nowMs()
    const record = {
      id: crypto.randomUUID(), sessionId: crypto.randomUUID(), partitionId: partition, accountId: account, legType: 'Origination', direction: 'INTERNAL', startedAtMs: nowMs - 70_000,
      ringingAtMs: nowMs - 69_000, answeredAtMs: nowMs - 65_000, endedAtMs: nowMs - 1_000, dialedNumber: '1001', callingNumber: '1002', callingName: 'Jane', calledNumber: '1001',
      callingLineId: device.lineIds[0], origCategory: 'INTERNAL', termCategory: 'INTERNAL', disposition: 'ANSWERED', hangupBy: 'caller', sipStatusCode: 200, sipCallIds: [],
      mediaReport: { a: side, b: side },
    } // prettier-ignore
    await storeCallRecords(platform.plane.context, [record as unknown as Parameters<typeof storeCallRecords>[1][number]])
    const read = await platform.call('GET', `/devices/${device.id}?include=status`)
    expect(dataOf(read)['status_details']).toMatchObject({ network_quality: quality, network_quality_reason: reason })
  })

  it.each([
    ['S3-48 no MAC address', { mac_address: undefined }, 400, 'MacAddressRequired'],
    ['S3-48 no organisation', { organization_id: undefined }, 400, 'OrganizationIdRequired'],
    ['S3-48 what is no MAC address', { mac_address: '00:1A:2B' }, 422, 'InvalidMacAddress'],
    ['an organisation that is not there', { organization_id: 'org_nobody' }, 422, 'InvalidOrganizationId'],
    ['a user of nobody', { user_id: 'user_nobody' }, 422, 'InvalidUserId'],
    ['a template of nobody', { template_id: 'tmpl_nobody' }, 422, 'InvalidTemplateId'],
    ['an extension of nobody as own line', { lines: [{ line_number: 1, extension: '7777' }] }, 422, 'InvalidExtension'],
    ['a line the model does not have', { lines: [{ line_number: 900, extension: '1002' }] }, 422, 'InvalidLineNumber'],
    [
      'a line twice',
      {
        lines: [
          { line_number: 1, extension: '1002' },
          { line_number: 1, extension: '1001' },
        ],
      },
      422,
      'InvalidLineNumber',
    ],
  ])('%s', async (_case, o, status, code) => {
    const before = await platform.plane.context.database.sql.selectFrom('device').select('id').execute()
    const refused = await platform.call('PUT', '/devices/phone', seedRequest(o))
    expect([refused.status, codeOf(refused)]).toEqual([status, code])
    expect(await platform.plane.context.database.sql.selectFrom('device').select('id').execute()).toHaveLength(before.length)
  })

  it('S3-48 a MAC address that somebody has: 409; devices of a partition: 422', async () => {
    const device = await newDevice()
    const again = await platform.call('PUT', '/devices/ata', seedRequest({ mac_address: device.mac }))
    expect([again.status, codeOf(again)]).toEqual([409, 'DuplicateMACAddress'])
    expect((await platform.call('PUT', '/devices/phone', seedRequest({ organization_id: `org_${partition}` }))).status).toBe(422)
  })
})

describe('changing and deleting a device', () => {
  it('S3-49 S3-50 S3-52: pending, needs_update, provisioned, needs_update; known lines keep their logins', async () => {
    const device = await newDevice()
    const status = async () => dataOf(await platform.call('GET', `/devices/${device.id}`))['provisioning_status']
    expect(await status()).toBe('pending')
    const lines = [{ line_number: 1, extension: '1002', label: 'Jane Smith', type: 'primary' }, { line_number: 2, extension: '1100', label: 'Conference', type: 'shared' }] // prettier-ignore
    const update = await platform.call('POST', `/devices/${device.id}`, { name: "Jane's Conference Phone", lines })
    expect([update.status, update.body['message']]).toEqual([200, 'Device updated successfully'])
    expect(dataOf(update)).toMatchObject({ id: device.id, name: "Jane's Conference Phone", provisioning_status: 'needs_update', lines })
    const fetched = await platform.plane.http.inject({ url: `${device.path}${device.mac.replaceAll(':', '').toLowerCase()}.cfg` })
    expect([fetched.statusCode, fetched.body.includes(`account.1.user_name = ${device.lineIds[0]}`), fetched.body.includes('linekey.2.value = 1100')]).toEqual([
      200,
      true,
      true,
    ])
    expect(await status()).toBe('provisioned')
    await platform.call('POST', `/devices/${device.id}`, { settings: { language: 'fr' } })
    expect(await status()).toBe('needs_update')
    const alone = await platform.call('PUT', `/devices/${device.id}`, { lines: [] })
    expect([alone.status, dataOf(alone)['lines']]).toEqual([200, []])
    expect((await platform.call('POST', '/devices/dev_unknown', {})).status).toBe(404)
  })

  it('S3-46: who is only watched by a key does not own the device', async () => {
    const device = await newDevice({ user_id: undefined })
    const lines = [{ line_number: 2, extension: '1002', label: 'Jane', type: 'blf' }]
    const { user_id: owner, lines: shown } = dataOf(await platform.call('POST', `/devices/${device.id}`, { lines }))
    expect([owner, shown]).toEqual([null, [{ ...lines[0], registered: false }]])
  })

  it('S3-53 S3-54: deleted with its lines; its settings come back with keep_config and not without', async () => {
    for (const [query, expected] of [
      ['?keep_config=true', { language: 'fr' }],
      ['', {}],
    ] as const) {
      const device = await newDevice({ settings: { language: 'fr' } })
      const deleted = await platform.call('DELETE', `/devices/${device.id}${query}`)
      expect([deleted.status, deleted.body['message'], dataOf(deleted)]).toEqual([
        200,
        'Device deleted successfully',
        { id: device.id, deleted_at: expect.stringMatching(/Z$/) },
      ])
      expect((await platform.call('GET', `/devices/${device.id}`)).status).toBe(404)
      const back = await newDevice({ mac_address: device.mac, settings: undefined })
      expect(dataOf(await platform.call('GET', `/devices/${back.id}?include=settings`))['settings']).toEqual(expected)
    }
  })

  it('a user who has a device is not deleted before it is taken from him', async () => {
    const base = `/v2/partition/${partition}/account/${account}`
    const userId = String((await platform.call('POST', `${base}/user`, { firstName: 'A', lastName: 'B', extension: '1009' })).body['id'])
    const device = await newDevice({ user_id: `user_${userId}`, lines: [] })
    expect((await platform.call('DELETE', `${base}/user/${userId}`)).status).toBe(400)
    await platform.call('DELETE', `/devices/${device.id}`)
    expect([200, 204]).toContain((await platform.call('DELETE', `${base}/user/${userId}`)).status)
  })
})

describe('saying something to a phone', () => {
  async function onlineDevice(o: Record<string, unknown> = {}) {
    const device = await newDevice(o)
    for (const lineId of device.lineIds) platform.registered.add(lineId)
    return device
  }

  it('S3-56 S3-57: restarts it now, and tells what it answered', async () => {
    const device = await onlineDevice()
    const told = await platform.call('PUT', `/devices/reboot/${device.id}`, {})
    expect([told.status, told.body['message']]).toEqual([200, 'Reboot command sent successfully'])
    expect(dataOf(told)).toEqual({
      device_id: device.id,
      reboot_scheduled: true,
      scheduled_time: new Date(platform.time.nowMs()).toISOString(),
      delay_seconds: 0,
      response_code: 200,
    })
    expect(notified).toMatchObject([{ event: 'check-sync;reboot=true', accountId: account, lineIds: device.lineIds }])
  })

  it('S3-56: everything of the order has a default, the order itself too', async () => {
    const device = await onlineDevice()
    expect((await platform.call('PUT', `/devices/reboot/${device.id}`)).status).toBe(200)
    expect(notified).toHaveLength(1)
  })

  it('tells it nothing in a dry run', async () => {
    const device = await onlineDevice()
    const dry = await platform.call('PUT', `/devices/reboot/${device.id}?dryRun=true`, {})
    expect(dry.body).toMatchObject({ dryRun: true, would: { status: 200, body: { data: { reboot_scheduled: true } } } })
    const signal = await platform.call('POST', `/devices/sipnotify/${device.id}?dryRun=true`, { event: 'talk' })
    expect([signal.body['dryRun'], notified]).toEqual([true, []])
  })

  it('S3-57: later, at its time, and after the call that goes on then', async () => {
    const device = await onlineDevice({ model: 'SPA504G', manufacturer: 'Cisco' })
    const told = await platform.call('PUT', `/devices/reboot/${device.id}`, { delay: 60, force: false })
    expect(dataOf(told)).toMatchObject({ delay_seconds: 60, scheduled_time: new Date(platform.time.nowMs() + 60_000).toISOString(), response_code: null })
    const run = async (afterMs: number) => {
      platform.time.advance(afterMs)
      await platform.plane.context.dueWork.runNow()
      await new Promise((resolve) => setImmediate(resolve))
    }
    await run(59_000)
    expect(notified).toEqual([])
    inCall = device.lineIds.map((lineId) => ({ lineId, isEmergency: false }))
    await run(2_000)
    inCall = []
    await run(11_000)
    await expect.poll(() => notified.map((order) => order.event)).toEqual(['reboot'])
    await run(60_000)
    expect(notified).toHaveLength(1)
  })

  it('S3-58: 409 in a call unless forced, never in an emergency call; 503 when it cannot be reached or refuses', async () => {
    const device = await onlineDevice()
    const reboot = async (body: object) => {
      const answer = await platform.call('PUT', `/devices/reboot/${device.id}`, body)
      return [answer.status, codeOf(answer)]
    }
    inCall = [{ lineId: device.lineIds[0] ?? '', isEmergency: false }]
    expect([await reboot({}), await reboot({ delay: 5 }), await reboot({ force: true })]).toEqual([[409, 'DeviceInCall'], [409, 'DeviceInCall'], [200, undefined]])
    inCall = [{ lineId: device.lineIds[0] ?? '', isEmergency: true }]
    expect(await reboot({ force: true })).toEqual([409, 'DeviceInEmergencyCall'])
    inCall = []
    outcome = { kind: 'timedOut', lineId: '' }
    expect(await reboot({})).toEqual([503, 'DeviceUnreachable'])
    outcome = { kind: 'answered', statusCode: 489, lineId: '' }
    expect(await reboot({})).toEqual([503, 'DeviceRefused'])
    for (const lineId of device.lineIds) platform.registered.delete(lineId)
    expect([await reboot({}), await reboot({ delay: 5 })]).toEqual([[503, 'DeviceUnreachable'], [503, 'DeviceUnreachable']])
    expect(await reboot({ delay: -1 })).toEqual([400, 'InvalidDelay'])
  }) // prettier-ignore

  it('S3-59 S3-60: the example of the seed, and the code the phone answered', async () => {
    const device = await onlineDevice()
    const body = 'Messages-Waiting: yes\r\nVoice-Message: 2/0 (0/0)'
    outcome = { kind: 'answered', statusCode: 202, lineId: '' }
    const sent = await platform.call('POST', `/devices/sipnotify/${device.id}`, {
      event: 'check-sync',
      content_type: 'application/simple-message-summary',
      body,
    })
    expect([sent.status, sent.body['message']]).toEqual([200, 'SIP NOTIFY sent successfully'])
    expect(dataOf(sent)).toEqual({ device_id: device.id, event: 'check-sync', sent_at: expect.stringMatching(/Z$/), response_code: 202 })
    expect(notified).toMatchObject([{ event: 'check-sync;reboot=false', contentType: 'application/simple-message-summary', body }])
  })

  it('S3-59: each event as phones of the make know it', async () => {
    const device = await onlineDevice({ model: 'SPA504G', manufacturer: 'Cisco' })
    for (const event of ['check-sync', 'reboot', 'talk', 'hold'])
      expect((await platform.call('POST', `/devices/sipnotify/${device.id}`, { event })).status).toBe(200)
    expect(notified.map((order) => [order.event, order.body])).toEqual([['check-sync', undefined], ['reboot', undefined], ['talk', undefined], ['hold', undefined]]) // prettier-ignore
  })

  it('S3-61: 400 for what is no event, 408 for silence, 503 when nobody is there', async () => {
    const device = await onlineDevice()
    const send = async (body: object) => {
      const answer = await platform.call('POST', `/devices/sipnotify/${device.id}`, body)
      return [answer.status, codeOf(answer)]
    }
    expect([await send({}), await send({ event: 'dance' }), await send({ event: 'talk', content_type: 'x\r\nEvil: 1', body: 'x' }), await send({ event: 'message-summary' })]).toEqual([
      [400, 'EventRequired'], [400, 'InvalidEvent'], [400, 'InvalidContentType'], [400, 'BodyRequired'],
    ]) // prettier-ignore
    for (const folded of ['text/plain;\r\nx=y', 'text/plain\r\n;x=y', 'text/plain;x=y\r\n'])
      expect(await send({ event: 'talk', content_type: folded, body: 'x' })).toEqual([400, 'InvalidContentType'])
    expect(notified).toEqual([])
    outcome = { kind: 'timedOut', lineId: '' }
    expect(await send({ event: 'talk' })).toEqual([408, 'NotifyTimedOut'])
    outcome = undefined
    expect(await send({ event: 'talk' })).toEqual([503, 'SwitchUnavailable'])
    outcome = { kind: 'unreachable', reason: 'gone' }
    expect(await send({ event: 'talk' })).toEqual([503, 'DeviceUnreachable'])
  })
})
