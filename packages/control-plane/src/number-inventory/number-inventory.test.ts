import { OPERATOR, startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { sql as sqlText } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemScope } from '../access/index.ts'
import { readStatusQuery, statusRows } from './status-search.ts'

let platform: TestControlPlane
let numbers: string
let accountId: string

beforeAll(async () => {
  platform = await startTestControlPlane()
  numbers = `/v2/partition/${platform.partitionId}/telephonenumber`
  const account = await platform.call('POST', `/v2/partition/${platform.partitionId}/account`, { accountNumber: 'I-1', accountName: 'Inventory' })
  accountId = String(account.body['id'])
})
afterAll(() => platform.stop())

const call = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown) => platform.call(method, `${numbers}${path}`, body)
const raw = async (method: 'GET' | 'POST', path: string, file?: string) => {
  const headers = { 'x-auth-token': platform.token, ...(file === undefined ? {} : { 'content-type': 'text/csv' }) }
  return platform.plane.http.inject({ method, url: path, headers, ...(file === undefined ? {} : { payload: file }) })
}
async function uploaded(file: string): Promise<string> {
  const { body } = await platform.call('POST', '/v2/job/input')
  const url = new URL(String(body['url']))
  const put = await platform.plane.http.inject({ method: 'PUT', url: `${url.pathname}${url.search}`, headers: { 'content-type': 'text/csv' }, payload: file })
  expect(put.statusCode, put.body).toBeLessThan(300)
  return String(body['key'])
}
async function finished(id: unknown) {
  await platform.plane.jobsDone()
  const { body } = await platform.call('GET', `/v2/job/${String(id)}`)
  const output = await raw('GET', `/v2/job/${String(id)}/output`)
  return { body, output: output.body }
}

describe('the inventory of a partition', () => {
  it('takes a number, with what its digits tell, shows it, finds it, and lets it go', async () => {
    const made = await call('POST', '', { phoneNumber: '+1 801 769 4321', carrierId: 'sandbox' })
    expect(made).toMatchObject({
      status: 201,
      body: { phoneNumber: '18017694321', state: 'UT', prefix: '1801769', functionType: 'ELS', isInInventory: true, carrierId: 'sandbox' },
    })
    expect((await call('POST', '', { phoneNumber: '18017694321' })).body).toMatchObject({ status: 400, errorCode: 'DuplicatePhoneNumber' })
    expect((await call('GET', '')).list).toMatchObject([{ phoneNumber: '18017694321' }])
    expect((await call('GET', '/search?q=801769&type=TN')).list).toMatchObject([{ phoneNumber: '18017694321' }])
    expect((await call('DELETE', '/18017694321')).status).toBe(204)
    expect((await call('DELETE', '/18017694321')).status).toBe(404)
  })

  it.each([
    [{}, 'PhoneNumberRequired'],
    [{ phoneNumber: '12345' }, 'InvalidPhoneNumber'],
    [{ phoneNumber: '+442079460000' }, 'InvalidPhoneNumber'],
    [{ phoneNumber: '18017694321', functionType: 'GOLD' }, 'InvalidFunctionType'],
    [{ phoneNumber: '18017694321', functionType: 'TollFree' }, 'InvalidFunctionType'],
    [{ phoneNumber: '18017694321', operationalStatus: 'SLEEPING' }, 'InvalidOperationalStatus'],
    [{ phoneNumber: '18017694321', carrierId: 'no spaces' }, 'InvalidCarrierId'],
    [{ phoneNumber: '18017694321', state: 'Atlantis' }, 'InvalidState'],
  ])('refuses %j with %s', async (body, code) => {
    expect((await call('POST', '', body)).body).toMatchObject({ status: 400, errorCode: code })
  })

  it('one number added fifty times at once is there once', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => call('POST', '', { phoneNumber: '18017690001' })))
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1)
  })

  it('does not let go of what is reserved or on an account; a number on the platform cannot be forwarded to', async () => {
    await call('POST', '', { phoneNumber: '18017690002' })
    await call('PUT', '/18017690002/reserve')
    expect((await call('DELETE', '/18017690002')).body['errorCode']).toBe('TelephoneNumberReserved')
    expect((await call('GET', '/18017690002/fmfmcheck')).body).toBe(true)
    const order = { telephoneNumbers: ['18017690002'], accountId }
    expect((await platform.call('POST', `/v2/partition/${platform.partitionId}/telephone-number/order`, order)).status).toBe(200)
    expect((await call('DELETE', '/18017690002')).body['errorCode']).toBe('TelephoneNumberInUse')
    expect((await call('GET', '/18017690002/fmfmcheck')).body).toBe(false)
  })

  it('belongs to the partition: another one neither lists nor deletes it', async () => {
    await call('POST', '', { phoneNumber: '18017690003' })
    const manager = { username: 'inventory@example.com', password: 'Another-horse-2', firstName: 'I', lastName: 'I' }
    const child = await platform.call('POST', `/v2/partition/${platform.partitionId}/partition`, { name: 'Child', manager })
    const token = String((await platform.logIn(manager.username, manager.password)).body['authToken'])
    const theirs = `/v2/partition/${String(child.body['id'])}/telephonenumber`
    expect((await platform.call('GET', theirs, undefined, token)).list).toEqual([])
    expect((await platform.call('DELETE', `${theirs}/18017690003`, undefined, token)).status).toBe(404)
  })
})

describe('files of the inventory', () => {
  it('come in at once: good lines are taken, bad ones come back', async () => {
    const answer = await raw('POST', `${numbers}/bulkimport`, 'PhoneNumber,CarrierId\n13125550111,sandbox\n123,sandbox\n13125550111,sandbox\n')
    expect([answer.statusCode, answer.json()]).toEqual([200, ['line 3: InvalidPhoneNumber 123,sandbox', 'line 4: DuplicatePhoneNumber 13125550111,sandbox']])
    const shifted = await raw('POST', `${numbers}/bulkimport`, 'PhoneNumber,CarrierId\n13125550112,sandbox,\n13125550113,sandbox,more\n')
    expect(shifted.json()).toEqual(['line 3: TooManyCells 13125550113,sandbox,more'])
    expect((await raw('POST', `${numbers}/bulkimport`, 'Number\n1\n')).json()).toEqual(['line 1: ColumnRequired PhoneNumber'])
  })

  it('of which more lines are bad than are shown say how many', async () => {
    const lines = Array.from({ length: 1700 }, (_, line) => (line % 17 === 3 ? `1312557${String(line).padStart(4, '0')}` : `bad${line}`))
    const started = await call('POST', '/bulkimport_2', { key: await uploaded(`PhoneNumber\n${lines.join('\n')}\n`) })
    const { body } = await finished(started.body['id'])
    expect([body['errorCount'], (body['errors'] as readonly unknown[]).length]).toEqual([1600, 1000])
  })

  it('come in in the background, a thousand lines with ten bad ones, and go out again', async () => {
    const lines = Array.from({ length: 1000 }, (_, line) => (line % 100 === 50 ? `bad${line}` : `1312556${String(line).padStart(4, '0')}`))
    const started = await call('POST', '/bulkimport_2', { key: await uploaded(`PhoneNumber\n${lines.join('\n')}\n`) })
    expect(started).toMatchObject({ status: 202, body: { status: 'PENDING' } })
    const { body } = await finished(started.body['id'])
    expect(body).toMatchObject({ status: 'DONE', errorCount: 10, progress: { done: 1000, total: 1000 } })
    expect((body['errors'] as readonly unknown[])[0]).toEqual({ lineNumber: 52, column: 'PhoneNumber', error: 'InvalidPhoneNumber', input: 'bad50' })
    const exported = await finished((await call('GET', '/export_2')).body['id'])
    expect(exported.output.split('\r\n').filter((line) => line.startsWith('1312556'))).toHaveLength(990)
    expect((await raw('GET', `${numbers}/export`)).body).toBe(exported.output)
    expect((await call('POST', '/bulkimport_2', {})).body['errorCode']).toBe('KeyRequired')
    expect((await call('POST', '/bulkimport_2', { key: 'nobody' })).status).toBe(404)
  })
})

describe('what is going on about numbers', () => {
  it('S0-96 S2-57: activations are found by number, kind, state and day; as JSON and as CSV', async () => {
    await call('POST', '', { phoneNumber: '13125570001' })
    await platform.call('POST', `/v2/partition/${platform.partitionId}/telephone-number/order`, { telephoneNumbers: ['13125570001'], accountId })
    const search = async (query: string) => (await call('GET', `/statussearch?${query}`)).body
    expect(await search('telephoneNumber=%2B13125570001')).toMatchObject({
      totalRecords: 1,
      results: [{ serviceType: 'ACTIVATION', activationStatusType: 'COMPLETED', mainTelephoneNumber: '13125570001', accountId }],
    })
    expect(await search('telephoneNumber=13125570001&eventType=ACTIVATION,DISCONNECT&statusType=COMPLETED&statusType=REJECTED')).toMatchObject({
      totalRecords: 1,
    })
    expect(await search('telephoneNumber=13125570001&eventType=DISCONNECT')).toEqual({ totalRecords: 0, results: [] })
    const today = new Date(platform.time.nowMs()).toISOString().slice(0, 10)
    expect(await search(`telephoneNumber=13125570001&startDate=${today}&endDate=${today}`)).toMatchObject({ totalRecords: 1 })
    expect(await search('telephoneNumber=13125570001&endDate=2020-01-01')).toMatchObject({ totalRecords: 0 })
    const csv = (await raw('GET', `${numbers}/exportstatussearch?telephoneNumber=13125570001`)).body
    expect(csv.split('\r\n')[1]).toContain(',ACTIVATION,13125570001,COMPLETED,13125570001,')
    expect((await finished((await call('GET', '/exportstatussearch_2?telephoneNumber=13125570001')).body['id'])).output).toBe(csv)
  })

  it('a file of many holds each once, whatever comes while it is read', async () => {
    const { context } = platform.plane
    const copies = (first: number, count: number) =>
      sqlText`INSERT INTO service_activation SELECT made.* FROM service_activation row,
        generate_series(${sqlText.lit(first)}, ${sqlText.lit(first + count - 1)}) turn,
        jsonb_populate_record(row, jsonb_build_object('id', 'copy-' || turn, 'sequence', 1000000 + turn, 'service_type', 'NINE_ONE_ONE_ADDRESS')) made
        WHERE row.main_telephone_number = '13125570001' AND row.id NOT LIKE 'copy-%'`.execute(context.database.sql)
    await copies(1, 1200)
    const read = readStatusQuery({ eventType: 'NINE_ONE_ONE_ADDRESS' })
    if (!read.ok) throw new Error(JSON.stringify(read.error))
    const ids: unknown[] = []
    for await (const [id] of statusRows(context, systemScope(platform.partitionId, accountId), read.value)) {
      if (ids.length === 10 || ids.length === 600) await copies(2000 + ids.length, 3)
      ids.push(id)
    }
    expect([ids.length, new Set(ids).size]).toEqual([1200, 1200])
  })

  it.each([
    ['eventType=PARTY', 'InvalidEventType'],
    ['statusType=LATE', 'InvalidStatusType'],
    ['startDate=yesterday', 'InvalidStartDate'],
    ['startDate=2026-02-30', 'InvalidStartDate'],
    ['startDate=2026-02-02&endDate=2026-02-01', 'InvalidEndDate'],
    ['telephoneNumber=12', 'InvalidTelephoneNumber'],
  ])('refuses ?%s with %s', async (query, code) => {
    expect((await call('GET', `/exportstatussearch?${query}`)).body).toMatchObject({ status: 400, errorCode: code })
  })
})

describe('a number that was released', () => {
  it('is free in the file too from the moment it has rested', async () => {
    const phoneNumber = '13125580001'
    await call('POST', '', { phoneNumber })
    const home = { streetNumber: '333', streetName: '520', city: 'Lindon', state: 'UT', country: 'USA', postalCode: '84042' }
    const customerServiceRecord = { customerType: 'BUSINESS', businessName: 'Rests', customerName: 'RESTS', ...home }
    const onAccount = numbers.replace('/telephonenumber', `/account/${accountId}/telephonenumber`)
    const order = { telephoneNumbers: [{ phoneNumber }], customerServiceRecord, directoryListing: { listed: false } }
    expect((await platform.call('POST', onAccount, order)).status).toBe(200)
    expect((await platform.call('DELETE', `${onAccount}/${phoneNumber}`)).status).toBe(204)
    const rowAt = async (token: string) => {
      const file = await platform.plane.http.inject({ method: 'GET', url: `${numbers}/export`, headers: { 'x-auth-token': token } })
      return file.body.split('\r\n').find((line) => line.startsWith(phoneNumber))
    }
    expect(await rowAt(platform.token)).toMatch(/,COOLDOWN,RELEASED,,2027-02-19T12:00:00\.000Z$/)
    platform.time.advance(90 * 86_400_000)
    const again = await platform.logIn(OPERATOR.username, OPERATOR.password)
    expect(await rowAt(String(again.body['authToken']))).toMatch(/,INVENTORY,INVENTORY_AVAILABLE,,$/)
  })
})
