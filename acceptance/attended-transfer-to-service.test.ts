import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { eventually, pause } from './eventually.ts'
import type { IncomingPhoneCall, OutgoingPhoneCall } from './phones/phone-call.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { statusOf } from './phones/sip-text.ts'
import { dominantTone } from './phones/tone.ts'
import { type Account, type CallRecord, done, type Identified, Tenant } from './tenant.ts'

/** Who transfers, who is transferred, and who is there already. */
const TONES_HZ = [440, 620, 1_000] as const
const [ANN_HZ, BOB_HZ, CAROL_HZ] = TONES_HZ
const [ANN, BOB, CAROL, DAVE] = ['4000', '4001', '4002', '4003']
const [QUEUE, ROOM, PAGE, SPOT] = ['4100', '4500', '4900', '701']
/** The greeting of the platform and its tone are over by then. */
const GREETING_MS = 9_000
const WAV_HEADER_BYTES = 44

let tenant: Tenant
let account: Account
let ann: ScriptedPhone
let bob: ScriptedPhone
let carol: ScriptedPhone
let boxOfDave: string
const phones: ScriptedPhone[] = []

beforeAll(async () => {
  tenant = await Tenant.logIn()
  account = await tenant.createAccount()
  const people = [await account.createUser(ANN), await account.createUser(BOB), await account.createUser(CAROL)]
  const logins = await Promise.all(people.map(({ userId }) => account.createLine(userId)))
  ;[ann, bob, carol] = (await Promise.all(
    logins.map(async (login) => {
      const phone = await ScriptedPhone.open(tenant.platform, login)
      phones.push(phone)
      expect(statusOf(await phone.register())).toBe(200)
      return phone
    }),
  )) as [ScriptedPhone, ScriptedPhone, ScriptedPhone]
  const { http, path } = account
  done(await http.post(`${path}/conference-room`, { name: 'Monday', extension: ROOM, entryTone: false }))
  done(await http.post(`${path}/call-queue`, { name: 'Support', extension: QUEUE, agents: [{ userId: people[2]?.userId }] }))
  const group = done(await http.post<Identified>(`${path}/group`, { name: 'Hall', type: 'DEVICE', subType: 'PAGING_DEVICE', memberIds: [logins[2]?.lineId] }))
  done(await http.post(`${path}/grouppaging`, { name: 'Hall', type: 'STANDARD', extension: PAGE, groupIds: [group.id] }))
  done(await http.post(`${path}/callpark`, { name: 'Lobby', spotNumber: SPOT }))
  const dave = await account.createUser(DAVE, {}, 'kept')
  boxOfDave = done(await http.get<{ voicemailBoxId: string }>(`${path}/user/${dave.userId}`)).voicemailBoxId
})

afterEach(async () => {
  await eventually('no call is left', 10_000, async () => {
    const { results } = done(await account.http.get<{ results: readonly unknown[] }>(`${account.path}/calls`))
    return results.length === 0 ? true : undefined
  })
})

afterAll(() => {
  for (const phone of phones) phone.close()
})

async function hears(call: Pick<IncomingPhoneCall, 'media'>, ...tonesHz: readonly number[]): Promise<void> {
  const heard = (): readonly number[] => call.media?.tonesHeard(TONES_HZ) ?? []
  await eventually(
    () => `to hear ${tonesHz.join(' and ')} Hz, not ${heard().join(' and ')}`,
    10_000,
    () => (JSON.stringify(heard()) === JSON.stringify(tonesHz) ? true : undefined),
  )
}

async function calls(phone: ScriptedPhone, target: string, toneHz: number): Promise<OutgoingPhoneCall> {
  const call = await phone.call(target, { toneHz })
  expect(await call.finalStatus()).toBe(200)
  return call
}

/** Ann talks to bob, and holds him. */
async function annHoldsBob(): Promise<{ readonly first: OutgoingPhoneCall; readonly held: IncomingPhoneCall }> {
  const first = await ann.call(BOB, { toneHz: ANN_HZ })
  const held = await bob.nextCall()
  await held.answer(BOB_HZ)
  expect(await first.finalStatus()).toBe(200)
  await hears(held, ANN_HZ)
  expect(await first.offer('sendonly')).toBe(200)
  return { first, held }
}

/** Ann gives bob her place in the other call (RFC 5589 7): both her calls are over. */
async function gives(first: OutgoingPhoneCall, consultation: OutgoingPhoneCall, dialed: string): Promise<void> {
  const referTo = `<sip:${dialed}@dialtone.local?Replaces=${encodeURIComponent(consultation.replaces)}>`
  const accepted = await first.request('REFER', [
    ['Refer-To', referTo],
    ['Contact', ann.contact],
  ])
  expect(statusOf(accepted)).toBe(202)
  await eventually(
    () => `NOTIFY of 200, not ${first.notifies.map(({ body }) => body).join()}`,
    8_000,
    () => (first.notifies.at(-1)?.body.startsWith('SIP/2.0 200') === true ? true : undefined),
  )
  await consultation.ended()
  expect(await first.hangUp()).toBe(200)
}

/** Those of the calls that began here, by what was dialed. */
async function records(before: number, dialed: readonly string[]): Promise<readonly CallRecord[]> {
  await eventually(`${dialed.length} records`, 10_000, async () => ((await account.callRecords()).length >= before + dialed.length ? true : undefined))
  await pause(700)
  const made = (await account.callRecords()).slice(before)
  expect(made.map(({ dialedNumber, callFlagType }) => `${dialedNumber} ${callFlagType}`).toSorted()).toEqual(
    dialed.map((number) => `${number} ANSWERED`).toSorted(),
  )
  for (const record of made) expect(record).toMatchObject({ callType: 'OUTBOUND', cost: 0, disconnectType: expect.any(String) as string })
  return made
}

const count = async () => (await account.callRecords()).length

describe('attended transfer to who talks to the platform itself (RFC 3891, RFC 5589 7)', () => {
  it('a conference room: the transferee is in it in place of the transferor, and all hear each other', async () => {
    const before = await count()
    const inRoom = await calls(carol, ROOM, CAROL_HZ)
    const { first, held } = await annHoldsBob()
    const consultation = await calls(ann, ROOM, ANN_HZ)
    await hears(inRoom, ANN_HZ)
    await gives(first, consultation, ROOM)
    await hears(inRoom, BOB_HZ)
    await hears(held, CAROL_HZ)
    expect(await held.hangUp()).toBe(200)
    await hears(inRoom)
    expect(await inRoom.hangUp()).toBe(200)
    await records(before, [ROOM, ROOM, BOB])
  })

  it('a page: the phones hear the transferee, and are hung up with him', async () => {
    const before = await count()
    const { first, held } = await annHoldsBob()
    const consultation = await ann.call(PAGE, { toneHz: ANN_HZ })
    const page = await carol.nextCall()
    await page.answer(CAROL_HZ)
    expect(await consultation.finalStatus()).toBe(200)
    await hears(page, ANN_HZ)
    await gives(first, consultation, PAGE)
    await hears(page, BOB_HZ)
    expect(await held.hangUp()).toBe(200)
    await page.ended()
    await records(before, [PAGE, BOB])
  })

  it('a queue: the transferee waits in the place of the transferor, and the agent is shown who he is', async () => {
    const before = await count()
    const elsewhere = await calls(carol, ROOM, CAROL_HZ)
    const { first, held } = await annHoldsBob()
    const consultation = await calls(ann, QUEUE, ANN_HZ)
    await gives(first, consultation, QUEUE)
    held.media?.forget()
    await eventually('the music of the queue', 8_000, () => ((held.media?.packetsHeard ?? 0) > 50 ? true : undefined))
    expect(await elsewhere.hangUp()).toBe(200)
    const offered = await carol.nextCall(15_000)
    expect(offered.from).toContain(BOB)
    await offered.answer(CAROL_HZ)
    await hears(offered, BOB_HZ)
    await hears(held, CAROL_HZ)
    expect(await held.hangUp()).toBe(200)
    await offered.ended()
    await records(before, [ROOM, QUEUE, BOB])
  })

  it.each([
    ['rings', 'the agent answers the transferee', false],
    ['has answered', 'the two talk on', true],
  ] as const)('a queue whose agent %s: %s', async (_when, _then, hasAnswered) => {
    const before = await count()
    const { first, held } = await annHoldsBob()
    const consultation = await calls(ann, QUEUE, ANN_HZ)
    const offered = await carol.nextCall(15_000)
    if (hasAnswered) {
      await offered.answer(CAROL_HZ)
      await hears(offered, ANN_HZ)
    } else offered.ring()
    await gives(first, consultation, QUEUE)
    if (!hasAnswered) await offered.answer(CAROL_HZ)
    await hears(offered, BOB_HZ)
    await hears(held, CAROL_HZ)
    expect(await offered.hangUp()).toBe(200)
    await held.ended()
    await records(before, [QUEUE, BOB])
  })

  it('a voicemail box: what the transferee says is the message', async () => {
    const before = await count()
    const { first, held } = await annHoldsBob()
    const consultation = await calls(ann, DAVE, ANN_HZ)
    await gives(first, consultation, DAVE)
    await pause(GREETING_MS + 2_000)
    expect(await held.hangUp()).toBe(200)
    const messages = `${account.path}/voicemailbox/${boxOfDave}/voicemailmessage`
    const message = await eventually(
      'the message',
      8_000,
      async () => done(await account.http.get<readonly (Identified & { fromNumber: string })[]>(messages))[0],
    )
    expect(message.fromNumber).toBe(BOB)
    const sound = await account.http.getBytes(`${messages}/${message.id}/content_2`)
    const samples = new Int16Array(sound.buffer.slice(sound.byteOffset + WAV_HEADER_BYTES, sound.byteOffset + sound.length - (sound.length % 2)))
    expect(dominantTone(samples, TONES_HZ)).toBe(BOB_HZ)
    await records(before, [DAVE, BOB])
  })

  it('a parking spot that the transferor has fetched somebody from: the two talk', async () => {
    const before = await count()
    const parked = await carol.call(ANN, { toneHz: CAROL_HZ })
    const atAnn = await ann.nextCall()
    await atAnn.answer(ANN_HZ)
    const parking = [
      ['Refer-To', `<sip:${SPOT}@dialtone.local>`],
      ['Contact', ann.contact],
    ] as const
    expect(statusOf(await atAnn.request('REFER', parking))).toBe(202)
    await eventually('to be parked', 8_000, () => (atAnn.notifies.at(-1)?.body.startsWith('SIP/2.0 200') === true ? true : undefined))
    expect(await atAnn.hangUp()).toBe(200)
    const { first, held } = await annHoldsBob()
    const consultation = await calls(ann, SPOT, ANN_HZ)
    await hears(consultation, CAROL_HZ)
    await gives(first, consultation, SPOT)
    await hears(held, CAROL_HZ)
    await hears(parked, BOB_HZ)
    expect(await held.hangUp()).toBe(200)
    await parked.ended()
    await records(before, [ANN, SPOT, BOB])
  })
})
