import { Readable } from 'node:stream'
import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { sql as fragment } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Principal, systemPartition } from '../access/index.ts'
import { fillInventory } from '../telephone-numbers/index.ts'
import { statusChangeWorker } from './status-change-worker.ts'

let platform: TestControlPlane
let accounts: string
let sequence = 0

beforeAll(async () => {
  platform = await startTestControlPlane()
  accounts = `/v2/partition/${platform.partitionId}/account`
})
afterAll(() => platform.stop())

async function create(overrides: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
  sequence++
  const answer = await platform.call('POST', accounts, { accountNumber: `F-${sequence}`, accountName: 'Found', ...overrides })
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body
}

const search = async (q: string, path = accounts) => (await platform.call('GET', `${path}/search?q=${encodeURIComponent(q)}`)).list
const csv = (path: string, file: string) =>
  platform.plane.http.inject({ method: 'POST', url: path, headers: { 'x-auth-token': platform.token, 'content-type': 'text/csv' }, payload: file })

describe('account search', () => {
  it('finds any part of number, name, e-mail, MAC and telephone number, says what matched, and forgets what is gone', async () => {
    const account = await create({ accountNumber: 'ZX-77_1%', accountName: 'Müller & Söhne' })
    const id = String(account['id'])
    const user = await platform.call('POST', `${accounts}/${id}/user`, {
      firstName: 'Ann',
      lastName: 'Found',
      extension: '4000',
      emailAddress: 'Ann@Fernsprech.example',
    })
    await platform.call('POST', `${accounts}/${id}/device`, { macAddress: '00:1A:2B:3C:4D:5E', deviceType: 'IP_PHONE', model: 'Yealink T46G' })
    const matched = async (q: string) => (await search(q)).find((row) => row['id'] === id)?.['matches']
    expect(await matched('ller & s')).toEqual({ accountname: 'Müller & Söhne' })
    expect(await matched('77_1%')).toEqual({ accountnumber: 'ZX-77_1%' })
    expect(await matched('FERNSPRECH')).toEqual({ emailaddresses: 'Ann@Fernsprech.example' })
    expect(await matched('1a:2b:3c')).toEqual({ devices: '001a2b3c4d5e' })
    expect(await matched('zx')).toEqual({ accountnumber: 'ZX-77_1%' })
    expect(await matched('77%1')).toBeUndefined()
    expect(await search('nothing at all like this')).toEqual([])
    await platform.call('PATCH', `${accounts}/${id}/user/${String(user.body['id'])}`, { emailAddress: null })
    expect(await matched('fernsprech')).toBeUndefined()
  })

  it('S1-11: never shows an account of another partition', async () => {
    await create({ accountName: 'Only mine' })
    const child = await platform.call('POST', `/v2/partition/${platform.partitionId}/partition`, { name: 'Brand' })
    platform.time.advance(3_000)
    expect(await search('Only mine', `/v2/partition/${String(child.body['id'])}/account`)).toEqual([])
    expect(await search('only mine')).toHaveLength(1)
  })

  it('over many accounts goes along an index', async () => {
    const { sql } = platform.plane.context.database
    const template = await create({ accountName: 'Template' })
    await fragment`INSERT INTO account SELECT (jsonb_populate_record(account, jsonb_build_object('id', 'bulk-' || n, 'account_number', 'B' || lpad(n::text, 6, '0'),
      'account_name', 'Customer ' || md5(n::text)))).* FROM account, generate_series(1, 4000) AS n WHERE id = ${String(template['id'])}`.execute(sql)
    await fragment`ANALYZE account_search`.execute(sql)
    const plan = await sql.transaction().execute(async (transaction) => {
      // So few rows are read faster without any index.
      await fragment`SET LOCAL enable_seqscan = off`.execute(transaction)
      return fragment<{ 'QUERY PLAN': string }>`EXPLAIN SELECT account_id FROM account_search
        WHERE partition_id || '' = ${platform.partitionId} AND grams @> search_grams('c4ca42') AND value LIKE '%c4ca42%' LIMIT 400`.execute(transaction)
    })
    expect(plan.rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('account_search_grams')
    const before = performance.now()
    expect(await search('c4ca4238')).toMatchObject([{ accountNumber: 'B000001' }])
    expect(performance.now() - before).toBeLessThan(500)
  })
})

describe('what is known about an account', () => {
  it('its history: newest first, in pages, by kind and day, by account number too, also once it is deleted', async () => {
    const account = await create({ accountNumber: 'HIST-1' })
    const path = `${accounts}/${String(account['id'])}`
    await platform.call('PATCH', path, { accountName: 'Renamed' })
    await platform.call('PATCH', path, { status: 'SUSPENDED' })
    const all = await platform.call('GET', `${path}/accounthistorysearch`)
    expect(all.body).toMatchObject({ totalRecords: 3, accountCreatedDate: account['createdDate'] })
    const results = all.body['results'] as Record<string, unknown>[]
    expect(results.map((row) => [row['accountHistoryType'], row['action'], row['referenceType']])).toEqual([
      ['ACCOUNT_STATUS', 'UPDATE', 'Account'],
      ['ACCOUNT', 'UPDATE', 'Account'],
      ['ACCOUNT', 'CREATE', 'Account'],
    ])
    expect(results[1]).toMatchObject({
      accountNumber: 'HIST-1',
      userName: 'operator@example.com',
      userType: 'ManagementUser',
      newValue: expect.stringContaining('Renamed') as string,
    })
    const kinds = async (query: string) =>
      ((await platform.call('GET', `${accounts}/accounthistorysearch?accountNumber=HIST-1&${query}`)).body['results'] as Record<string, unknown>[]).map(
        (row) => row['action'],
      )
    expect(await kinds('accountHistoryType=ACCOUNT_STATUS')).toEqual(['UPDATE'])
    expect(await kinds('accountHistoryType=ACCOUNT_STATUS&accountHistoryType=ACCOUNT&maxResult=1&firstResultIndex=2')).toEqual(['CREATE'])
    expect(await kinds('startDate=2026-11-21&endDate=2026-11-21')).toHaveLength(3)
    expect(await kinds('startDate=2026-11-22')).toEqual([])
    expect(await kinds('endDate=2026-11-20')).toEqual([])
    expect((await platform.call('GET', `${path}/accounthistorysearch?startDate=2026-02-30`)).body['errorCode']).toBe('InvalidStartDate')
    expect((await platform.call('GET', `${path}/accounthistorysearch?startDate=20261121`)).body['errorCode']).toBe('InvalidStartDate')
    expect((await platform.call('GET', `${path}/accounthistorysearch?startDate=2026-11-22&endDate=2026-11-21`)).body['errorCode']).toBe('InvalidEndDate')
    expect((await platform.call('GET', `${path}/accounthistorysearch?accountHistoryType=NONSENSE`)).status).toBe(400)
    expect((await platform.call('GET', `${accounts}/accounthistorysearch?accountNumber=NOBODY`)).status).toBe(404)
    await platform.call('DELETE', path)
    expect(await kinds('')).toEqual(['DELETE', 'UPDATE', 'UPDATE', 'CREATE'])
  })

  it('which ones are opened often and lately', async () => {
    const [first, second] = [await create(), await create()]
    const open = (account: Record<string, unknown>) => platform.call('GET', `${accounts}/${String(account['id'])}`)
    for (let day = 0; day < 3; day++) {
      await open(first)
      if (day === 0) await open(second)
      platform.time.advance(61_000)
    }
    await open(first)
    await open(first)
    const ids = async (list: string) => (await platform.call('GET', `${accounts}/${list}`)).list.map((row) => row['id'])
    expect((await ids('frequentlyaccessed'))[0]).toBe(first['id'])
    expect((await ids('recentlyaccessed')).slice(0, 2)).toEqual([first['id'], second['id']])
  })

  it('C-25: by its number in every form that a number has', async () => {
    const place = { functionType: 'ELS', rateCenter: 'PROVO', rateCenterReorderName: 'PROVO', state: 'UT', country: 'USA', prefix: '1801555', lata: '660', latitude: 40.2, longitude: -111.6 } as const // prettier-ignore
    const numbers = [{ phoneNumber: '18015554321', ...place }]
    const { partitionId } = platform
    await fillInventory(platform.plane.context.database, { partitionId, carrierId: 'carrier-1', now: new Date(platform.time.nowMs()), numbers })
    const { id } = await create()
    const home = { streetNumber: '333', streetName: '520', city: 'Lindon', state: 'UT', country: 'USA', postalCode: '84042' }
    const order = {
      telephoneNumbers: [{ phoneNumber: '18015554321' }],
      customerServiceRecord: { customerType: 'BUSINESS', businessName: 'Found', customerName: 'FOUND', ...home },
      directoryListing: { listed: false },
    }
    expect((await platform.call('POST', `${accounts}/${String(id)}/telephonenumber`, order)).status).toBe(200)
    for (const form of ['18015554321', '8015554321', '+18015554321', '(801) 555-4321'])
      expect((await platform.call('GET', `${accounts}/${encodeURIComponent(form)}?accountIdType=PhoneNumber`)).body['id'], form).toBe(id)
    expect((await platform.call('GET', `${accounts}/nonsense?accountIdType=PhoneNumber`)).status).toBe(404)
  })

  it('which of its values are taken', async () => {
    const account = await create({ accountNumber: 'TAKEN-1' })
    const id = String(account['id'])
    await platform.call('POST', `${accounts}/${id}/user`, { firstName: 'Ann', lastName: 'Found', extension: '4000', username: 'Taken.Name' })
    await platform.call('POST', `${accounts}/${id}/device`, { macAddress: '00:1A:2B:00:00:01', deviceType: 'IP_PHONE', model: 'Yealink T46G' })
    const check = async (query: string) => {
      const { status, body } = await platform.call('GET', `${accounts}/validateproperties?${query}`)
      return status === 200 ? body : body['errorCode']
    }
    expect(await check('accountnumber=TAKEN-1')).toBe('DuplicateAccountNumber')
    expect(await check('username=taken.name')).toBe('DuplicateUsername')
    expect(await check('username=operator@example.com')).toBe('DuplicateUsername')
    expect(await check('macaddress=001A2B000001')).toBe('DuplicateMACAddress')
    expect(await check('macaddress=nonsense')).toBe('InvalidMacAddress')
    expect(await check('accountnumber=FREE&username=free&sipusername=free-one&macaddress=00:1A:2B:00:00:99')).toBe(true)
    for (const none of ['', 'accountNumber=TAKEN', 'foo=1']) expect(await check(none), none).toBe('AccountnumberRequired')
    // What is free and would be refused all the same.
    expect(await check('sipusername=short')).toBe('InvalidSipUsername')
    expect(await check(`accountnumber=${'x'.repeat(26)}`)).toBe('InvalidAccountNumber')
  })
})

describe('S1-13 S1-25: what an account is sold', () => {
  it('is at least one product, and fits its type', async () => {
    expect((await create())['products']).toEqual(['BCC'])
    expect((await create({ accountType: 'SIMPLE' }))['products']).toEqual(['HOME_PHONE'])
    const account = await create({ products: ['BUSINESS_LINES', 'SIP_TRUNKS'] })
    const path = `${accounts}/${String(account['id'])}`
    expect((await platform.call('PUT', path, { accountName: 'Replaced' })).body['products']).toEqual(['BUSINESS_LINES', 'SIP_TRUNKS'])
    expect((await platform.call('PATCH', path, { products: [] })).body['errorCode']).toBe('ProductsRequired')
    expect((await platform.call('PATCH', path, { products: ['HOME_PHONE'] })).body['errorCode']).toBe('InvalidProducts')
    expect((await platform.call('PATCH', path, { products: ['NONSENSE'] })).status).toBe(400)
  })
})

describe('the status of an account', () => {
  it('goes its ways only; what it blocks: calls, new things, and its deletion while it holds anything', async () => {
    const account = await create()
    const id = String(account['id'])
    const path = `${accounts}/${id}`
    const user = { firstName: 'Ann', lastName: 'Found' }
    const first = await platform.call('POST', `${path}/user`, { ...user, extension: '4000' })
    const statusOf = () => platform.plane.view.snapshotOf(id)?.accountStatus
    for (const status of ['SUSPENDED', 'DISABLED', 'ACTIVE', 'DELETE_PENDING']) {
      expect((await platform.call('PATCH', path, { status })).body['status']).toBe(status)
      expect(statusOf()).toBe(status)
    }
    expect((await platform.call('POST', `${path}/user`, { ...user, extension: '4001' })).body).toMatchObject({
      errorCode: 'AccountDeletePending',
      data: { status: 'DELETE_PENDING' },
    })
    expect((await platform.call('PATCH', path, { status: 'DELETED' })).body['errorCode']).toBe('InvalidStatus')
    expect((await platform.call('PATCH', path, { status: 'PENDING' })).body['errorCode']).toBe('InvalidStatus')
    expect((await platform.call('PATCH', path, { accountType: 'SIMPLE', products: ['HOME_PHONE'] })).body['errorCode']).toBe('InvalidAccountType')
    expect((await platform.call('DELETE', path)).body).toMatchObject({ errorCode: 'AccountInUse', data: { endUsers: 1 } })
    await platform.call('DELETE', `${path}/user/${String(first.body['id'])}`)
    expect((await platform.call('DELETE', path)).status).toBe(200)
    expect((await platform.call('POST', accounts, { accountNumber: 'S-1', accountName: 'Deleted', status: 'DELETED' })).body['errorCode']).toBe('InvalidStatus')
  })

  it('of many is changed by a file: every line on its own, twice the same is fine; others’ accounts are unknown', async () => {
    const [one, two] = [await create(), await create()]
    const file = `AccountNumber,Status\n${String(one['accountNumber'])},suspended\nNOBODY,ACTIVE\n${String(two['accountNumber'])},ASLEEP\n${String(two['accountNumber'])},CANCELLED\nA, B,SUSPENDED\n`
    const problems = [
      { lineNumber: 3, column: 'AccountNumber', error: 'EntityNotFound', input: 'NOBODY,ACTIVE' },
      { lineNumber: 4, column: 'Status', error: 'InvalidStatus', input: `${String(two['accountNumber'])},ASLEEP` },
      { lineNumber: 6, column: '', error: 'TooManyCells', input: 'A, B,SUSPENDED' },
    ]
    expect((await csv(`${accounts}/bulkstatuschange`, file)).json<unknown>()).toEqual(problems)
    expect((await csv(`${accounts}/bulkstatuschange`, file)).json<unknown>()).toEqual(problems)
    expect((await platform.call('GET', `${accounts}/${String(one['id'])}/status`)).body).toBe('SUSPENDED')
    expect((await platform.call('GET', `${accounts}/${String(two['id'])}/status`)).body).toBe('DELETE_PENDING')
    const upload = await platform.call('POST', '/v2/job/input')
    const { pathname, search: query } = new URL(String(upload.body['url']))
    await platform.plane.http.inject({
      method: 'PUT',
      url: `${pathname}${query}`,
      headers: { 'content-type': 'text/csv' },
      payload: file.replace('suspended', 'ACTIVE'),
    })
    const started = await platform.call('POST', `${accounts}/bulkstatuschange_2`, { key: upload.body['key'] })
    expect([started.status, started.body]).toMatchObject([202, { name: 'Account status change', status: 'PENDING' }])
    await platform.plane.settled()
    await platform.plane.jobsDone()
    expect((await platform.call('GET', `/v2/job/${String(started.body['id'])}`)).body).toMatchObject({
      status: 'DONE',
      errors: problems,
      progress: { done: 3, total: 3 },
    })
    expect((await platform.call('GET', `${accounts}/${String(one['id'])}/status`)).body).toBe('ACTIVE')
    // After a crash it goes on where it was, and knows what it had found: the first line is not done again.
    await platform.call('PATCH', `${accounts}/${String(one['id'])}`, { status: 'SUSPENDED' })
    const job = { id: 'x', name: 'x', parameters: {}, startedAt: new Date(0), scope: systemPartition(platform.partitionId), principal: {} as Principal }
    const progress = { checkpoint: { next: 1, errors: problems.slice(1) }, check: () => undefined, save: () => Promise.resolve() }
    const resumed = await statusChangeWorker.run(platform.plane.context, job, Readable.from([file.replace('suspended', 'ACTIVE')]), progress)
    expect(resumed.errors).toEqual(problems)
    expect((await platform.call('GET', `${accounts}/${String(one['id'])}/status`)).body).toBe('SUSPENDED')
    const template = await platform.plane.http.inject({ method: 'GET', url: '/v2/ref/account/bulkstatuschange', headers: { 'x-auth-token': platform.token } })
    expect(template.body).toBe('AccountNumber,Status\r\nACCOUNT-1,SUSPENDED\r\n')
  })
})
