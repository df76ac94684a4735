import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, pause } from './eventually.ts'
import { Killable } from './killable.ts'
import { done, unique } from './tenant.ts'

const DAY = 86_400

let its: Killable

beforeAll(async () => {
  its = await Killable.start()
})
afterAll(() => its.platform.discard())

describe('a port under kill -9 in each of its states', () => {
  interface Port {
    readonly portRequestId: string
    readonly status: string
    readonly telephoneNumbers: readonly string[]
  }
  const ports = () => `${its.tenant.path}/telephone-number/port`
  const accountPort = (id: string, what = '') => `${its.account.path}/port/${id}${what}`
  const statusOf = async (id: string) => done(await its.tenant.http.get<Port>(`${ports()}/${id}`)).status
  const logsOf = async (id: string) => {
    const path = `${its.account.path}/reference/${id.replace(/^port_/, '')}/type/PORT_REQUEST`
    return done(await its.tenant.http.get<{ logs: readonly { status: string }[] }>(path)).logs.map(({ status }) => status)
  }
  let line = 2000

  async function submitted(changes: object = {}): Promise<Port> {
    const number = `+1607555${String(line++)}`
    const day = new Date(Date.now() + 21 * DAY * 1000)
    while (day.getUTCDay() !== 3) day.setUTCDate(day.getUTCDate() + 1)
    const body = {
      ...{ telephoneNumbers: [number], accountId: its.account.id, billingTelephoneNumber: number, accountNumber: '123456789', pin: '1234' },
      subscriber: { firstName: 'John', lastName: 'Doe', companyName: 'Acme Corporation', authorizedName: 'John Doe' },
      serviceAddress: { street: '135 Front St', city: 'Binghamton', state: 'NY', zipCode: '13905' },
      ...{ requestedDate: day.toISOString().slice(0, 10), currentProvider: 'AT&T', ...changes },
    }
    return done(await its.tenant.http.post<Port>(ports(), body))
  }

  /** Sent once more, with its key, after the server was killed under it. @returns what it was answered before, if it was, and after */
  async function killedUnder(method: string, path: () => string, body: unknown, afterMs: number): Promise<readonly (number | undefined)[]> {
    const headers = { 'idempotency-key': unique('key-') }
    const send = () => its.tenant.http.send(method, path(), body, { headers }).catch(() => undefined)
    const sending = send()
    await pause(afterMs)
    await its.platform.kill9()
    const before = await sending
    await its.platform.start()
    await its.logIn()
    const after = await send()
    return [before?.status, after?.status]
  }

  it('goes on from where it was, each step once: approved, refused and corrected, cancelled, in service', { timeout: 240_000 }, async () => {
    const plain = await submitted()
    const [refused, corrected, cancelled] = [await submitted({ accountNumber: '5550000' }), await submitted({ pin: '9999' }), await submitted()]
    const [, cancelAnswer] = await killedUnder('DELETE', () => `${ports()}/${cancelled.portRequestId}`, undefined, 8)
    expect(cancelAnswer).toBe(200)
    expect(await statusOf(cancelled.portRequestId)).toBe('CANCELLED')

    const approving = its.tenant.http.post('/v2/sandbox/clock/advance', { seconds: DAY + 60 }).catch(() => undefined)
    await pause(12)
    await its.crash()
    await approving
    await its.advance(DAY + 60)
    const all = [plain, refused, corrected, cancelled]
    const statuses = async () => Promise.all(all.map(({ portRequestId }) => statusOf(portRequestId)))
    expect(await statuses()).toEqual(['APPROVED', 'REJECTED', 'REJECTED', 'CANCELLED'])

    const [, corrects] = await killedUnder('PATCH', () => accountPort(corrected.portRequestId), { wirelessPin: '1234' }, 8)
    expect(corrects).toBe(200)
    await its.advance(2 * DAY)
    expect(await statuses()).toEqual(['APPROVED', 'REJECTED', 'APPROVED', 'CANCELLED'])

    // Before the clock goes further than events are kept.
    const news = await its.tenant.eventsNamed('port.*')
    const newsOf = ({ portRequestId }: Port) =>
      news.flatMap(({ data }) => (data['portId'] === portRequestId.replace(/^port_/, '') && data['previousStatus'] !== data['status'] ? [data['status']] : []))
    expect(all.map(newsOf)).toEqual([
      ['PENDING', 'APPROVED'],
      ['PENDING', 'REJECTED'],
      ['PENDING', 'REJECTED', 'PENDING', 'APPROVED'],
      ['PENDING', 'CANCELLED'],
    ])

    const finishing = its.tenant.http.post('/v2/sandbox/clock/advance', { seconds: 50 * DAY }).catch(() => undefined)
    await pause(15)
    await its.crash()
    await finishing
    await its.advance(50 * DAY)
    await eventually('the ports to end', 10_000, async () => ((await statuses()).filter((status) => status === 'COMPLETED').length === 2 ? true : undefined))
    expect(await statuses()).toEqual(['COMPLETED', 'REJECTED', 'COMPLETED', 'CANCELLED'])
    expect(await logsOf(plain.portRequestId)).toEqual(['PENDING', 'FOC_RECEIVED', 'IN_PROGRESS', 'COMPLETED'])
    const [number = ''] = plain.telephoneNumbers
    expect(done(await its.tenant.http.get(`${its.account.path}/telephonenumber/${number.slice(1)}`))).toMatchObject({ carrierStatus: 'ACTIVE' })
  })
})
