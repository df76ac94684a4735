import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import { HttpClient } from './http-client.ts'
import { CALLEE_HZ, PSTN_HZ, TONES_HZ } from './phones/two-parties.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { statusOf } from './phones/sip-text.ts'
import { Account, type AddressValidation, done, exampleAddressPath, type Identified, Tenant, unique, uniqueMac } from './tenant.ts'

interface Order {
  readonly orderId: string
  readonly status: string
  readonly approval: string
  readonly telephoneNumbers: readonly { readonly telephoneNumber: string; readonly status: string }[]
}

/** Answers and plays 440 Hz. */
const PSTN = '12125550105'
const E911 = { street: '135 Front St', city: 'Binghamton', state: 'NY', zipCode: '13905', location: 'Suite 200' }

let tenant: Tenant
const phones: ScriptedPhone[] = []

beforeAll(async () => {
  tenant = await Tenant.logIn()
})
afterEach(() => {
  for (const phone of phones.splice(0)) phone.close()
})

async function freeNumber(of: Tenant, query = '?npa=607&quantity=100'): Promise<string> {
  interface Found {
    readonly telephoneNumbers: readonly { readonly telephoneNumber: string }[]
  }
  const { telephoneNumbers } = done(await of.http.get<Found>(`${of.path}/telephone-number/search${query}`))
  const number = telephoneNumbers[Math.floor(Math.random() * telephoneNumbers.length)]?.telephoneNumber
  if (number === undefined) throw new Error('the inventory is empty')
  return number
}

async function registered(login: { readonly sipUsername: string; readonly sipPassword: string }): Promise<ScriptedPhone> {
  const phone = await ScriptedPhone.open(tenant.platform, login)
  phones.push(phone)
  expect(statusOf(await phone.register())).toBe(200)
  return phone
}

describe('the workflow of an account', () => {
  it('S0-22: eight steps, by the paths of the workflow, end in an account whose user calls, is called, and gets help', async () => {
    const { http, path } = tenant
    // 1. Validate the address.
    const address = done(await http.get<AddressValidation>(exampleAddressPath))
    expect(address.valid).toBe(true)
    // 2. Create the account.
    const body = { name: 'Workflow', accountNumber: unique('W-'), timeZone: 'US/Mountain', address: { ...address.customerServiceRecord, country: 'USA' } }
    const account = `${path}/account/${done(await http.post<Identified>(`${path}/account`, body)).id}`
    const accountId = account.split('/').at(-1) ?? ''
    // 3. Search for a number, and order it.
    const telephoneNumber = await freeNumber(tenant)
    expect(done(await http.post<Order>(`${path}/telephone-number/order`, { telephoneNumbers: [telephoneNumber], accountId })).status).toBe('COMPLETED')
    // 4. Create the user.
    const userId = done(await http.post<Identified>(`${account}/user`, { firstName: 'Wanda', lastName: 'Flow', extension: '4001' })).id
    // 5. Create the device, 6. its line.
    const device = done(await http.post<Identified>(`${account}/device`, { macAddress: uniqueMac(), deviceType: 'IP_PHONE', model: 'Yealink T46G' }))
    const line = done(
      await http.post<Identified>(`${account}/device/${device.id}/line`, { lineNumber: 1, userId, features: { voicemail: true }, codecs: ['PCMU'] }),
    )
    // 7. Assign the number.
    const assigned = done(
      await http.put<Record<string, unknown>>(`${account}/user/${userId}/telephone-number`, { telephoneNumber, primary: true, e911Address: E911 }),
    )
    expect(assigned).toMatchObject({ assignedTo: userId, lifecycleState: 'ACTIVE', e911: { registered: true } })
    // 8. Configure services: voicemail, forwarding, screening, emergency notification.
    const { voicemailBoxId } = done(await http.get<{ voicemailBoxId: string }>(`${account}/user/${userId}`))
    expect(done(await http.get<Identified>(`${account}/voicemailbox/${voicemailBoxId}`)).id).toBe(voicemailBoxId)
    done(await http.patch(`${account}/user/${userId}`, { callScreeningSettings: { anonymousCallScreening: { action: 'Block' } } }))
    done(await http.post(`${account}/emergency-notification`, { emailRecipients: ['front-desk@example.com'] }))
    // Ready.
    const phone = await registered(await new Account(tenant, accountId).loginOf(line.id))
    const out = await phone.call(PSTN)
    expect(await out.finalStatus()).toBe(200)
    await out.hangUp()
    done(await http.post('/v2/sandbox/inbound-call', { from: '12125550142', to: telephoneNumber.slice(1), seconds: 1 }))
    const ringing = await phone.nextCall()
    await ringing.answer()
    await ringing.ended()
    const help = await phone.call('933')
    expect(await help.finalStatus()).toBe(200)
    await help.hangUp()
  })

  it('S0-92: accounts, devices, numbers and routing: each is created, found, changed and taken away by the interface', async () => {
    const { http, path } = tenant
    const account = await tenant.createAccount({ accountName: 'Areas' })
    done(await http.patch(account.path, { accountName: `Areas of ${account.id}` }))
    const found = done(await http.get<readonly Identified[]>(`${path}/account/search?q=${encodeURIComponent(`Areas of ${account.id}`)}`))
    expect(found.map(({ id }) => id)).toEqual([account.id])
    // Devices: create, configure, lines, read, delete.
    const { userId } = await account.createUser('4001')
    const device = `${account.path}/device/${done(await http.post<Identified>(`${account.path}/device`, { macAddress: uniqueMac(), deviceType: 'IP_PHONE', model: 'Yealink T46G' })).id}`
    const line = done(await http.post<Identified>(`${device}/line`, { lineNumber: 1, userId }))
    done(await http.put(device, { status: 'INACTIVE' }))
    expect(done(await http.get(device))).toMatchObject({ status: 'INACTIVE' })
    done(await http.delete(`${account.path}/deviceline/${line.id}`))
    done(await http.delete(device))
    expect((await http.get(device)).status).toBe(404)
    // Numbers: search, order, port.
    const number = await freeNumber(tenant)
    expect(done(await http.post<Order>(`${path}/telephone-number/order`, { telephoneNumbers: [number], accountId: account.id })).status).toBe('COMPLETED')
    // One that is in no inventory: what an account has is not portable to here.
    const elsewhere = 2_000_000 + (Date.now() % 7_900_000)
    expect(done(await http.get(`${path}/telephone-number/port/check?telephoneNumber=%2B1917${elsewhere}`))).toMatchObject({ portable: true })
    // Routing: menu, hunt group, queue.
    const made: Record<string, string> = {}
    const bodies = {
      'hunt-group': { name: 'Sales', extension: '4100', members: [{ userId }] },
      'call-queue': { name: 'Support', extension: '4200' },
      ivr: { name: 'Front desk', greeting: 'Hello', options: [{ digit: '1', action: 'TRANSFER', destination: '4001' }] },
    }
    for (const [kind, body] of Object.entries(bodies)) {
      made[kind] = done(await http.post<Identified>(`${account.path}/${kind}`, body)).id
      expect(done(await http.get(`${account.path}/${kind}/${made[kind]}`))).toMatchObject({ name: body.name })
      done(await http.put(`${account.path}/${kind}/${made[kind]}/telephone-number`, { telephoneNumber: number }))
      done(await http.delete(`${account.path}/${kind}/${made[kind]}/telephone-number`))
      done(await http.delete(`${account.path}/${kind}/${made[kind]}`))
      expect((await http.get(`${account.path}/${kind}/${made[kind]}`)).status).toBe(404)
    }
    const empty = await tenant.createAccount()
    done(await http.delete(empty.path))
    expect((await http.get(empty.path)).status).toBe(404)
  })

  it('S0-93: between SIP devices and the gateway to the telephone network are call processing, media, features and voicemail', async () => {
    const account = await tenant.createAccount()
    const [ann, absent] = [await account.createUser('4001'), await account.createUser('4002', {}, 'kept')]
    const [number, phone] = [await account.addNumber(), await registered(await account.createLine(ann.userId))]
    await account.assignNumber(number, ann.userId)
    // To the gateway, with media from there.
    const out = await phone.call(PSTN, { toneHz: CALLEE_HZ })
    expect(await out.finalStatus()).toBe(200)
    await eventually('the tone of the far end', 5_000, () => (out.media.toneHeard(TONES_HZ) === PSTN_HZ ? true : undefined))
    await out.hangUp()
    // From the gateway.
    done(await tenant.http.post('/v2/sandbox/inbound-call', { from: '12125550142', to: number, seconds: 1 }))
    const ringing = await phone.nextCall()
    expect(ringing.from).toContain('2125550142')
    await ringing.answer()
    await ringing.ended()
    // Voicemail answers for who is not there, and a feature code by the platform itself: both are heard.
    for (const dialed of [absent.extension, '*97']) {
      const call = await phone.call(dialed)
      expect([dialed, await call.finalStatus()]).toEqual([dialed, 200])
      await eventually('a voice', 5_000, () => (call.media.packetsHeard > 10 ? true : undefined))
      await call.hangUp()
    }
  })
})

describe('how numbers come to an account', () => {
  it('S1-61: by activation, by porting, and brought along by who has a carrier of his own', async () => {
    const account = await tenant.createAccount()
    const activated = await account.addNumber()
    const ported = `1607555${String(Date.now()).slice(-4)}`
    const day = new Date(Date.now() + 21 * 86_400_000)
    while (day.getUTCDay() !== 3) day.setUTCDate(day.getUTCDate() + 1)
    done(
      await tenant.http.post(`${tenant.path}/telephone-number/port`, {
        ...{ telephoneNumbers: [`+${ported}`], accountId: account.id, billingTelephoneNumber: `+${ported}`, accountNumber: '123456789', pin: '1234' },
        subscriber: { firstName: 'John', lastName: 'Doe', companyName: 'Acme Corporation', authorizedName: 'John Doe' },
        serviceAddress: { street: '135 Front St', city: 'Binghamton', state: 'NY', zipCode: '13905' },
        ...{ requestedDate: day.toISOString().slice(0, 10), currentProvider: 'AT&T' },
      }),
    )
    const tail = 2_000_000 + (Date.now() % 7_900_000)
    const [brought, external] = [`1917${tail}`, `1646${tail}`]
    const { customerServiceRecord } = done(await tenant.http.get<AddressValidation>(exampleAddressPath))
    done(
      await account.http.post(`${account.path}/telephonenumber`, {
        customerServiceRecord: { ...customerServiceRecord, country: 'USA', customerType: 'BUSINESS', businessName: 'Customer', customerName: 'CUSTOMER' },
        ...{ directoryListing: { listed: false }, byotnCarrierId: 'bring-your-own', telephoneNumbers: [{ phoneNumber: brought }] },
      }),
    )
    done(await account.http.post(`${account.path}/telephonenumber/external`, { phoneNumber: external, cnam: 'OUTSIDE', callable: true }))
    const listed = done(await account.http.get<readonly { phoneNumber: string; carrierStatus: string }[]>(`${account.path}/telephonenumber`))
    expect(Object.fromEntries(listed.map(({ phoneNumber, carrierStatus }) => [phoneNumber, carrierStatus]))).toEqual({
      [activated]: 'ACTIVE',
      [ported]: 'PORT_PENDING',
      [brought]: 'ACTIVE',
      [external]: 'ACTIVE',
    })
  })

  it('S0-44: a number that is wanted by its letters waits for somebody to agree where the partition says so, and goes on or back', async () => {
    const manager = { username: `${unique('vanity')}@example.com`, password: 'Correct-Horse-7-Battery', firstName: 'Van', lastName: 'Ity' }
    done(await tenant.http.post<Identified>(`${tenant.path}/partition`, { name: unique('Vanity '), manager, vanityNumberApproval: 'MANUAL' }))
    const partition = await Tenant.logIn({ ...tenant.platform, username: manager.username, password: manager.password })
    const account = await partition.createAccount()
    const orders = `${partition.path}/telephone-number/order`
    const order = async (number: string) => done(await partition.http.post<Order>(orders, { telephoneNumbers: [number], accountId: account.id }))
    const plain = await freeNumber(partition)
    expect(await order(plain)).toMatchObject({ status: 'COMPLETED', approval: 'GIVEN' })
    const one = await spelled(partition, [plain])
    const wanted = await order(one.letters)
    expect(wanted).toMatchObject({ status: 'PENDING', approval: 'AWAITED', telephoneNumbers: [{ telephoneNumber: one.number, status: 'PENDING' }] })
    const other = await spelled(partition, [plain, one.number])
    const unwanted = await order(other.letters)
    expect(done(await partition.http.post<Order>(`${orders}/${wanted.orderId}/approve`))).toMatchObject({ status: 'COMPLETED', approval: 'GIVEN' })
    expect(done(await partition.http.post<Order>(`${orders}/${unwanted.orderId}/refuse`))).toMatchObject({ status: 'CANCELLED', approval: 'REFUSED' })
    const listed = done(await account.http.get<readonly { phoneNumber: string }[]>(`${account.path}/telephonenumber`)).map(
      ({ phoneNumber }) => `+${phoneNumber}`,
    )
    expect(listed.toSorted()).toEqual([plain, one.number].toSorted())
  })
})

/** A free number, its last four digits as letters. */
async function spelled(of: Tenant, taken: readonly string[]): Promise<{ readonly number: string; readonly letters: string }> {
  const LETTERS = '  ADGJMPTW'
  const number = await eventually('a number of letters', 10_000, async () => {
    const found = await freeNumber(of)
    return /[2-9]{4}$/.test(found) && !taken.includes(found) ? found : undefined
  })
  return { number, letters: `${number.slice(0, -4)}-${Array.from(number.slice(-4), (digit) => LETTERS[Number(digit)]).join('')}` }
}

describe('who logs in', () => {
  it('S1-50 C-66: a user by his user name or by his e-mail address, which is one person', async () => {
    const account = await tenant.createAccount()
    const [username, emailAddress] = [unique('jsmith'), `${unique('j.smith')}@example.com`]
    const { userId } = await account.createUser('4001', { username, emailAddress, allowPortalAccess: true })
    interface Message {
      readonly body: string
    }
    const mail = await eventually('the welcome mail', 5_000, async () =>
      done(await tenant.http.get<readonly Message[]>('/v2/sandbox/messages')).findLast((message) => JSON.stringify(message).includes(emailAddress)),
    )
    const password = /password: +(\S+)/.exec(mail.body)?.[1] ?? ''
    const anybody = new HttpClient(tenant.platform.httpUrl)
    for (const name of [username, emailAddress, emailAddress.toUpperCase()]) {
      const login = await anybody.post<{ authToken: string; userId: string }>('/v2/authorize', { username: name, password })
      expect([name, login.status, login.body.userId]).toEqual([name, 200, userId])
      expect(done(await anybody.withToken(login.body.authToken).get<Identified>(`${account.path}/user/${userId}`)).id).toBe(userId)
    }
    expect((await anybody.post('/v2/authorize', { username: unique('nobody'), password })).status).toBe(401)
  })
})

describe('a business line', () => {
  it('S1-18: is a port of an adapter and of nothing else, has its own settings, and is rung by the number that points at it', async () => {
    const account = await tenant.createAccount()
    const { id } = done(await account.http.post<Identified>(`${account.path}/business-line`, { name: 'Elevator' }))
    const line = `${account.path}/business-line/${id}`
    const place = { macAddress: uniqueMac(), portNumber: 1 }
    for (const deviceTypeId of ['YEALINKT46G', 'VVX450']) {
      const refused = await account.http.post<{ messages: readonly string[] }>(`${line}/port-assignment`, { ...place, deviceTypeId })
      expect([refused.status, refused.body.messages]).toEqual([400, ['InvalidDeviceType']])
    }
    done(await account.http.post(`${line}/port-assignment`, { ...place, deviceTypeId: 'SPA112' }))
    done(await account.http.put(`${line}/call-handling`, { activeCallHandling: 'RING_LINE', callWaitingEnabled: false }))
    const number = await account.addNumber()
    done(await account.http.patch(`${account.path}/telephonenumber/${number}`, { referenceType: 'BUSINESS_LINE', referenceId: id }))
    const login = { sipUsername: unique('lift-'), sipPassword: 'chosen-by-client' }
    done(await account.http.put(`${line}/sip-credentials`, login))
    const phone = await registered(login)
    done(await tenant.http.post('/v2/sandbox/inbound-call', { from: '12125550142', to: number, seconds: 1 }))
    const ringing = await phone.nextCall()
    await ringing.answer()
    await ringing.ended()
    // Nobody's user: the account has none.
    expect(done(await account.http.get<readonly unknown[]>(`${account.path}/user`))).toEqual([])
  })
})

describe('the public documentation', () => {
  it('S1-02: every operation of every surface stands in it with a code example, for everybody to read', async () => {
    const anybody = new HttpClient(tenant.platform.httpUrl)
    const { paths } = done(await anybody.get<{ paths: Readonly<Record<string, object>> }>('/openapi.json'))
    const page = await anybody.get('/docs', { headers: { accept: 'text/html' } })
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    const without = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods)
        .map((method) => `curl -X ${method.toUpperCase()} &#39;https://api.example.com${path}`)
        .filter((example) => !page.text.includes(example)),
    )
    expect(without).toEqual([])
    expect(page.text).toContain('X-AUTH-TOKEN: $TOKEN')
  })
})
