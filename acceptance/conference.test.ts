import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { expectRecords } from './call-records.ts'
import { eventually, pause } from './eventually.ts'
import { Baresip } from './phones/baresip.ts'
import type { OutgoingPhoneCall } from './phones/phone-call.ts'
import { isAbsent } from './phones/program-present.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { type Account, done, type SipLogin, Tenant } from './tenant.ts'

/** A tone for each who takes part, far from each other's harmonics. */
const TONES_HZ = [440, 620, 1000, 1700] as const
const [ANN_HZ, BOB_HZ, CARL_HZ] = TONES_HZ
/** What tells that somebody comes, and leaves. */
const COMING_HZ = 880
const LEAVING_HZ = 587
const ROOM = '4500'
const PIN = '2468'

let tenant: Tenant
const phones: ScriptedPhone[] = []
const baresips: Baresip[] = []

beforeAll(async () => {
  tenant = await Tenant.logIn()
})

afterEach(async () => {
  for (const phone of phones.splice(0)) phone.close()
  await Promise.all(baresips.splice(0).map((phone) => phone.stop()))
})

async function makeRoom(body: Readonly<Record<string, unknown>>): Promise<{ account: Account; logins: readonly SipLogin[]; roomId: string }> {
  const account = await tenant.createAccount()
  const logins: SipLogin[] = []
  for (const extension of ['4000', '4001', '4002', '4003']) logins.push(await account.createLine((await account.createUser(extension)).userId))
  const room = done(await account.http.post<{ id: string }>(`${account.path}/conference-room`, { name: 'Monday', extension: ROOM, ...body }))
  return { account, logins, roomId: room.id }
}

async function phoneOf(login: SipLogin | undefined): Promise<ScriptedPhone> {
  if (login === undefined) throw new Error('no login')
  const phone = await ScriptedPhone.open(tenant.platform, login)
  phones.push(phone)
  await phone.register()
  return phone
}

/** Calls the room and says the PIN, if there is one, then speaks. */
async function comeIn(phone: ScriptedPhone, target: string, toneHz: number, pin = ''): Promise<OutgoingPhoneCall> {
  const call = await phone.call(target, { toneHz })
  expect(await call.finalStatus()).toBe(200)
  const sdp = call.final?.body ?? ''
  if (pin === '') return call
  await call.media.press(sdp, `${pin}#`)
  call.media.speak(sdp, toneHz)
  return call
}

async function hears(call: OutgoingPhoneCall, tonesHz: readonly number[], timeoutMs = 10_000): Promise<void> {
  await eventually(
    () => `to hear ${tonesHz.join(' and ')} Hz, not ${call.media.tonesHeard(TONES_HZ).join(' and ')}`,
    timeoutMs,
    () => (JSON.stringify(call.media.tonesHeard(TONES_HZ)) === JSON.stringify(tonesHz) ? true : undefined),
  )
}

describe('a conference room by its extension', () => {
  it.skipIf(isAbsent('baresip'))('lets in who knows the PIN: each hears all but himself, tones tell who comes and leaves, one record a leg', async () => {
    const { account, logins } = await makeRoom({ pin: PIN })
    const [ann, bob] = [await phoneOf(logins[0]), await phoneOf(logins[1])]
    const carl = await Baresip.start(tenant.platform, logins[2] ?? { sipUsername: '', sipPassword: '' }, { toneHz: CARL_HZ })
    baresips.push(carl)
    await carl.registered()
    const first = await comeIn(ann, ROOM, ANN_HZ, PIN)
    // Alone: words, then music.
    await eventually('music', 10_000, () => (first.media.packetsHeard > 300 ? true : undefined))
    first.media.forget()
    const second = await comeIn(bob, ROOM, BOB_HZ, PIN)
    await hears(first, [BOB_HZ])
    await hears(second, [ANN_HZ])
    await eventually('the tone of who comes', 3_000, () => (first.media.heardOnce(COMING_HZ) ? true : undefined))
    await carl.dial(`sip:${ROOM}@dialtone.local`)
    await carl.saw('CALL_ESTABLISHED')
    for (const key of `${PIN}#`) {
      await carl.command('sndcode', key)
      await pause(400)
    }
    await hears(first, [BOB_HZ, CARL_HZ])
    await hears(second, [ANN_HZ, CARL_HZ])
    first.media.forget()
    await pause(1_500)
    await carl.hangUp()
    await hears(first, [BOB_HZ])
    await eventually('the tone of who leaves', 3_000, () => (first.media.heardOnce(LEAVING_HZ) ? true : undefined))
    expect(carl.lastTonesHeard(TONES_HZ)).toEqual([ANN_HZ, BOB_HZ])
    expect(await second.hangUp()).toBe(200)
    await hears(first, [])
    expect(await first.hangUp()).toBe(200)
    const records = await expectRecords(account, ['ANSWERED', 'ANSWERED', 'ANSWERED'])
    expect(records.every((record) => record.dialedNumber === ROOM && record.termCallCategory === 'OnNet' && record.cost === 0)).toBe(true)
  })

  it('has no room for one more than it may hold; when one has left there is', async () => {
    const { account, logins } = await makeRoom({ maxParties: 2, entryTone: false })
    const [ann, bob, carl] = [await phoneOf(logins[0]), await phoneOf(logins[1]), await phoneOf(logins[2])]
    const first = await comeIn(ann, ROOM, ANN_HZ)
    const second = await comeIn(bob, ROOM, BOB_HZ)
    await hears(first, [BOB_HZ])
    const turnedAway = await comeIn(carl, ROOM, CARL_HZ)
    await turnedAway.ended(15_000)
    expect(first.media.tonesHeard(TONES_HZ)).toEqual([BOB_HZ])
    expect(await second.hangUp()).toBe(200)
    const third = await comeIn(carl, ROOM, CARL_HZ)
    await hears(first, [CARL_HZ])
    await hears(third, [ANN_HZ])
    expect(await first.hangUp()).toBe(200)
    expect(await third.hangUp()).toBe(200)
    await expectRecords(account, ['ANSWERED', 'ANSWERED', 'ANSWERED', 'ANSWERED'])
  })

  it('turns away who does not know the PIN, and is found behind a number too; explain says where the call goes', async () => {
    const { account, logins, roomId } = await makeRoom({ pin: PIN })
    const number = await account.addNumber()
    done(await account.http.patch(`${account.path}/telephonenumber/${number}`, { referenceType: 'CONFERENCE_ROOM', referenceId: roomId }))
    const guesser = await comeIn(await phoneOf(logins[0]), ROOM, ANN_HZ, '1111')
    const friend = await comeIn(await phoneOf(logins[1]), number, BOB_HZ, PIN)
    for (const pin of ['2222', '3333']) {
      await pause(2_500)
      await guesser.media.press(guesser.final?.body ?? '', `${pin}#`)
    }
    await guesser.ended(20_000)
    expect(friend.endedBy).toBeUndefined()
    expect(await friend.hangUp()).toBe(200)
    const explained = done(
      await account.http.post<{ decisions: readonly { steps: readonly { rule: string }[] }[] }>(`${tenant.path}/routing/explain`, {
        from: logins[0]?.sipUsername,
        to: ROOM,
        accountId: account.id,
      }),
    )
    expect(JSON.stringify(explained)).toContain('the caller is asked for the PIN')
    expect(JSON.stringify(explained)).not.toContain(PIN)
  })
})
