import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { sql as text } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { REPORTS } from './report-list.ts'
import { rowsOfQuery } from './rows-of-query.ts'

let platform: TestControlPlane
let partition: string

beforeAll(async () => {
  platform = await startTestControlPlane()
  partition = `/v2/partition/${platform.partitionId}`
  const account = await platform.call('POST', `${partition}/account`, { accountNumber: 'R-1', accountName: '=cmd()', customField: 'x' })
  const path = `${partition}/account/${String(account.body['id'])}`
  const user = await platform.call('POST', `${path}/user`, { firstName: 'Ann', lastName: 'Report', extension: '4000', username: 'ann.report' })
  await platform.call('POST', `${path}/deviceline`, {
    deviceTypeId: 'YEALINKT43U',
    deviceName: 'Desk',
    macAddress: '001A2B3C4D5E',
    lineNumber: 1,
    userId: user.body['id'],
  })
  const gone = await platform.call('POST', `${path}/user`, { firstName: 'Bob', lastName: 'Gone', extension: '4001' })
  await platform.call('DELETE', `${path}/user/${String(gone.body['id'])}`)
})
afterAll(() => platform.stop())

const get = async (path: string, token = platform.token) => {
  const reply = await platform.plane.http.inject({ method: 'GET', url: path, headers: { 'x-auth-token': token } })
  return {
    status: reply.statusCode,
    text: reply.body,
    code: reply.headers['content-type']?.toString().includes('json') === true ? reply.json<{ errorCode?: string }>().errorCode : undefined,
  }
}

/** The file of a report that is a job. */
async function fileOf(path: string): Promise<string> {
  const started = await platform.call('GET', path)
  expect([started.status, started.body], path).toMatchObject([202, { status: 'PENDING' }])
  await platform.plane.settled()
  await platform.plane.jobsDone()
  expect((await platform.call('GET', `/v2/job/${String(started.body['id'])}`)).body, path).toMatchObject({ status: 'DONE' })
  return (await get(`/v2/job/${String(started.body['id'])}/output`)).text
}

const MONTH = '?month=11&year=2026'

describe('reports', () => {
  it.each([
    ['account/csv_3', 'account'],
    ['accounthistory/enduserchanges_2?startDate=2026-11-01&endDate=2026-11-30', 'enduserchanges'],
    [`businesslines/csv_2${MONTH}`, 'businesslines'],
    ['device/csv_3', 'device'],
    ['deviceregistration/csv_2', 'deviceregistration'],
    ['emergencynotificationcompliance/csv_2', 'emergencynotificationcompliance'],
    [`portout/csv_2${MONTH}`, 'portout'],
    [`sip/csv_2${MONTH}`, 'sip'],
    [`specialtylines/csv_2${MONTH}`, 'specialtylines'],
    [`tn/csv_2${MONTH}`, 'tn'],
    [`user/csv_3${MONTH}`, 'user'],
    [`vfax/csv_2${MONTH}`, 'vfax'],
    ['user-products/csv_2', 'user-products'],
    ['msteams/csv_1', 'msteams'],
    ['contact_center_retail/csv_1', 'contact_center_retail'],
    ['contact_center_usage/csv_1?month=1&year=2026', 'contact_center_usage'],
  ] as const)('%s is a job whose file has the headers of the contract', async (path, name) => {
    const [header] = (await fileOf(`${partition}/report/${path}`)).split('\r\n')
    expect(header).toBe(REPORTS[name].headers.join(','))
  })

  it('the headers are those that are published', () => {
    expect(REPORTS.user.headers.join(', ')).toBe(
      'AccountCreatedDate, AccountDeletedDate, AccountNumber, AccountStatus, AccountType, CallerIdNumber, CallingPlanNames, Extension, ParentPartitionName, Partition, UserCreatedDate, UserDeletedDate, UserFirstName, UserLastName, UserUsername, VoicemailBoxName, UserProductPlan',
    )
    expect(REPORTS.sip.headers.join(', ')).toBe(
      'AccountNumber, AccountStatus, AddDate, ConcurrentCall, DeletedDate, E911CallbackNumber, ParentPartitionName, PartitionName, SipTrunkName, State',
    )
    expect(REPORTS.tn.headers.slice(-15)[0]).toBe('911first_name')
    expect(REPORTS.account.headers).toHaveLength(27)
  })

  it('show what there is and what was deleted in the month, and hand nobody a formula', async () => {
    const users = await fileOf(`${partition}/report/user/csv_3${MONTH}`)
    expect(users).toMatch(/R-1,ACTIVE,ADVANCED,,Standard,4000,.*,Ann,Report,ann\.report,Ann Report,STANDARD\r\n/)
    expect(users).toMatch(/4001,.*Bob,Gone/)
    expect(await fileOf(`${partition}/report/user/csv_3?month=10&year=2026`)).not.toContain('Ann')
    expect(await fileOf(`${partition}/report/account/csv_3`)).toContain("'=cmd(),R-1,ACTIVE,US/Mountain,ADVANCED")
    expect(await fileOf(`${partition}/report/device/csv_3`)).toContain('001a2b3c4d5e')
    expect(await fileOf(`${partition}/report/accounthistory/enduserchanges_2?startDate=2026-11-21&endDate=2026-11-21`)).toContain('USER CREATE')
    expect((await get(`${partition}/report/account/csv`)).text).toContain('R-1')
  })

  it('cover the partitions below, and never those beside or above', async () => {
    const manager = { username: 'report@example.com', password: 'Another-horse-2', firstName: 'R', lastName: 'Operator' }
    const child = await platform.call('POST', `${partition}/partition`, { name: 'Brand', manager })
    platform.time.advance(3_000)
    const below = `/v2/partition/${String(child.body['id'])}`
    await platform.call('POST', `${below}/account`, { accountNumber: 'R-BELOW', accountName: 'Below' })
    expect((await get(`${partition}/report/account/csv`)).text).toContain('R-BELOW')
    const token = String((await platform.logIn(manager.username, manager.password)).body['authToken'])
    const own = (await get(`${below}/report/account/csv`, token)).text
    expect([own.includes('R-BELOW'), own.includes('R-1,')]).toEqual([true, false])
    expect((await get(`${partition}/report/account/csv`, token)).status).toBe(403)
  })

  it('counts: all, and those of this month', async () => {
    expect((await platform.call('GET', `${partition}/report/user`)).body).toEqual({ newCount: 1, totalCount: 1 })
    expect((await platform.call('GET', `${partition}/report/device`)).body).toEqual({ newCount: 1, totalCount: 1 })
    for (const what of ['line', 'sip', 'tn', 'vfax']) expect((await platform.call('GET', `${partition}/report/${what}`)).status, what).toBe(200)
  })

  it('412 for months there are none of; 400 for what is missing', async () => {
    const codes = async (query: string) => {
      const { status, code } = await get(`${partition}/report/user/csv_3${query}`)
      return [status, code]
    }
    expect(await codes('?month=13&year=2026')).toEqual([412, 'InvalidMonth'])
    expect(await codes('?month=12&year=2026')).toEqual([412, 'InvalidYear'])
    expect(await codes('?month=1&year=1899')).toEqual([412, 'InvalidYear'])
    expect(await codes('?year=2026')).toEqual([400, 'MonthRequired'])
    expect(await codes('?month=x&year=2026')).toEqual([400, 'InvalidMonth'])
    expect((await get(`${partition}/report/accounthistory/enduserchanges_2?startDate=2026-11-02&endDate=2026-11-01`)).code).toBe('InvalidEndDate')
  })

  it('are read some rows at a time, as of one moment, and let go of the database when nobody reads on', async () => {
    const { sql } = platform.plane.context.database
    // The last of these rows cannot be had: whoever reads all of them first has none.
    const rows = rowsOfQuery(sql, text<{ n: number }>`SELECT n, 1 / (2500 - n) AS inverse FROM generate_series(1, ${3000}::int) n`)
    const read: number[] = []
    await expect(
      (async () => {
        for await (const { n } of rows) read.push(n)
      })(),
    ).rejects.toThrow('division by zero')
    expect(read).toEqual(Array.from({ length: 2000 }, (_, index) => index + 1))
    for await (const { n } of rowsOfQuery(sql, text<{ n: number }>`SELECT n FROM generate_series(1, 5000) n`)) if (n === 3) break
    const open = text<{ open: string }>`SELECT count(*) AS open FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'`
    expect((await open.execute(sql)).rows).toEqual([{ open: '0' }])
  })
})
