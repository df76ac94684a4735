import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { makeTwoParties, type TwoParties } from './phones/two-parties.ts'
import { eventually } from './eventually.ts'
import { type CallRecord, done, Tenant } from './tenant.ts'

interface PsapCall {
  readonly callbackNumber?: string
  readonly location?: Readonly<Record<string, unknown>>
  readonly assertedIdentity?: string
  readonly geolocation?: string
  readonly geolocationRouting?: string
  readonly priority?: string
  readonly parts: readonly { readonly contentType: string; readonly contentId?: string; readonly body: string }[]
  readonly [field: string]: unknown
}

const DIALING_BEHAVIORS = ['SEVEN_DIGIT', 'TEN_DIGIT', 'OPEN_DIAL_PLAN', 'DIAL_NINE_SEVEN_DIGIT', 'DIAL_NINE_TEN_DIGIT', 'OPEN_DIAL_PLAN_TEN_DIGIT']

let tenant: Tenant
const phones: ScriptedPhone[] = []

beforeAll(async () => {
  tenant = await Tenant.logIn()
})

afterEach(() => {
  for (const phone of phones.splice(0)) phone.close()
})

async function psapCalls(): Promise<readonly PsapCall[]> {
  const body = done(await tenant.http.get<readonly PsapCall[] | { calls: readonly PsapCall[] }>('/v2/sandbox/psap-calls'))
  return 'calls' in body ? body.calls : body
}

/** Dials, is answered and hangs up. */
async function answeredCall(parties: TwoParties, dialed: string): Promise<void> {
  const phone = await ScriptedPhone.open(parties.server, parties.caller.login)
  phones.push(phone)
  const call = await phone.call(dialed)
  expect([dialed, await call.finalStatus()]).toEqual([dialed, 200])
  expect(await call.hangUp()).toBe(200)
}

/** The same, and returns what the answering point wrote down. */
async function emergencyCall(parties: TwoParties, dialed: string): Promise<PsapCall> {
  const before = (await psapCalls()).length
  await answeredCall(parties, dialed)
  const received = await eventually('the call at the PSAP', 5000, async () => {
    const calls = await psapCalls()
    return calls.length > before ? calls : undefined
  })
  expect(received).toHaveLength(before + 1)
  const newest = received
    .toSorted((left, right) => Date.parse(String(left['receivedAt'] ?? left['time'])) - Date.parse(String(right['receivedAt'] ?? right['time'])))
    .at(-1)
  if (newest === undefined) throw new Error('no call at the PSAP')
  return newest
}

async function numberedParties(changes: Readonly<Record<string, unknown>> = {}): Promise<TwoParties & { readonly number: string }> {
  const parties = await makeTwoParties(tenant, changes)
  const number = await parties.account.addNumber()
  await parties.account.assignNumber(number, parties.caller.userId)
  return { ...parties, number }
}

/** The only record of the account. */
async function onlyRecord(parties: TwoParties): Promise<CallRecord> {
  const records = await eventually('its record', 5000, async () => {
    const found = await parties.account.callRecords()
    return found.length > 0 ? found : undefined
  })
  expect(records).toHaveLength(1)
  const [record] = records
  if (record === undefined) throw new Error('no record')
  return record
}

describe('911', () => {
  it.each(DIALING_BEHAVIORS)('S0-72 S0-76: is answered by the PSAP with dialing behaviour %s, dialed as it is', async (dialingBehaviorType) => {
    const parties = await numberedParties({ dialingBehaviorType })
    for (const dialed of ['911', '933']) await emergencyCall(parties, dialed)
  })

  it('S0-75 S0-78: carries callback number and location, and is in the call records', async () => {
    const parties = await numberedParties()
    const received = await emergencyCall(parties, '911')
    expect(received.callbackNumber).toContain(parties.number.slice(1))
    expect(received.location).toMatchObject({ streetNumber: '333', streetName: '520', city: 'Lindon', state: 'UT' })
    expect(await onlyRecord(parties)).toMatchObject({ termCallCategory: 'Emergency', dialedNumber: '911', callFlagType: 'ANSWERED' })
  })

  it('S0-75 S0-78: brings the location as PIDF-LO beside the session description, found by the Geolocation header (RFC 6442, RFC 5139)', async () => {
    const parties = await numberedParties()
    const received = await emergencyCall(parties, '911')
    const [session, place, ...more] = received.parts
    expect([session?.contentType, place?.contentType, more]).toEqual(['application/sdp', 'application/pidf+xml', []])
    expect(session?.body).toMatch(/^v=0\r\n[^]*\r\nm=audio \d+ RTP\/AVP /)
    expect(received).toMatchObject({ geolocation: `<cid:${place?.contentId}>`, geolocationRouting: 'yes', priority: 'emergency' })
    expect(received.assertedIdentity).toContain(`<sip:+${parties.number}@`)
    const elements = new Map([...(place?.body ?? '').matchAll(/<ca:(\w+)>([^<]*)</g)].map(([, name = '', value = '']) => [name, value]))
    expect(Object.fromEntries(elements)).toMatchObject({ country: 'US', A1: 'UT', A3: 'Lindon', PRD: 'S', RD: '520', HNO: '333' })
    expect(place?.body).toMatch(/entity="pres:\+1\d{10}@/)
    expect(place?.body).toMatch(/<gml:pos>4\d\.\d+ -11\d\.\d+<\/gml:pos>/)
  })

  it('S1-95: uses the emergency number of the line before the caller id of the user', async () => {
    const parties = await numberedParties()
    const ofTheLine = await parties.account.addNumber()
    done(await parties.account.http.patch(`${parties.account.path}/deviceline/${parties.caller.login.lineId}`, { emergencyNumber: ofTheLine }))
    expect((await emergencyCall(parties, '911')).callbackNumber).toContain(ofTheLine.slice(1))
  })

  it('S1-95: falls back to the caller id of the user', async () => {
    const parties = await numberedParties()
    expect((await emergencyCall(parties, '933')).callbackNumber).toContain(parties.number.slice(1))
  })

  it('S0-78: works for a user without any number', async () => {
    const parties = await makeTwoParties(tenant)
    await answeredCall(parties, '911')
    expect(await onlyRecord(parties)).toMatchObject({ termCallCategory: 'Emergency', callFlagType: 'ANSWERED' })
  })

  it('S0-78: works from an account that is suspended, where nothing else does (C-58)', async () => {
    const parties = await numberedParties()
    done(await parties.account.http.patch(parties.account.path, { status: 'SUSPENDED' }))
    await emergencyCall(parties, '911')
    const phone = await ScriptedPhone.open(parties.server, parties.caller.login)
    phones.push(phone)
    const ordinary = await phone.call('12125550199')
    expect(await ordinary.finalStatus()).toBeGreaterThanOrEqual(400)
  })

  it('933 is the verification service: categorised as such and free', async () => {
    const parties = await numberedParties()
    await emergencyCall(parties, '933')
    expect(await onlyRecord(parties)).toMatchObject({ termCallCategory: 'EmergencyServicesVerification', rateType: 'Free' })
  })
})
