import { OPERATOR, startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

const DAY_MS = 86_400_000

let platform: TestControlPlane
let account: { id: string; base: string; userId: string }
let sequence = 0
let token: string

beforeAll(async () => {
  platform = await startTestControlPlane()
  token = platform.token
})
afterAll(() => platform.stop())
beforeEach(async () => {
  account = await newAccount()
})

const call = (method: Parameters<TestControlPlane['call']>[0], path: string, body?: unknown) => platform.call(method, path, body, token)

async function newAccount(overrides: Record<string, unknown> = {}): Promise<typeof account> {
  sequence++
  const accounts = `/v2/partition/${platform.partitionId}/account`
  const id = String((await call('POST', accounts, { accountNumber: `P-${sequence}`, accountName: 'Ports', timeZone: 'US/Eastern', ...overrides })).body['id'])
  const user = await call('POST', `${accounts}/${id}/user`, { firstName: 'Por', lastName: 'Ted', extension: '4000' })
  return { id, base: `${accounts}/${id}`, userId: String(user.body['id']) }
}

/** A number nobody asked for before. */
function someNumber(): string {
  sequence++
  return `1607555${String(1000 + sequence)}`
}

const daysAhead = (days: number): string => new Date(platform.time.nowMs() + days * DAY_MS).toISOString().slice(0, 10)
/** A Tuesday to Thursday at least a week ahead, no holiday near: 21 November 2026 is a Saturday. */
const goodDay = (least = 8): string => {
  for (let days = least; ; days++) {
    const day = daysAhead(days)
    const weekday = new Date(day).getUTCDay()
    if (weekday >= 2 && weekday <= 4 && !/-(11-2[5-9]|12-2\d|12-3\d|01-0\d)$/.test(day)) return day
  }
}

const saturday = (): string => daysAhead(Array.from({ length: 7 }, (_, index) => index + 8).find((days) => new Date(daysAhead(days)).getUTCDay() === 6) ?? 0)

/** The body of S2-23. */
function order(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const number = someNumber()
  return {
    telephoneNumbers: [`+${number}`],
    accountId: account.id,
    subscriber: { firstName: 'John', lastName: 'Doe', companyName: 'Acme Corporation', authorizedName: 'John Doe' },
    serviceAddress: { street: '135 Front St', city: 'Binghamton', state: 'NY', zipCode: '13905' },
    billingTelephoneNumber: `+${number}`,
    accountNumber: '123456789',
    pin: '1234',
    requestedDate: goodDay(),
    currentProvider: 'AT&T',
    ...changes,
  }
}

const PORTS = () => `/v2/partition/${platform.partitionId}/telephone-number/port`
const submit = (body = order()) => call('POST', PORTS(), body)
const read = (id: unknown) => call('GET', `${PORTS()}/${String(id)}`)
const portOf = (id: unknown) => `${account.base}/port/${String(id)}`

async function submitted(changes: Record<string, unknown> = {}): Promise<{ id: string; number: string; body: Record<string, unknown> }> {
  const { status, body } = await submit(order(changes))
  expect(status, JSON.stringify(body)).toBe(200)
  return { id: String(body['portRequestId']), number: String((body['telephoneNumbers'] as string[])[0]).slice(1), body }
}

/** Moves the clock, as the sandbox does. */
async function pass(ms: number): Promise<void> {
  platform.time.advance(ms)
  await platform.plane.context.dueWork.runNow()
  // A token lives eight hours.
  token = String((await platform.logIn(OPERATOR.username, OPERATOR.password)).body['authToken'])
}

const numberOf = (number: string) => call('GET', `${account.base}/telephonenumber/${number}`)
const activationOf = (id: string) => call('GET', `${account.base}/reference/${id.replace('port_', '')}/type/PORT_REQUEST`)
const statusOf = async (id: string): Promise<unknown> => (await read(id)).body['status']

describe('is a number portable', () => {
  const check = (text: string) => call('GET', `${PORTS()}/check?telephoneNumber=${text}`)

  it('S2-20 S2-21: answers the fields of the example, with the plus sent as it is', async () => {
    expect((await check('+16071234567')).body).toEqual({
      ...{ telephoneNumber: '+16071234567', portable: true, currentCarrier: 'AT&T', lineType: 'BUSINESS', estimatedDays: 7 },
    })
    expect((await check('%2B16071234567')).status).toBe(200)
  })

  it('not when nobody has it, not when it is on its way here, and what is no number is refused', async () => {
    expect((await check('16075550102')).body['portable']).toBe(false)
    const { number } = await submitted()
    expect((await check(number)).body).toMatchObject({ portable: false, reason: expect.stringContaining('already') })
    expect((await check('hello')).body['errorCode']).toBe('InvalidTelephoneNumber')
  })
})

describe('asking for numbers', () => {
  it('S2-22 S2-23 S2-25 S0-38: the example is pending, and its number is on the account to be seen', async () => {
    const { id, number, body } = await submitted()
    expect(body).toMatchObject({
      ...{ portRequestId: expect.stringMatching(/^port_/), status: 'PENDING', telephoneNumbers: [`+${number}`] },
      ...{ requestedDate: goodDay(), estimatedCompletionDate: goodDay(), submittedDate: expect.stringMatching(/Z$/) },
    })
    expect((await numberOf(number)).body).toMatchObject({ carrierStatus: 'PORT_PENDING', e911Registered: false })
    expect((await read(id)).body['status']).toBe('PENDING')
    expect((await activationOf(id)).body).toMatchObject({
      ...{ serviceType: 'PORT_REQUEST', referenceType: 'PORT', activationStatusType: 'PENDING', mainTelephoneNumber: number, losingCarrier: 'AT&T' },
      logs: [{ status: 'PENDING' }],
    })
  })

  it('S2-48: a week ahead at least; a wish on a closed day moves to the next open one', async () => {
    expect((await submit(order({ requestedDate: daysAhead(6) }))).body).toMatchObject({ status: 400, errorCode: 'InvalidRequestedDate' })
    expect((await submit(order({ requestedDate: '2026-02-30' }))).body['errorCode']).toBe('InvalidRequestedDate')
    expect((await submit(order({ requestedDate: '2026-12-25' }))).body).toMatchObject({ requestedDate: '2026-12-25', estimatedCompletionDate: '2026-12-28' })
  })

  it.each([
    ['no account number', { accountNumber: undefined }, 'AccountNumberRequired'],
    ['a PIN that is too long', { pin: '1234567890123456' }, 'InvalidPin'],
    ['a PIN with signs', { pin: '12 4' }, 'InvalidPin'],
    ['nobody', { subscriber: {} }, 'FirstNameRequired'],
    ['no street', { serviceAddress: { city: 'Binghamton', state: 'NY', zipCode: '13905' } }, 'StreetNumberRequired'],
    ['no numbers', { telephoneNumbers: [] }, 'InvalidTelephoneNumbers'],
    ['what is no number', { telephoneNumbers: ['+4512345678'] }, 'InvalidPhoneNumber'],
    ['a billing number that is none', { billingTelephoneNumber: 'home' }, 'InvalidBillingTelephoneNumber'],
  ])('S2-24: %s is refused, and nothing is stored', async (_case, changes, code) => {
    const { status, body } = await submit(order(changes))
    expect([status, body['errorCode']]).toEqual([400, code])
    expect((await call('GET', `${account.base}/telephonenumber`)).list).toEqual([])
  })

  it('an account of another tenant, and a number that is here or on its way, are refused', async () => {
    expect((await submit(order({ accountId: 'nobody' }))).body).toMatchObject({ status: 404, data: { type: 'Account' } })
    const first = await submitted()
    expect((await submit(order({ telephoneNumbers: [first.number] }))).body).toMatchObject({ status: 409, errorCode: 'TelephoneNumberInUse' })
  })

  it('two who ask for one number at once: one gets it', async () => {
    const [mine, other] = [order(), { accountId: (await newAccount()).id }]
    const answers = await Promise.all([submit(mine), submit({ ...mine, ...other }), submit(mine)])
    expect(answers.map((answer) => answer.status).toSorted((one, two) => one - two)).toEqual([200, 409, 409])
  })

  it('the same key twice is one port; a dry run is none', async () => {
    const [payload, url] = [JSON.stringify(order()), PORTS()]
    const headers = { 'x-auth-token': token, 'content-type': 'application/json', 'idempotency-key': '"one-port"' }
    const send = (path: string, more: Record<string, string> = {}) =>
      platform.plane.http.inject({ method: 'POST', url: path, headers: { ...headers, ...more }, payload })
    const answers = await Promise.all([send(url), send(url), send(url)])
    const ids = answers.filter((answer) => answer.statusCode === 200).map((answer) => answer.json<{ portRequestId: string }>().portRequestId)
    expect(new Set(ids).size).toBe(1)
    expect((await send(url)).json<{ portRequestId: string }>().portRequestId).toBe(ids[0])
    const dry = await platform.plane.http.inject({
      method: 'POST',
      url: `${url}?dryRun=true`,
      headers: { 'x-auth-token': token, 'content-type': 'application/json' },
      payload: JSON.stringify(order()),
    })
    expect([dry.statusCode, dry.json<{ dryRun?: boolean }>().dryRun]).toEqual([200, true])
    expect((await call('GET', `${account.base}/telephonenumber`)).list).toHaveLength(1)
  })

  it('the PIN is never shown and never in the history', async () => {
    const { id } = await submitted({ pin: '4711' })
    await call('PATCH', portOf(id), { wirelessPin: '4712' })
    const history = await platform.plane.context.database.sql.selectFrom('account_history').selectAll().where('account_id', '=', account.id).execute()
    const outbox = await platform.plane.context.database.sql.selectFrom('event_outbox').selectAll().where('account_id', '=', account.id).execute()
    const stored = await platform.plane.context.database.sql.selectFrom('port_request').selectAll().where('account_id', '=', account.id).execute()
    expect(JSON.stringify([history, outbox, stored, (await call('GET', portOf(id))).body])).not.toMatch(/471[12]/)
  })
})

describe('the course of a port', () => {
  it('S2-19 S2-27 S0-39 S0-45: a day to the agreement, the day itself, and the number is active and known to 911', async () => {
    const { id, number } = await submitted()
    await pass(DAY_MS - 60_000)
    expect(await statusOf(id)).toBe('PENDING')
    await pass(60_000)
    expect(await statusOf(id)).toBe('APPROVED')
    const approved = await call('GET', portOf(id))
    expect(approved.body).toMatchObject({ status: 'PORT_PENDING', focDateTimeZone: 'US/Eastern', focDate: expect.stringContaining('T15:00:00') })
    expect((await activationOf(id)).body['activationStatusType']).toBe('FOC_RECEIVED')
    const foc = Date.parse(String(approved.body['focDate']))
    await pass(foc - 3_600_000 - platform.time.nowMs())
    expect(await statusOf(id)).toBe('IN_PROGRESS')
    await pass(3_600_000)
    expect((await read(id)).body).toMatchObject({ status: 'COMPLETED', completedDate: new Date(foc).toISOString() })
    expect((await numberOf(number)).body).toMatchObject({ carrierStatus: 'ACTIVE', e911Registered: true })
    const { body } = await activationOf(id)
    expect((body['logs'] as { status: string }[]).map((log) => log.status)).toEqual(['PENDING', 'FOC_RECEIVED', 'IN_PROGRESS', 'COMPLETED'])
  })

  it('a jump of the clock takes every step at its own time, once, and a second look changes nothing', async () => {
    const { id, number } = await submitted()
    await pass(25 * DAY_MS)
    await Promise.all([platform.plane.context.dueWork.runNow(), platform.plane.context.dueWork.runNow()])
    expect(await statusOf(id)).toBe('COMPLETED')
    const events = await platform.plane.context.database.sql
      .selectFrom('event_outbox')
      .select(['type', 'payload'])
      .where('account_id', '=', account.id)
      .orderBy('sequence')
      .execute()
    expect(events.filter((event) => event.type.startsWith('port.')).map((event) => event.payload['status'])).toEqual([
      'PENDING',
      'APPROVED',
      'IN_PROGRESS',
      'COMPLETED',
    ])
    expect(events.filter((event) => event.type === 'number.ported').map((event) => event.payload['phoneNumber'])).toEqual([number])
    const history = await platform.plane.context.database.sql
      .selectFrom('account_history')
      .select('reference_type')
      .where('account_id', '=', account.id)
      .execute()
    expect(history.filter((row) => row.reference_type === 'PORT')).toHaveLength(4)
  })

  it('while it is pending calls to the number go to the old carrier; afterwards they ring here', async () => {
    const { number } = await submitted()
    expect((await call('PATCH', `${account.base}/telephonenumber/${number}`, { referenceType: 'END_USER', referenceId: account.userId })).status).toBe(200)
    expect(platform.plane.view.ownerOf(number)).toBeUndefined()
    await pass(40 * DAY_MS)
    expect(platform.plane.view.ownerOf(number)).toMatchObject({ accountId: account.id })
    expect((await numberOf(number)).body).toMatchObject({ referenceId: account.userId, lifecycleState: 'ACTIVE' })
  })

  it('the number can be pointed at a user while it is asked for', async () => {
    const number = someNumber()
    const body = aSubmission(number, {}, { telephoneNumbers: [{ phoneNumber: number, referenceType: 'END_USER', referenceId: account.userId }] })
    expect((await call('POST', `${account.base}/telephonenumber`, body)).status).toBe(200)
    expect((await numberOf(number)).body).toMatchObject({ referenceId: account.userId, carrierStatus: 'PORT_PENDING' })
  })

  it('account number …0000 is refused for the name, PIN 9999 for the PIN; a correction sends it again', async () => {
    const name = await submitted({ accountNumber: '1230000' })
    const pin = await submitted({ pin: '9999' })
    await pass(DAY_MS)
    expect((await read(name.id)).body).toMatchObject({ status: 'REJECTED', rejectionCode: 'NAME_MISMATCH', rejectionReason: expect.stringContaining('name') })
    expect((await numberOf(name.number)).body['carrierStatus']).toBe('PORT_REJECTED')
    expect((await activationOf(pin.id)).body).toMatchObject({ activationStatusType: 'REJECTED', editableFieldTypes: ['wirelessPin', 'crdDate'] })
    const corrected = await call('PATCH', portOf(pin.id), { wirelessPin: '1234' })
    expect(corrected.body).toMatchObject({ status: 'PORT_PENDING' })
    await pass(DAY_MS)
    expect([await statusOf(pin.id), await statusOf(name.id)]).toEqual(['APPROVED', 'REJECTED'])
  })
})

/** The body of the first interface. */
function aSubmission(number: string, port: Record<string, unknown> = {}, changes: Record<string, unknown> = {}): Record<string, unknown> {
  const customerServiceRecord = { customerType: 'RESIDENTIAL', firstName: 'John', lastName: 'Smith', customerName: 'Smith John', streetNumber: '333', preDirectional: 'S', streetName: '520', postDirectional: 'W', city: 'Lindon', state: 'UT', country: 'USA', postalCode: '84042' } // prettier-ignore
  return {
    telephoneNumbers: [{ phoneNumber: number }],
    customerServiceRecord,
    directoryListing: { listed: false, type: 'PORTED' },
    port: { crdDate: `${goodDay()}T00:00:00.000Z`, billingTelephoneNumber: number, portingAuthorizedName: 'John Smith', wirelessAccountNumber: '77', ...port },
    ...changes,
  }
}

describe('ports of the first interface', () => {
  const submitA = async (port: Record<string, unknown> = {}, changes: Record<string, unknown> = {}) => {
    const number = someNumber()
    const answer = await call('POST', `${account.base}/telephonenumber`, aSubmission(number, port, changes))
    return { number, answer, id: String((answer.body['port'] as Record<string, unknown> | undefined)?.['id']) }
  }

  it('S1-76: a request with a port is answered in its shape, and is the same port on both interfaces (C-33)', async () => {
    const { number, answer, id } = await submitA()
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    expect(answer.body).toMatchObject({ port: { status: 'PORT_PENDING', telephoneNumbers: [number] }, telephoneNumbers: [{ phoneNumber: number, portId: id }] })
    expect((await read(id)).body).toMatchObject({ portRequestId: `port_${id}`, status: 'PENDING' })
  })

  it('the date is a business day of the list, at least a week ahead; portNow takes the first', async () => {
    expect((await submitA({ crdDate: saturday() })).answer.body).toMatchObject({ errorCode: 'InvalidCrdDate' })
    expect((await submitA({ crdDate: daysAhead(3) })).answer.body).toMatchObject({ errorCode: 'InvalidCrdDate' })
    expect((await submitA({ crdDate: undefined })).answer.body).toMatchObject({ errorCode: 'CrdDateRequired' })
    expect((await submitA({ crdDate: undefined, portNow: true })).answer.body).toMatchObject({ port: { portNow: true } })
  })

  it('a mobile number needs the account number and the PIN of its carrier', async () => {
    expect((await submitA({ portingWireType: 'Wireless' })).answer.body['errorCode']).toBe('WirelessPinRequired')
    expect((await submitA({ portingWireType: 'Wireless', wirelessAccountNumber: '', wirelessPin: '1' })).answer.body['errorCode']).toBe(
      'WirelessAccountNumberRequired',
    )
    expect((await submitA({ portingWireType: 'Wireless', wirelessPin: '1234567890123456' })).answer.body['errorCode']).toBe('InvalidWirelessPin')
    const { id, answer } = await submitA({ portingWireType: 'Wireless', wirelessPin: '1234' })
    expect(answer.status).toBe(200)
    // A replacement without the PIN keeps it.
    const whole = await call('GET', portOf(id))
    expect((await call('PUT', portOf(id), { ...whole.body, portingAuthorizedName: 'Jane Smith' })).body).toMatchObject({ portingAuthorizedName: 'Jane Smith' })
  })

  it('once agreed only the date can change, which takes the agreement back; nothing once it is done', async () => {
    const { id } = await submitA()
    await pass(DAY_MS)
    expect((await call('PATCH', portOf(id), { portingAuthorizedName: 'X' })).body['errorCode']).toBe('PortNotEditable')
    const statuses = async () => ((await activationOf(id)).body['logs'] as { status: string }[]).map((log) => log.status)
    // The same date is no change: what was agreed stays agreed.
    expect((await call('PATCH', portOf(id), { crdDate: (await call('GET', portOf(id))).body['crdDate'] })).status).toBe(200)
    expect(await statuses()).toEqual(['PENDING', 'FOC_RECEIVED'])
    const moved = await call('PATCH', portOf(id), { crdDate: goodDay(15) })
    expect(moved.status, JSON.stringify(moved.body)).toBe(200)
    expect(await statuses()).toEqual(['PENDING', 'FOC_RECEIVED', 'FOC_REMOVED', 'PENDING'])
    await pass(60 * DAY_MS)
    expect((await call('PATCH', portOf(id), { crdDate: goodDay() })).body['errorCode']).toBe('PortNotEditable')
  })

  it('S2-28: the second interface cancels before the agreement only, the first until the end; the number is gone', async () => {
    const early = await submitA()
    expect((await call('DELETE', `${PORTS()}/port_${early.id}`)).body).toMatchObject({ status: 'CANCELLED' })
    expect((await numberOf(early.number)).status).toBe(404)
    const late = await submitA()
    await pass(DAY_MS)
    expect((await call('DELETE', `${PORTS()}/${late.id}`)).body).toMatchObject({ status: 409, errorCode: 'PortNotCancellable' })
    expect((await call('DELETE', `${portOf(late.id)}/cancelport`)).status).toBe(204)
    expect((await call('GET', portOf(late.id))).body).toMatchObject({ status: 'CANCEL_PORT_COMPLETE', cancelType: 'EXPIDITED' })
    expect((await call('DELETE', `${portOf(late.id)}/cancelport`)).body['errorCode']).toBe('PortNotCancellable')
    // It may be asked for again.
    expect((await submit(order({ telephoneNumbers: [late.number] }))).status).toBe(200)
  })

  it('cancelled and triggered at once: one of them wins, and the state is one of the two', async () => {
    const { id } = await submitA()
    await pass(DAY_MS)
    const [cancelled, triggered] = await Promise.all([call('DELETE', `${portOf(id)}/cancelport`), call('PUT', `${portOf(id)}/triggerport`)])
    expect([204]).toContain(cancelled.status)
    expect([202, 400]).toContain(triggered.status)
    expect((await read(id)).body['status']).toBe('CANCELLED')
  })

  it('triggerport starts the cut of a port that was agreed to, not of one that was not', async () => {
    const { id, number } = await submitA()
    expect((await call('PUT', `${portOf(id)}/triggerport`)).body['errorCode']).toBe('PortNotApproved')
    await pass(DAY_MS)
    expect((await call('PUT', `${portOf(id)}/triggerport`)).status).toBe(202)
    expect(await statusOf(id)).toBe('IN_PROGRESS')
    expect((await call('PUT', `${portOf(id)}/triggerport`)).status).toBe(200)
    await pass(3_600_000)
    expect((await numberOf(number)).body['carrierStatus']).toBe('ACTIVE')
  })

  it('a hot cut waits for the trigger, however long', async () => {
    const { id } = await submitA({ hotCutPortId: 'HC-1' })
    await pass(60 * DAY_MS)
    expect((await activationOf(id)).body['activationStatusType']).toBe('HOT_CUT_PORT')
    expect((await call('PUT', `${portOf(id)}/triggerport`)).status).toBe(202)
    await pass(3_600_000)
    expect(await statusOf(id)).toBe('COMPLETED')
  })

  it('a port of another account or tenant is not there', async () => {
    const { id } = await submitA()
    const mine = account
    account = await newAccount()
    for (const [method, path] of [
      ['GET', portOf(id)],
      ['PATCH', portOf(id)],
      ['DELETE', `${portOf(id)}/cancelport`],
      ['PUT', `${portOf(id)}/triggerport`],
      ['GET', `${portOf(id)}/loa`],
    ] as const)
      // prettier-ignore
      expect([method, path, (await call(method, path, method === 'PATCH' ? {} : undefined)).status]).toEqual([method, path, 404])
    account = mine
    expect((await activationOf(id)).status).toBe(200)
  })
})

describe('the letter of authorization', () => {
  const upload = (id: string, bytes: Buffer, type = 'application/pdf', name = 'my "letter"; x=1.pdf') => {
    const head = `--b\r\nContent-Disposition: form-data; name="file"; filename="${name.replaceAll('"', '\\"')}"\r\nContent-Type: ${type}\r\n\r\n`
    const payload = Buffer.concat([Buffer.from(head), bytes, Buffer.from('\r\n--b--\r\n')])
    const headers = { 'x-auth-token': token, 'content-type': 'multipart/form-data; boundary=b' }
    return platform.plane.http.inject({ method: 'POST', url: `${portOf(id)}/loa`, headers, payload })
  }
  const PDF = Buffer.concat([Buffer.from('%PDF-1.7\r\n'), Buffer.from([0, 255, 13, 10])])

  it('S2-47: comes back byte for byte, as a download; another replaces it', async () => {
    const { id } = await submitted()
    const bare = id.replace('port_', '')
    expect((await call('GET', `${portOf(bare)}/loa`)).status).toBe(404)
    const stored = await upload(bare, PDF)
    expect([stored.statusCode, stored.json()]).toMatchObject([200, { extension: 'pdf', contentType: 'application/pdf' }])
    const back = await platform.plane.http.inject({ method: 'GET', url: `${portOf(bare)}/loa`, headers: { 'x-auth-token': token } })
    expect(back.rawPayload.equals(PDF)).toBe(true)
    expect(back.headers['content-disposition']).toBe('attachment; filename="my _letter__ x_1.pdf"')
    await upload(bare, Buffer.from([0xff, 0xd8, 0xff, 0xe0]), 'image/jpeg', 'scan.jpeg')
    expect((await call('GET', `${portOf(bare)}/loa/metadata`)).body).toMatchObject({ extension: 'jpg' })
    expect((await call('GET', portOf(bare))).body).toMatchObject({ loaSaved: true })
  })

  it('what is no PDF, PNG or JPEG, says another type, is too large or is no form is refused', async () => {
    const { id } = await submitted()
    expect((await upload(id, Buffer.from('<script>'))).json()).toMatchObject({ errorCode: 'InvalidFile' })
    expect((await upload(id, PDF, 'image/png')).json()).toMatchObject({ errorCode: 'InvalidFile' })
    expect((await upload(id, Buffer.concat([PDF, Buffer.alloc(5 * 1_048_576)]))).statusCode).toBe(413)
    expect((await call('POST', `${portOf(id)}/loa`, {})).body['errorCode']).toBe('FileRequired')
  })
})
