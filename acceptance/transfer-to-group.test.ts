import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventually, pause } from './eventually.ts'
import type { Baresip } from './phones/baresip.ts'
import { hearAtLast } from './phones/hear.ts'
import { PhoneRack } from './phones/phone-rack.ts'
import { isAbsent } from './phones/program-present.ts'
import { CALLEE_HZ, CALLER_HZ, makeTwoParties, PSTN_HZ, TONES_HZ, type TwoParties } from './phones/two-parties.ts'
import { done, type Identified, type SipLogin } from './tenant.ts'

const ROOM = '4600'
const PAGE = '4900'
const SPOT = '701'
const THIRD_HZ = PSTN_HZ

let parties: TwoParties
let third: SipLogin
const phones = new PhoneRack(() => parties.server)

beforeEach(async () => {
  parties = await makeTwoParties()
  const { account } = parties
  const { http, path } = account
  const user = await account.createUser('4002')
  third = await account.createLine(user.userId)
  done(await http.post(`${path}/conference-room`, { name: 'Monday', extension: ROOM }))
  done(await http.post(`${path}/callpark`, { name: 'Lobby', spotNumber: SPOT }))
  const group = done(await http.post<Identified>(`${path}/group`, { name: 'Phones', type: 'DEVICE', subType: 'PAGING_DEVICE', memberIds: [third.lineId] }))
  done(await http.post(`${path}/grouppaging`, { name: 'All', type: 'STANDARD', extension: PAGE, groupIds: [group.id] }))
})

afterEach(() => phones.takeDown())

/** Two talk; whoever was called, or the interface, sends the caller there. */
async function sentTo(dialed: string, by: 'a phone' | 'the interface'): Promise<Baresip> {
  const stays = await phones.baresip(parties.caller.login, CALLER_HZ)
  const leaves = await phones.baresip(parties.callee.login, CALLEE_HZ)
  await stays.dial(`sip:${parties.callee.extension}@dialtone.local`)
  await leaves.saw('CALL_INCOMING')
  await leaves.accept()
  await Promise.all([stays.saw('CALL_ESTABLISHED'), leaves.saw('CALL_ESTABLISHED')])
  await pause(1_000)
  if (by === 'a phone') await leaves.command('transfer', `sip:${dialed}@dialtone.local`)
  else {
    const { http, path } = parties.account
    const { results } = done(await http.get<{ results: readonly { id: string; dialed: string }[] }>(`${path}/calls`))
    const call = results.find((one) => one.dialed === parties.callee.extension)
    expect((await http.post(`${path}/calls/${call?.id ?? ''}/transfer`, { to: dialed, transferee: 'CALLER' })).status).toBe(202)
  }
  await leaves.saw('CALL_CLOSED')
  return stays
}

const hears = (what: string, media: { toneHeard(candidates: readonly number[]): number | undefined } | undefined, toneHz: number) =>
  eventually(what, 10_000, () => (media?.toneHeard(TONES_HZ) === toneHz ? true : undefined))

async function expectAnswered(...dialed: readonly string[]): Promise<void> {
  const wanted = dialed.map((number) => `${number} ANSWERED`).toSorted()
  await eventually(`records of ${dialed.join(', ')}`, 10_000, async () => {
    const records = await parties.account.callRecords()
    return JSON.stringify(records.map(({ dialedNumber, callFlagType }) => `${dialedNumber} ${callFlagType}`).toSorted()) === JSON.stringify(wanted)
      ? true
      : undefined
  })
}

describe.skipIf(isAbsent('baresip'))('whoever is sent on to where several meet', () => {
  it.for(['a phone', 'the interface'] as const)('by %s: into a conference room, where all hear each other', async (by) => {
    const phone = await phones.scripted(third)
    const room = await phone.call(ROOM, { toneHz: THIRD_HZ })
    expect(await room.finalStatus()).toBe(200)
    const stays = await sentTo(ROOM, by)
    await hears('the one who was sent on', room.media, CALLER_HZ)
    await hearAtLast([stays, THIRD_HZ])
    await stays.hangUp()
    await room.hangUp()
    await expectAnswered(parties.callee.extension, ROOM, ROOM)
  })

  it.for(['a phone', 'the interface'] as const)('by %s: into a parking spot, from where he is fetched', async (by) => {
    const stays = await sentTo(SPOT, by)
    await pause(2_500)
    const phone = await phones.scripted(third)
    const fetched = await phone.call(SPOT, { toneHz: THIRD_HZ })
    expect(await fetched.finalStatus()).toBe(200)
    await hears('the one who was parked', fetched.media, CALLER_HZ)
    await hearAtLast([stays, THIRD_HZ])
    await fetched.hangUp()
    await stays.saw('CALL_CLOSED')
    const records = await eventually('the records', 10_000, async () => {
      const found = await parties.account.callRecords()
      return found.length >= 2 ? found : undefined
    })
    expect(records.filter(({ dialedNumber }) => dialedNumber === parties.callee.extension)).toMatchObject([{ callFlagType: 'ANSWERED' }])
    expect(records.filter(({ dialedNumber }) => dialedNumber === SPOT).map(({ callFlagType }) => callFlagType)).toContain('ANSWERED')
  })

  it.for(['a phone', 'the interface'] as const)('by %s: to a paging group, whose phones hear him', async (by) => {
    const phone = await phones.scripted(third)
    const stays = await sentTo(PAGE, by)
    const paged = await phone.nextCall()
    await paged.answer(THIRD_HZ)
    await hears('the one who was sent on', paged.media, CALLER_HZ)
    await stays.hangUp()
    await paged.ended()
    await expectAnswered(parties.callee.extension, PAGE)
  })
})
