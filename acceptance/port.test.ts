import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import type { ErrorBody } from './http-client.ts'
import { pythonWithRequests } from './phones/program-present.ts'
import { Platform } from './platform.ts'
import { Account, done, Tenant } from './tenant.ts'

const DAY = 86_400
const python = pythonWithRequests()

interface PortRequest {
  readonly portRequestId: string
  readonly status: string
  readonly telephoneNumbers: readonly string[]
  readonly submittedDate: string
  readonly requestedDate: string
  readonly estimatedCompletionDate: string
  readonly rejectionReason?: string
}

interface Activation {
  readonly activationStatusType: string
  readonly editableFieldTypes: readonly string[]
  readonly logs: readonly { readonly status: string }[]
}

let platform: Platform
let tenant: Tenant
let account: Account
let line = 1000

// A platform of its own: the clock moves for everybody.
beforeAll(async () => {
  platform = await Platform.start()
  await logIn()
  account = await tenant.createAccount()
})

afterAll(async () => {
  await platform.discard()
})

async function logIn(): Promise<void> {
  tenant = await Tenant.logIn(platform.address)
}

/** Moves the clock, and logs in again: a token lives eight hours. */
async function advance(seconds: number): Promise<void> {
  done(await tenant.http.post('/v2/sandbox/clock/advance', { seconds }))
  await logIn()
}

async function today(): Promise<Date> {
  return new Date(done(await tenant.http.post<{ now: string }>('/v2/sandbox/clock/advance', { seconds: 0 })).now)
}

/** The first Wednesday at least so many days from now on the platform's clock, no holiday near. */
async function wednesday(days: number): Promise<string> {
  const start = (await today()).getTime()
  for (let ahead = days; ; ahead++) {
    const day = new Date(start + ahead * DAY * 1000)
    const date = day.toISOString().slice(0, 10)
    if (day.getUTCDay() === 3 && !/-(01-01|06-19|07-04|11-11|12-25)$/.test(date)) return date
  }
}

const ports = () => `${tenant.path}/telephone-number/port`
const accountPath = (path: string) => `${tenant.path}/account/${account.id}${path}`

/** The body of the number guide for a number nobody has. */
async function example(changes: Readonly<Record<string, unknown>> = {}) {
  const telephoneNumber = `+1607555${String(line++)}`
  return {
    telephoneNumbers: [telephoneNumber],
    accountId: account.id,
    subscriber: { firstName: 'John', lastName: 'Doe', companyName: 'Acme Corporation', authorizedName: 'John Doe' },
    serviceAddress: { street: '135 Front St', city: 'Binghamton', state: 'NY', zipCode: '13905' },
    billingTelephoneNumber: telephoneNumber,
    accountNumber: '123456789',
    pin: '1234',
    requestedDate: await wednesday(8),
    currentProvider: 'AT&T',
    ...changes,
  }
}

async function submitted(changes: Readonly<Record<string, unknown>> = {}): Promise<PortRequest> {
  return done(await tenant.http.post<PortRequest>(ports(), await example(changes)))
}

const read = async (id: string) => done(await tenant.http.get<PortRequest>(`${ports()}/${id}`))
const activation = async (id: string) => done(await tenant.http.get<Activation>(accountPath(`/reference/${id.replace(/^port_/, '')}/type/PORT_REQUEST`)))
const number = async (telephoneNumber: string) =>
  done(await tenant.http.get<Record<string, unknown>>(accountPath(`/telephonenumber/${telephoneNumber.replace('+', '')}`)))

describe('porting a number', () => {
  it('S2-20 S2-21: the check answers the fields of the example, also for a plus that arrives as a space', async () => {
    for (const written of ['+16071234567', '%2B16071234567', '16071234567'])
      expect(done(await tenant.http.get(`${ports()}/check?telephoneNumber=${written}`))).toEqual({
        telephoneNumber: '+16071234567',
        portable: true,
        currentCarrier: 'AT&T',
        lineType: 'BUSINESS',
        estimatedDays: 7,
      })
  })

  it('S2-22 S2-23 S2-25 S0-38: the example request is pending, and so is its number', async () => {
    const request = await example()
    const answer = await tenant.http.post<PortRequest>(ports(), request)
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({
      portRequestId: expect.any(String),
      status: 'PENDING',
      telephoneNumbers: request.telephoneNumbers,
      submittedDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      requestedDate: request.requestedDate,
      estimatedCompletionDate: request.requestedDate,
    })
    expect(await number(request.telephoneNumbers[0] ?? '')).toMatchObject({ carrierStatus: 'PORT_PENDING', lifecycleState: 'PORT_PENDING' })
  })

  it('S2-48: a date less than a week ahead is refused', async () => {
    // Days are those of the account's time zone: after midnight UTC it is still yesterday there.
    const tooSoon = new Date((await today()).getTime() + 6 * DAY * 1000).toLocaleDateString('en-CA', { timeZone: 'America/Denver' })
    const answer = await tenant.http.post<ErrorBody>(ports(), await example({ requestedDate: tooSoon }))
    expect([answer.status, answer.body.messages]).toEqual([400, ['InvalidRequestedDate']])
  })

  it('S0-39 S0-45 S2-02 S2-19 S2-26 S2-27: pending, approved, in progress, completed by the clock; then the number can be assigned', async () => {
    const port = await submitted()
    const [telephoneNumber = ''] = port.telephoneNumbers
    await advance(DAY + 60)
    expect((await read(port.portRequestId)).status).toBe('APPROVED')
    const seen = new Set(['PENDING', 'APPROVED'])
    for (let hours = 0; hours < 24 * 16 && !seen.has('COMPLETED'); hours += 6) {
      await advance(6 * 3600)
      seen.add((await read(port.portRequestId)).status)
    }
    expect([...seen]).toEqual(['PENDING', 'APPROVED', 'IN_PROGRESS', 'COMPLETED'])
    expect(await number(telephoneNumber)).toMatchObject({ carrierStatus: 'ACTIVE', e911Registered: true, lifecycleState: 'PORT_COMPLETE' })
    const user = await new Account(tenant, account.id).createUser('4200')
    const assigned = await tenant.http.put(accountPath(`/user/${user.userId}/telephone-number`), { telephoneNumber, primary: true })
    expect(assigned.status).toBe(200)
    expect(await number(telephoneNumber)).toMatchObject({ referenceType: 'END_USER', referenceId: user.userId, lifecycleState: 'ACTIVE' })
  })

  it('S2-24 S2-27: account number …0000 is rejected for the name, PIN 9999 for the PIN; corrected, it goes on', async () => {
    const [name, pin] = [await submitted({ accountNumber: '5550000' }), await submitted({ pin: '9999' })]
    await advance(DAY + 60)
    expect(await read(name.portRequestId)).toMatchObject({ status: 'REJECTED', rejectionReason: expect.stringMatching(/name/i) })
    expect(await read(pin.portRequestId)).toMatchObject({ status: 'REJECTED', rejectionReason: expect.stringMatching(/pin/i) })
    expect((await activation(pin.portRequestId)).editableFieldTypes).toContain('wirelessPin')
    done(await tenant.http.patch(accountPath(`/port/${pin.portRequestId}`), { wirelessPin: '1234' }))
    await advance(DAY + 60)
    expect((await read(pin.portRequestId)).status).toBe('APPROVED')
  })

  it('S2-28: cancelled before the approval, and not after it', async () => {
    const [early, late] = [await submitted(), await submitted()]
    expect((await tenant.http.delete(`${ports()}/${early.portRequestId}`)).status).toBe(200)
    expect((await read(early.portRequestId)).status).toBe('CANCELLED')
    await advance(DAY + 60)
    expect((await tenant.http.delete(`${ports()}/${late.portRequestId}`)).status).toBe(409)
    expect((await read(late.portRequestId)).status).toBe('APPROVED')
  })

  it('S2-47: the letter of authorization comes back as it was sent', async () => {
    const { portRequestId } = await submitted()
    const url = `${platform.address.httpUrl}${accountPath(`/port/${portRequestId}/loa`)}`
    const letter = new Uint8Array([0x25, 0x50, 0x44, 0x46, 0x2d, 0, 255, 13, 10])
    const form = new FormData()
    form.append('file', new Blob([letter], { type: 'application/pdf' }), 'loa.pdf')
    const headers = { 'x-auth-token': tenant.http.token ?? '' }
    expect((await fetch(url, { method: 'POST', headers, body: form })).status).toBe(200)
    const back = await fetch(url, { headers })
    expect([back.headers.get('content-type'), new Uint8Array(await back.arrayBuffer())]).toEqual(['application/pdf', letter])
  })

  it.skipIf(python === undefined)('S2-62 S2-63: the number manager of the guide submits a port and waits for its end, asking every 30 seconds', async () => {
    // Its class, letter for letter; each of its pauses is a day on the clock of the platform, and no time of ours.
    const [manager = ''] = readFileSync(join(import.meta.dirname, 'programs', 'numbers-of-the-guide.py'), 'utf8').split('# Usage')
    const program = `${manager}
pauses = []
def pause(seconds):
    pauses.append(seconds)
    requests.post('${platform.address.httpUrl}/v2/sandbox/clock/advance', json={'seconds': 8 * 3600 - 60}, headers=manager.headers).raise_for_status()
    login = requests.post('${platform.address.httpUrl}/v2/authorize', json={'username': '${platform.address.username}', 'password': '${platform.address.password}'})
    manager.headers['X-AUTH-TOKEN'] = login.json()['authToken']
time.sleep = pause
manager = AlianzaNumberManager('${platform.address.httpUrl}', '${tenant.http.token ?? ''}', '${tenant.partitionId}')
port = manager.port_number(${JSON.stringify(await example())})
print('first', manager.check_port_status(port['portRequestId'])['status'])
print('last', manager.wait_for_port(port['portRequestId'])['status'], sorted(set(pauses)))
`
    const { stdout } = await promisify(execFile)(python ?? '', ['-c', program], { timeout: 60_000 })
    expect(stdout).toContain('first PENDING')
    expect(stdout).toContain('last COMPLETED [30]')
    await logIn()
  })

  it('a port survives kill -9, and goes on from where it was', async () => {
    const port = await submitted()
    await platform.kill9()
    await platform.start()
    await logIn()
    expect((await read(port.portRequestId)).status).toBe('PENDING')
    await advance(40 * DAY)
    await eventually('the port', 10_000, async () => ((await read(port.portRequestId)).status === 'COMPLETED' ? true : undefined))
    expect((await activation(port.portRequestId)).logs.map((log) => log.status)).toEqual(['PENDING', 'FOC_RECEIVED', 'IN_PROGRESS', 'COMPLETED'])
  })
})
