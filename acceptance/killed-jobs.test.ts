import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, pause } from './eventually.ts'
import { Killable } from './killable.ts'
import type { HttpAnswer } from './http-client.ts'
import { toneFile } from './phones/tone-form.ts'
import { done, type Identified, unique, uniqueMac } from './tenant.ts'

const BULK = '/v2/bulk-user-operation'
const STREET = { streetNumber: '333', preDirectional: 'S', streetName: '520', postDirectional: 'W', city: 'Lindon', state: 'UT', postalCode: '84042' }
/** What a number is ordered with. */
const RECORD = {
  customerServiceRecord: { customerName: 'Shop', customerType: 'BUSINESS', businessName: 'Shop', ...STREET },
  directoryListing: { listed: false },
  e911Address: { businessName: 'Shop', ...STREET },
}
/** What is written is of what a job before it brings, where one does. */
const SOURCES: Readonly<Record<string, string>> = { numbers: 'inventory', devices: 'macs', stock: 'stock' }

let its: Killable

beforeAll(async () => {
  its = await Killable.start()
})
afterAll(() => its.platform.discard())

describe('kill -9 during jobs of every kind', () => {
  interface Job {
    readonly status: string
    readonly errors: readonly unknown[]
    readonly errorCount: number
    readonly start: string
    readonly lastUpdated: string
  }
  interface BulkJob extends Identified {
    readonly status: string
    readonly total: number
    readonly successful: number
    readonly failed: number
    readonly errors: readonly unknown[]
  }

  async function upload(content: string | Buffer, contentType = 'text/csv'): Promise<string> {
    const input = done(await its.tenant.http.post<{ url: string; key: string }>('/v2/job/input', {}))
    const { pathname, search } = new URL(input.url)
    done(await its.tenant.http.send('PUT', pathname + search, undefined, { raw: { content, contentType } }))
    return input.key
  }

  const people = (from: number, count: number): readonly string[] => Array.from({ length: count }, (_none, index) => String(from + index))

  async function collectionOf(transformObjectType: string, transformObjects: readonly object[]): Promise<string> {
    return done(await its.tenant.http.post<Identified>(`${BULK}/collection`, { transformObjectType, transformObjects, ownerId: its.account.id })).id
  }

  async function bulk(jobTypeId: string, inputCollectionId: string, parameters: object = {}): Promise<string> {
    return done(await its.tenant.http.post<Identified>(`${BULK}/job`, { jobTypeId, targetAccountId: its.account.id, inputCollectionId, parameters })).id
  }

  const users = (extensions: readonly string[]) => collectionOf('DeleteUserInput', extensions.map((extension) => ({ extension }))) // prettier-ignore
  const started = async (answer: Promise<HttpAnswer<Identified>>): Promise<string> => done(await answer).id

  const isOver = (status: string): boolean => ['COMPLETED', 'PARTIAL', 'FAILED', 'DONE'].includes(status)

  async function ended<Row extends { readonly status: string }>(path: string): Promise<Row> {
    let last = ''
    return eventually(
      () => `${path} to end: ${last}`,
      60_000,
      async () => {
        const answer = await its.tenant.http.get<Row>(path)
        last = answer.text.slice(0, 300)
        return isOver(done(answer).status) ? answer.body : undefined
      },
    )
  }

  /** One of every kind, one after the other. */
  async function startOfEveryKind() {
    const [stay, go] = [people(4000, 40), people(4100, 20)]
    const objects = [...stay, ...go].map((extension) => ({ firstName: 'A', lastName: extension, extension }))
    await ended(`${BULK}/job/${await bulk('create users', await collectionOf('CreateUserInput', objects))}`)
    const [first] = done(await its.tenant.http.get<readonly Identified[]>(`${its.account.path}/user`))
    await its.account.createLine(first?.id ?? '')
    const kept = await its.account.addNumber()
    const search = `${its.tenant.path}/telephonenumber/search?type=LAT_LONG&lat=40.33&long=-111.72&maxResults=20`
    const free = done(await its.tenant.http.get<readonly { phoneNumber: string }[]>(search)).map((number) => number.phoneNumber)
    const plan = done(await its.tenant.http.post<Identified>(`${its.tenant.path}/callingplanproduct`, { name: unique('Plan '), planMinutes: 100 }))
    const [accountNumbers, accountIds]: [string[], string[]] = [[], []]
    for (let made = 0; made < 8; made++) {
      accountNumbers.push(unique('S-').slice(0, 25))
      accountIds.push((await its.tenant.createAccount({ accountNumber: accountNumbers.at(-1) })).id)
    }
    const macs = Array.from({ length: 1200 }, uniqueMac)
    const inventory = Array.from({ length: 1500 }, (_none, line) => `1312558${String(line).padStart(4, '0')}`)

    const bulkJobs: Readonly<Record<string, readonly [id: string, rows: number]>> = {
      users: [await bulk('create users', await collectionOf('CreateUserInput', people(4200, 60).map((extension) => ({ firstName: 'B', lastName: extension, extension })))), 60],
      plans: [await bulk('UPDATE_CALLING_PLAN', await users(stay), { callingPlanId: plan.id }), stay.length],
      boxes: [await bulk('UPDATE_VOICEMAIL_SETTINGS', await users(stay), { name: 'Desk' }), stay.length],
      forwarding: [await bulk('UPDATE_CALL_FORWARDING', await users(stay), { forwardToNumber: '18015550123', enabled: true }), stay.length],
      devices: [await bulk('UPDATE_DEVICE_CONFIGURATION', await collectionOf('DeleteUserInput', [{ userId: first?.id }]), { deviceName: 'Lobby' }), 1],
      features: [await bulk('PROVISION_FEATURES', await users(stay), { userProductPlan: 'ADVANCED' }), stay.length],
      gone: [await bulk('DELETE_USERS', await users(go)), go.length],
      numbers: [await bulk('create telephone numbers', await collectionOf('CreateTelephoneNumberInput', free.map((phoneNumber) => ({ phoneNumber, ...RECORD })))), free.length],
      given: [await bulk('delete telephone numbers', await collectionOf('DeleteTelephoneNumberInput', [{ phoneNumber: kept }])), 1],
    } // prettier-ignore
    const { http, path } = its.tenant
    const day = new Date().toISOString().slice(0, 10)
    const fileJobs: Readonly<Record<string, string>> = {
      statuses: await started(http.post(`${path}/account/bulkstatuschange_2`, { key: await upload(`AccountNumber,Status\r\n${accountNumbers.map((each) => `${each},SUSPENDED`).join('\r\n')}\r\n`) })),
      macs: await started(http.post(`${path}/deviceinventory/import`, { key: await upload(`MAC_ADDRESS\r\n${macs.join('\r\n')}\r\n`) })),
      inventory: await started(http.post(`${path}/telephonenumber/bulkimport_2`, { key: await upload(`PhoneNumber\n${inventory.join('\n')}\n`) })),
      stock: await started(http.post(`${path}/ratecenter/inventoryplan_2`, { key: await upload('RateCenter,State,MinimumStock,ReorderQuantity\r\nSYRACUSE,NY,57,100\r\n') })),
      music: await started(http.post(`${its.account.path}/media_2?jobUploadKey=${await upload(toneFile(440, 2), 'audio/wav')}`)),
    } // prettier-ignore
    const written: Readonly<Record<string, readonly [id: string, holds: RegExp]>> = {
      numbers: [await started(http.get(`${path}/telephonenumber/export_2`)), /^PhoneNumber,[^]*\r\n13125581499,/],
      devices: [await started(http.get(`${path}/deviceinventory_2`)), new RegExp(`^MAC_ADDRESS,[^]*${String(macs.at(-1))}`, 'i')],
      activations: [await started(http.get(`${path}/telephonenumber/exportstatussearch_2`)), new RegExp(String(free[0]))],
      stock: [await started(http.get(`${path}/ratecenter/inventoryplan_2`)), /SYRACUSE,NY,57,100/],
      accounts: [await started(http.get(`${path}/report/account/csv_3`)), new RegExp(String(accountNumbers.at(-1)))],
      calls: [await started(http.get(`${its.account.path}/cdrsearch/csv_2?startDate=${day}&endDate=${day}`)), /^[A-Za-z]/],
    }
    return { stay, go, free, plan, accountIds, bulkJobs, fileJobs, written }
  }

  it('each ends, every row of it done once, and its file is whole', { timeout: 180_000 }, async () => {
    const { stay, go, free, plan, accountIds, bulkJobs, fileJobs, written } = await startOfEveryKind()
    for (const afterMs of [80, 300, 500, 700]) {
      await pause(afterMs)
      await its.crash()
      // The lease of who was killed has run out.
      await its.advance(16)
    }

    for (const [what, [id, rows]] of Object.entries(bulkJobs)) {
      const job = await ended<BulkJob>(`${BULK}/job/${id}`)
      expect([what, job]).toMatchObject([what, { status: 'COMPLETED', total: rows, successful: rows, failed: 0, errors: [] }])
      const results = done(await its.tenant.http.get<readonly { index: number }[]>(`${BULK}/job/${id}/results?limit=1000`))
      expect([what, results.map((row) => row.index)]).toEqual([what, Array.from({ length: rows }, (_none, index) => index)])
    }
    for (const [what, id] of Object.entries(fileJobs))
      expect([what, await ended<Job>(`/v2/job/${id}`)]).toMatchObject([what, { status: 'DONE', errors: [], errorCount: 0 }])
    for (const [what, [id, holds]] of Object.entries(written)) {
      const job = await ended<Job>(`/v2/job/${id}`)
      expect([what, job]).toMatchObject([what, { status: 'DONE', errors: [] }])
      const { text } = await its.tenant.http.get(`/v2/job/${id}/output`)
      // One that was killed is waited for by nobody: what is written meanwhile has what was there.
      const source = fileJobs[SOURCES[what] ?? '']
      const isLater = source === undefined || job.start >= (await ended<Job>(`/v2/job/${source}`)).lastUpdated
      expect([what, isLater ? holds.test(text) : text.endsWith('\r\n')]).toEqual([what, true])
    }

    interface User {
      readonly extension: string
      readonly userProductPlan: string
      readonly callHandlingSettings: { readonly forwardAlwaysToNumber?: string }
    }
    const there = done(await its.tenant.http.get<readonly User[]>(`${its.account.path}/user?maxResults=1000`))
    expect(there.map((user) => user.extension).toSorted()).toEqual([...stay, ...people(4200, 60)])
    for (const user of there.filter(({ extension }) => stay.includes(extension)))
      expect(user).toMatchObject({ userProductPlan: 'ADVANCED', callHandlingSettings: { forwardAlwaysToNumber: '18015550123' } })
    const plans = done(await its.tenant.http.get<readonly { callingPlanProductId: string }[]>(`${its.account.path}/callingplan`))
    expect(plans.filter(({ callingPlanProductId }) => callingPlanProductId === plan.id)).toHaveLength(stay.length)
    const numbers = done(await its.tenant.http.get<readonly { phoneNumber: string }[]>(`${its.account.path}/telephonenumber?maxResults=1000`))
    expect(numbers.map(({ phoneNumber }) => phoneNumber).toSorted()).toEqual(free.toSorted())
    const deleted = await its.tenant.eventsNamed('user.deleted')
    expect(deleted.filter(({ accountId }) => accountId === its.account.id)).toHaveLength(go.length)
    for (const id of accountIds) expect(done(await its.tenant.http.get(`${its.tenant.path}/account/${id}/status`))).toBe('SUSPENDED')
  })
})
