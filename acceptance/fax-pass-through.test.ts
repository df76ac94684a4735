import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { drawPaper } from '../interop/fax/paper.ts'
import { recordOf } from './call-records.ts'
import { eventually } from './eventually.ts'
import { FaxMachine, type FaxMachineOptions } from './phones/fax-machine.ts'
import type { IncomingPhoneCall, OutgoingPhoneCall } from './phones/phone-call.ts'
import { isSpanDspAbsent } from './phones/program-present.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { statusOf } from './phones/sip-text.ts'
import { CALLEE_HZ, CALLER_HZ, TONES_HZ } from './phones/two-parties.ts'
import { type Account, type AddressValidation, done, exampleAddressPath, type Identified, type Person, Tenant, unique } from './tenant.ts'

const FAX_MS = 60_000
const OUTSIDE_CALLER = '12125550199'

let tenant: Tenant
let account: Account
let number: string
let carrier: ScriptedPhone
let carrierTrunkId: string
const machines: FaxMachine[] = []
const phones: ScriptedPhone[] = []
/** By their extensions. */
const adapters = new Map<string, ScriptedPhone>()

/** A partition with a carrier of its own, an account with terminal adapters at its lines, and a number that rings the first one. */
beforeAll(async () => {
  const owner = await Tenant.logIn()
  const manager = { username: `${unique('fax')}@example.com`, password: 'Correct-Horse-7-Battery', firstName: 'Own', lastName: 'Carrier' }
  done(await owner.http.post<Identified>(`${owner.path}/partition`, { name: unique('Fax '), manager, useOwnCarrier: true }))
  tenant = await Tenant.logIn({ ...owner.platform, username: manager.username, password: manager.password })
  const { http, path, platform } = tenant
  const terms = { planMinutes: 0, allowOverage: true, overageRatePerMinute: '0.60', defaultPlan: true }
  done(await http.post(`${path}/callingplanproduct`, { name: unique('Tariff '), ...terms }))
  account = await tenant.createAccount({ platformType: 'CPE1' })
  const extensions = ['4000', '4001', '4002', '4003', '4004', '4005']
  const [first] = await Promise.all(extensions.map(addAdapter))
  carrier = await ScriptedPhone.open(platform, { ...phoneAt('4000').login, sipUsername: OUTSIDE_CALLER })
  phones.push(carrier)
  const trunk = { name: 'Fax carrier', address: platform.sipHost, port: carrier.socket.localPort, priority: 1, keepAliveSeconds: 0 }
  carrierTrunkId = done(await http.post<Identified>(`${path}/carrier-trunk`, trunk)).id
  number = await addNumber(first?.userId ?? '')
})

afterAll(async () => {
  await Promise.all(machines.map((machine) => machine.close()))
  done(await tenant.http.delete(`${tenant.path}/carrier-trunk/${carrierTrunkId}`))
  for (const phone of phones) phone.close()
})

async function addAdapter(extension: string): Promise<Person> {
  const person = await account.createUser(extension, {}, 'none')
  const phone = await ScriptedPhone.open(tenant.platform, await account.createLine(person.userId))
  phones.push(phone)
  adapters.set(extension, phone)
  expect(statusOf(await phone.register())).toBe(200)
  return person
}

function phoneAt(extension: string): ScriptedPhone {
  const phone = adapters.get(extension)
  if (phone === undefined) throw new Error(`nobody is at ${extension}`)
  return phone
}

async function addNumber(userId: string): Promise<string> {
  const source = { name: 'Own numbers', carrierType: 'SERVICE_PROVIDER_CARRIER', enableByotn: true }
  const { id: byotnCarrierId } = done(await tenant.http.post<Identified>(`${tenant.path}/inboundcarriers`, source))
  const { customerServiceRecord } = done(await tenant.http.get<AddressValidation>(exampleAddressPath))
  const added = `1917${String(2_000_000 + (Date.now() % 7_900_000))}`
  done(
    await account.http.post(`${account.path}/telephonenumber`, {
      customerServiceRecord: { ...customerServiceRecord, country: 'USA', customerType: 'BUSINESS', businessName: 'Fax', customerName: 'FAX' },
      directoryListing: { listed: false },
      byotnCarrierId,
      telephoneNumbers: [{ phoneNumber: added }],
    }),
  )
  await account.assignNumber(added, userId)
  return added
}

const paper = drawPaper(60)

/** One that sends the paper, and one that receives it. */
async function makeMachines(from: ScriptedPhone, to: ScriptedPhone, options: FaxMachineOptions = {}): Promise<readonly [FaxMachine, FaxMachine]> {
  const pair = await Promise.all([FaxMachine.start(from.socket.mediaHost, [paper], options), FaxMachine.start(to.socket.mediaHost, undefined, options)])
  machines.push(...pair)
  return pair
}

/** The called machine goes over to T.38, and the fax passes. */
async function faxWithin(call: OutgoingPhoneCall, called: IncomingPhoneCall, ...[from, to]: readonly [ScriptedPhone, ScriptedPhone]): Promise<void> {
  const [sender, receiver] = await makeMachines(from, to)
  call.takesOffer = (offer) => (sender.begin(offer) ? { status: 200, body: sender.description } : undefined)
  const agreed = await called.reinvite(receiver.description)
  expect(statusOf(agreed)).toBe(200)
  expect(receiver.begin(agreed)).toBe(true)
  await expectFax(sender, receiver)
}

async function expectFax(sender: FaxMachine, receiver: FaxMachine): Promise<void> {
  await eventually('the fax', FAX_MS, () => (sender.result !== undefined && receiver.result !== undefined ? true : undefined))
  expect([sender.result, receiver.result]).toEqual(Array.from({ length: 2 }, () => ({ code: 0, text: 'OK' })))
  const pages = await receiver.receivedPages()
  expect(pages).toHaveLength(1)
  expect(pages[0]?.equals(Buffer.concat(paper.rows))).toBe(true)
}

async function bothHear(call: OutgoingPhoneCall, called: IncomingPhoneCall): Promise<void> {
  const heard = () => [call.media.toneHeard(TONES_HZ), called.media?.toneHeard(TONES_HZ)]
  await eventually('both tones', 5_000, () => (heard().join() === [CALLEE_HZ, CALLER_HZ].join() ? true : undefined))
}

describe.skipIf(isSpanDspAbsent())('a fax in a call, from SpanDSP to SpanDSP', { concurrent: true, timeout: FAX_MS * 2 }, () => {
  it('goes between two lines over T.38 (ITU-T T.38 annex D) pel by pel, and the call goes back to speech', async () => {
    const [caller, callee] = [phoneAt('4000'), phoneAt('4001')]
    const call = await caller.call('4001', { toneHz: CALLER_HZ })
    const called = await callee.nextCall()
    await called.answer(CALLEE_HZ)
    await bothHear(call, called)
    await faxWithin(call, called, caller, callee)
    for (const media of [call.media, called.media]) media?.forget()
    expect(statusOf(await called.reinvite(called.media?.describe() ?? ''))).toBe(200)
    await bothHear(call, called)
    expect(await call.hangUp()).toBe(200)
    expect(await recordOf(account, call.callId)).toMatchObject({ callFlagType: 'ANSWERED' })
  })

  it('comes from a carrier to a line over T.38', async () => {
    const call = await carrier.call(number)
    const called = await phoneAt('4000').nextCall()
    await called.answer()
    expect(await call.finalStatus()).toBe(200)
    await faxWithin(call, called, carrier, phoneAt('4000'))
    expect(await called.hangUp()).toBe(200)
    expect(await recordOf(account, call.callId)).toMatchObject({ callFlagType: 'ANSWERED' })
  })

  it.for([
    ['as sound, in G.711', { hasModem: true }, '4002', '4003'],
    ['over T.38 that was offered first (ITU-T T.38 annex D)', {}, '4004', '4005'],
  ] as const)('goes between two lines %s', async ([, options, ...extensions]) => {
    const [from, to] = [phoneAt(extensions[0]), phoneAt(extensions[1])]
    const [sender, receiver] = await makeMachines(from, to, options)
    const call = await from.call(extensions[1], { description: sender.description })
    const called = await to.nextCall()
    expect(receiver.begin(called.invite)).toBe(true)
    await called.answer(undefined, receiver.description)
    expect(await call.finalStatus()).toBe(200)
    expect(sender.begin(call.final ?? called.invite)).toBe(true)
    await expectFax(sender, receiver)
    expect(await call.hangUp()).toBe(200)
    expect(await recordOf(account, call.callId)).toMatchObject({ callFlagType: 'ANSWERED' })
  })
})
