import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import { trustedFreePorts } from './phones/free-ports.ts'
import { type Kamailio, startKamailio } from './phones/kamailio.ts'
import { isAbsent } from './phones/program-present.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { runSipp, type SippRun } from './phones/sipp.ts'
import { callee, caller, describeAudio, isHungUp, receive, type SippStep } from './phones/sipp-scenario.ts'
import { statusOf } from './phones/sip-text.ts'
import { type Account, type AddressValidation, type CallRecord, done, exampleAddressPath, type Identified, type Person, Tenant, unique } from './tenant.ts'

const PASSWORD = 'secret-at-the-carrier'
const PORTS_EACH = 30
/** An area code no number of the sandbox inventory has. */
const FAR_AWAY = '2125550142'
const OUTSIDE_CALLER = '2125550199'

interface TriedCarrier extends Identified {
  readonly name: string
  readonly called: { readonly number: string; readonly why: string }
  readonly caller?: { readonly number: string }
  readonly arrives?: { readonly accountId?: string; readonly code?: string }
}
type Carried = CallRecord & { readonly origCarrier?: string; readonly termCarrier?: string; readonly ratePerMinute: number }

/** As the guide for such customers makes it: a partition with an operator, a tariff, a source of numbers and two carriers of its own. */
class Provider {
  readonly registered = { id: '', port: 0, user: unique('acme') }
  readonly fixed = { id: '', port: 0 }
  readonly tenant: Tenant
  readonly carrier: Kamailio
  numberSource = ''

  private constructor(tenant: Tenant, carrier: Kamailio, port: number, user: string) {
    this.tenant = tenant
    this.carrier = carrier
    this.registered.port = port
    this.registered.user = user
  }

  static async open(): Promise<Provider> {
    const owner = await Tenant.logIn()
    const manager = { username: `${unique('byoc')}@example.com`, password: 'Correct-Horse-7-Battery', firstName: 'Own', lastName: 'Carrier' }
    done(await owner.http.post<Identified>(`${owner.path}/partition`, { name: unique('BeYOC '), manager, useOwnCarrier: true }))
    const tenant = await Tenant.logIn({ ...owner.platform, username: manager.username, password: manager.password })
    const [port, user] = [await trustedFreePorts(PORTS_EACH), unique('acme')]
    const carrier = await startKamailio({ host: tenant.platform.sipHost, port, password: PASSWORD }, tenant.platform.sipPort, user)
    const provider = new Provider(tenant, carrier, port, user)
    await provider.#furnish()
    return provider
  }

  /** A partition below it, with an operator and a tariff, and no carrier. */
  async resell(): Promise<Tenant> {
    const { http, path, platform } = this.tenant
    const manager = { username: `${unique('reseller')}@example.com`, password: 'Correct-Horse-7-Battery', firstName: 'Re', lastName: 'Seller' }
    done(await http.post<Identified>(`${path}/partition`, { name: unique('Reseller '), manager }))
    return Tenant.logIn({ ...platform, username: manager.username, password: manager.password })
  }

  async #furnish(): Promise<void> {
    const { http, path, platform } = this.tenant
    const terms = { planMinutes: 0, allowOverage: true, overageRatePerMinute: '0.60', defaultPlan: true }
    done(await http.post(`${path}/callingplanproduct`, { name: unique('Tariff '), ...terms }))
    const source = { name: 'Own numbers', carrierType: 'SERVICE_PROVIDER_CARRIER', enableByotn: true }
    this.numberSource = done(await http.post<Identified>(`${path}/inboundcarriers`, source)).id
    this.fixed.port = await trustedFreePorts(PORTS_EACH)
    const tenDigits = [{ prefix: '+1', minLength: 12, strip: 2 }]
    const fromTenDigits = [{ prefix: '', minLength: 10, maxLength: 10, prepend: '1' }]
    const trunk = { address: platform.sipHost, keepAliveSeconds: 0 }
    this.registered.id = await this.#add({
      ...{ ...trunk, name: 'Registered', port: this.registered.port, priority: 1, username: this.registered.user, password: PASSWORD },
      registrarDomain: platform.sipHost,
      numberRules: { outboundCalled: [{ prefix: '+1', strip: 2, prepend: '9' }] },
    })
    this.fixed.id = await this.#add({
      ...{ ...trunk, name: 'Fixed', port: this.fixed.port, priority: 2 },
      numberRules: { outboundCalled: tenDigits, outboundCaller: tenDigits, inboundCalled: fromTenDigits, inboundCaller: fromTenDigits },
    })
  }

  async #add(body: object): Promise<string> {
    return done(await this.tenant.http.post<Identified>(`${this.tenant.path}/carrier-trunk`, body)).id
  }

  /** What its numbers become, without a call. */
  async normalized(body: object): Promise<readonly TriedCarrier[]> {
    return done(await this.tenant.http.post<{ carriers: readonly TriedCarrier[] }>(`${this.tenant.path}/carrier-trunk/normalize`, body)).carriers
  }

  /** SIPp at the address of the carrier that is known by it. */
  atAddress(steps: readonly SippStep[], fields: readonly string[] = []): SippRun {
    const given = fields.length === 0 ? {} : { fields: [...fields, ''] }
    return runSipp(this.tenant.platform, { scenario: 'own-carrier', steps, port: this.fixed.port, ...given, timeoutSeconds: 25 })
  }

  /** Somebody out there calls by way of the carrier we registered with. */
  async throughRegistrar(steps: readonly SippStep[], to: string): Promise<SippRun> {
    const { platform } = this.tenant
    const port = await trustedFreePorts(PORTS_EACH)
    return runSipp({ ...platform, sipPort: this.registered.port }, { scenario: 'by-registration', steps, port, fields: [OUTSIDE_CALLER, 'carrier.example', to, ''] }) // prettier-ignore
  }
}

/** What a customer of the provider has: a user with a phone, and a number that is not live here yet. */
class Customer {
  readonly account: Account
  readonly person: Person
  readonly phone: ScriptedPhone
  readonly lineId: string
  readonly number: string

  private constructor(account: Account, person: Person, phone: ScriptedPhone, lineId: string, number: string) {
    this.account = account
    this.person = person
    this.phone = phone
    this.lineId = lineId
    this.number = number
  }

  static async of({ tenant, numberSource }: Pick<Provider, 'tenant' | 'numberSource'>): Promise<Customer> {
    const account = await tenant.createAccount({ platformType: 'CPE1' })
    const person = await account.createUser('4001')
    const login = await account.createLine(person.userId)
    const phone = await ScriptedPhone.open(tenant.platform, login)
    expect(statusOf(await phone.register())).toBe(200)
    // The number is the provider's: it is in nobody's inventory.
    const number = `1917${String(2_000_000 + (Date.now() % 7_900_000))}`
    const { customerServiceRecord } = done(await tenant.http.get<AddressValidation>(exampleAddressPath))
    done(
      await account.http.post(`${account.path}/telephonenumber`, {
        customerServiceRecord: { ...customerServiceRecord, country: 'USA', customerType: 'BUSINESS', businessName: 'Customer', customerName: 'CUSTOMER' },
        directoryListing: { listed: false },
        byotnCarrierId: numberSource,
        telephoneNumbers: [{ phoneNumber: number, operationalStatus: 'STAGED' }],
      }),
    )
    await account.assignNumber(number, person.userId)
    return new Customer(account, person, phone, login.lineId, number)
  }

  record(matches: (record: Carried) => boolean): Promise<Carried> {
    return eventually('the record', 10_000, async () => ((await this.account.callRecords()) as readonly Carried[]).find(matches))
  }

  async becomes(operationalStatus: 'STAGED' | 'ACTIVE'): Promise<void> {
    done(await this.account.http.patch(`${this.account.path}/telephonenumber/${this.number}`, { operationalStatus }))
  }
}

const dials = (...then: readonly SippStep[]): readonly SippStep[] => [
  caller.sendsFirst('INVITE', { body: describeAudio() }),
  receive(100, { optional: true }),
  receive(180, { optional: true }),
  ...then,
]
const isRefused = (status: number): readonly SippStep[] => dials(receive(status), caller.acknowledgesFirst(1))
const talks: readonly SippStep[] = dials(caller.hears(200), caller.sends('ACK', { sequence: 1 }), ...isHungUp)

let provider: Provider
let customer: Customer

describe.skipIf(isAbsent('kamailio') || isAbsent('sipp'))('a partition that brings its own carriers: Kamailio with a registration, SIPp by its address', () => {
  beforeAll(async () => {
    provider = await Provider.open()
    customer = await Customer.of(provider)
    await eventually('the registration', 20_000, async () => {
      const read = await provider.tenant.http.get<{ data: { registration?: { state: string } } }>(`/siptrunk/trunk_${provider.registered.id}`)
      return read.body.data.registration?.state === 'registered' ? true : undefined
    })
  }, 60_000)
  afterAll(async () => {
    for (const { id } of [provider.registered, provider.fixed]) await provider.tenant.http.delete(`${provider.tenant.path}/carrier-trunk/${id}`)
    customer.phone.close()
    await provider.carrier.stop()
  })

  it('S0-58 S0-62: a call goes out from the first carrier to the second with the numbers each wants, as shown before; the record has the carrier and the tariff', async () => {
    const { phone, number, lineId, person } = customer
    const tried = await provider.normalized({ to: `(212) 555-0142`, from: number })
    expect(tried).toMatchObject([
      { id: provider.registered.id, called: { number: `9${FAR_AWAY}`, why: expect.stringContaining('rule 0') as string }, caller: { number: `+${number}` } },
      { id: provider.fixed.id, called: { number: FAR_AWAY }, caller: { number: number.slice(1) } },
    ])
    const question = { from: lineId, to: `1${FAR_AWAY}` }
    const explained = done(await provider.tenant.http.post<{ endpoints: readonly object[] }>(`${provider.tenant.path}/routing/explain`, question))
    expect(explained.endpoints).toMatchObject([
      { type: 'CARRIER', id: provider.registered.id, told: { called: `9${FAR_AWAY}`, calledRule: 0 } },
      { type: 'CARRIER', id: provider.fixed.id, told: { called: FAR_AWAY, caller: number.slice(1), callerRule: 0 } },
    ])
    // A number that is only staged may be shown all the same.
    const check = { message: `INVITE sip:${FAR_AWAY}@`, 'From:': `<sip:${number.slice(1)}@`, 'P-Asserted-Identity:': `<sip:${number.slice(1)}@` }
    const answering = provider.atAddress([callee.isCalled({ check }), callee.answers(200, { body: describeAudio() }), receive('ACK'), ...isHungUp])
    const call = await phone.call(`1${FAR_AWAY}`)
    expect(await call.finalStatus()).toBe(200)
    await call.hangUp()
    await answering.success()
    expect(provider.carrier.log()).toMatch(new RegExp(`SAW INVITE 9${FAR_AWAY} from \\d+ to 9${FAR_AWAY} proxy=Digest username="${provider.registered.user}"`))
    const record = await customer.record(({ callType, callFlagType }) => callType === 'OUTBOUND' && callFlagType === 'ANSWERED')
    expect(record).toMatchObject({
      ...{ termCarrier: provider.fixed.id, partitionId: provider.tenant.partitionId, accountId: customer.account.id, referenceId: person.userId },
      ...{ rateType: 'OnPlanRated', ratePerMinute: 0.6, termCallCategory: 'OffNet' },
    })
    expect(record.cost).toBeCloseTo((record.billCallLengthSeconds / 60) * 0.6, 6)
    expect(record.cost).toBeGreaterThan(0)
  }, 60_000)

  it('S0-64: a number is brought STAGED and takes no calls; ACTIVE, the carrier reaches it by its address and by our registration', async () => {
    const { phone, number, account } = customer
    await customer.becomes('STAGED')
    const view = done(await account.http.get<Record<string, unknown>>(`${account.path}/telephonenumber/${number}`))
    expect(view).toMatchObject({ operationalStatus: 'STAGED', byotnCarrierId: provider.numberSource })
    const inbound = { direction: 'inbound', to: number.slice(1), from: OUTSIDE_CALLER }
    expect((await provider.normalized(inbound))[1]).toMatchObject({
      called: { number },
      caller: { number: `1${OUTSIDE_CALLER}` },
      arrives: { code: 'StagedNumber' },
    })
    const byAddress = [OUTSIDE_CALLER, 'carrier.example', number.slice(1)]
    await provider.atAddress(isRefused(404), byAddress).success()
    await (await provider.throughRegistrar(isRefused(404), number)).success()
    await customer.becomes('ACTIVE')
    expect((await provider.normalized(inbound))[1]).toMatchObject({ arrives: { accountId: account.id } })
    const talking = provider.atAddress(talks, byAddress)
    const ringing = await phone.nextCall()
    await ringing.answer()
    await ringing.hangUp()
    await talking.success()
    expect(await customer.record(({ origCarrier }) => origCarrier === provider.fixed.id)).toMatchObject({
      callType: 'INBOUND',
      origNumber: `1${OUTSIDE_CALLER}`,
    })
    const registered = await provider.throughRegistrar(isRefused(486), number)
    ;(await phone.nextCall()).reject(486)
    await registered.success()
    expect(await customer.record(({ origCarrier, callFlagType }) => origCarrier === provider.registered.id && callFlagType !== 'OTHER')).toMatchObject({
      callType: 'INBOUND',
    })
  }, 60_000)

  it('S1-11: a partition below that has no carrier calls and is called by those of the partition above it, and a foreign one does not', async () => {
    const below = await Customer.of({ tenant: await provider.resell(), numberSource: provider.numberSource })
    await below.becomes('ACTIVE')
    const { phone, number, lineId, account } = below
    const answering = provider.atAddress([
      callee.isCalled({ check: { message: `INVITE sip:${FAR_AWAY}@`, 'From:': `<sip:${number.slice(1)}@` } }),
      callee.answers(200, { body: describeAudio() }),
      receive('ACK'),
      ...isHungUp,
    ])
    const call = await phone.call(`1${FAR_AWAY}`)
    expect(await call.finalStatus()).toBe(200)
    await call.hangUp()
    await answering.success()
    expect(await below.record(({ callType }) => callType === 'OUTBOUND')).toMatchObject({ termCarrier: provider.fixed.id, accountId: account.id })
    const talking = provider.atAddress(talks, [OUTSIDE_CALLER, 'carrier.example', number.slice(1)])
    const ringing = await phone.nextCall()
    await ringing.answer()
    await ringing.hangUp()
    await talking.success()
    phone.close()
    const foreign = await Tenant.logIn()
    const stranger = await foreign.createAccount()
    const { lineId: line } = await stranger.createLine((await stranger.createUser('4001')).userId)
    const endpointsOf = async ({ http, path }: Tenant, from: string) =>
      done(await http.post<{ endpoints?: readonly Identified[] }>(`${path}/routing/explain`, { from, to: `1${FAR_AWAY}` })).endpoints?.map(({ id }) => id) ?? []
    expect(await endpointsOf(below.account.tenant, lineId)).toEqual([provider.registered.id, provider.fixed.id])
    expect(await endpointsOf(foreign, line)).not.toEqual(expect.arrayContaining([provider.fixed.id]))
  }, 60_000)

  it('S0-60 S0-63: accounts, users, devices, reports and records by the same operations as everywhere, and trunks and SIP logins by their own', async () => {
    const { http, path, platform } = provider.tenant
    const { account, person, lineId } = customer
    done(await http.patch(account.path, { accountName: 'Renamed' }))
    done(await http.patch(`${account.path}/user/${person.userId}`, { firstName: 'Renée' }))
    expect(done(await http.get(`${account.path}/user/${person.userId}`))).toMatchObject({ firstName: 'Renée', extension: '4001' })
    const { macAddress } = done(await http.get<{ macAddress: string }>(`${account.path}/deviceline/${lineId}`))
    const files = await http.get(`${account.path}/device/${macAddress}/configuration/preview`)
    expect([files.status, files.text.includes(lineId)]).toEqual([200, true])
    for (const report of ['user', 'line', 'device', 'tn'])
      expect(done(await http.get<{ totalCount: number }>(`${path}/report/${report}`)).totalCount).toBeGreaterThan(0)
    expect((await account.callRecords()).length).toBeGreaterThan(1)
    // The password of the trunk is changed there and here; a wrong one is seen.
    const trunk = `${path}/carrier-trunk/${provider.registered.id}`
    const shown = done(await http.get<Record<string, unknown>>(trunk))
    expect(shown).toMatchObject({ name: 'Registered', username: provider.registered.user, priority: 1 })
    expect(JSON.stringify(shown)).not.toContain(PASSWORD)
    done(await http.put(trunk, { ...shown, password: 'no longer' }))
    await eventually('the refusal', 20_000, async () => {
      const { body } = await http.get<{ data: { registration?: { state: string; last_error?: string } } }>(`/siptrunk/trunk_${provider.registered.id}`)
      return body.data.registration?.last_error?.startsWith('401') === true ? true : undefined
    })
    const line = done(await http.post<Identified>(`${account.path}/business-line`, { name: 'Fax machine' })).id
    const login = { sipUsername: unique('byoc-line-'), sipPassword: 'Another-secret-9' }
    done(await http.put(`${account.path}/business-line/${line}/sip-credentials`, login))
    const machine = await ScriptedPhone.open(platform, login)
    expect(statusOf(await machine.register())).toBe(200)
    expect(statusOf(await machine.unregister())).toBe(200)
    machine.close()
  }, 60_000)
})
