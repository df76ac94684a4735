import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { eventually, pause } from './eventually.ts'
import { Baresip } from './phones/baresip.ts'
import { hearAtLast } from './phones/hear.ts'
import { isAbsent } from './phones/program-present.ts'
import { dominantTone } from './phones/tone.ts'
import { CALLEE_HZ, CALLER_HZ, makeScriptedPhones, makeTwoParties, TONES_HZ, type TwoParties } from './phones/two-parties.ts'
import { done } from './tenant.ts'

const WAV_HEADER_BYTES = 44
const BEEP_HZ = 1400

interface Recording {
  readonly id: string
  readonly callRecordId: string
  readonly durationSeconds: number
}

let parties: TwoParties
const phones: Baresip[] = []

beforeAll(async () => {
  parties = await makeTwoParties()
})
afterEach(async () => {
  await Promise.all(phones.splice(0).map((phone) => phone.stop()))
})

const settings = (body: object) => parties.account.http.put(`${parties.account.path}/call-recording-settings`, body)
const recordings = async (query = '') => done(await parties.account.http.get<readonly Recording[]>(`${parties.account.path}/call-recording${query}`))

/** A call of the two, in which both say their tone for so long. */
async function talk(dialed: string, talkMs: number): Promise<void> {
  const caller = await Baresip.start(parties.server, parties.caller.login, { toneHz: CALLER_HZ })
  const callee = await Baresip.start(parties.server, parties.callee.login, { toneHz: CALLEE_HZ })
  phones.push(caller, callee)
  await Promise.all([caller.registered(), callee.registered()])
  await caller.dial(`sip:${dialed}@dialtone.local`)
  if (dialed === parties.callee.extension) {
    await callee.saw('CALL_INCOMING')
    await callee.accept()
  }
  await caller.saw('CALL_ESTABLISHED')
  await pause(talkMs)
  if (dialed === parties.callee.extension) await hearAtLast([caller, CALLEE_HZ], [callee, CALLER_HZ])
  await caller.hangUp()
  await caller.saw('CALL_CLOSED')
}

/** What a side of a recording says in its last two seconds, or those that end there: 0 the caller, 1 the called. */
function toneOf(file: Uint8Array, side: 0 | 1, endFrame?: number): number | undefined {
  return dominantTone(samplesOf(file, side).subarray(0, endFrame).subarray(-16_000), TONES_HZ)
}

/** The loudest sample of a side in its last second. */
function loudestOf(file: Uint8Array, side: 0 | 1): number {
  return samplesOf(file, side)
    .subarray(-8_000)
    .reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)
}

function samplesOf(file: Uint8Array, side: 0 | 1): Int16Array {
  const view = new DataView(file.buffer, file.byteOffset + WAV_HEADER_BYTES)
  return Int16Array.from({ length: Math.floor(view.byteLength / 4) }, (_unused, index) => view.getInt16(index * 4 + side * 2, true))
}

describe.skipIf(isAbsent('baresip'))('recorded calls', () => {
  it('of a selected user: both are told, both sides are kept in one file, found by the call record, and deleted', async () => {
    done(await settings({ mode: 'SELECTED', userIds: [parties.callee.userId], announce: true, retentionDays: 7 }))
    await talk(parties.callee.extension, 9_000)
    const [recording] = await eventually('the recording', 15_000, async () => {
      const found = await recordings()
      return found.length > 0 ? found : undefined
    })
    await eventually('the record it belongs to', 15_000, async () =>
      (await parties.account.callRecords()).some((record) => record.id === recording?.callRecordId) ? true : undefined,
    )
    // The announcement comes first.
    expect(recording?.durationSeconds).toBeGreaterThan(3)
    expect(recording?.durationSeconds).toBeLessThan(8.5)
    const item = `${parties.account.path}/call-recording/${recording?.id ?? ''}`
    const file = await parties.account.http.getBytes(`${item}/content`)
    expect([toneOf(file, 0), toneOf(file, 1)]).toEqual([CALLER_HZ, CALLEE_HZ])
    expect(await recordings(`?callRecordId=${recording?.callRecordId ?? ''}`)).toHaveLength(1)
    expect((await parties.account.http.delete(item)).status).toBe(204)
    expect(await recordings()).toEqual([])
  })

  it('are not those of others, nor calls for help', async () => {
    done(await settings({ mode: 'SELECTED', userIds: [], announce: false }))
    await talk(parties.callee.extension, 2_500)
    done(await settings({ mode: 'ALL', announce: false }))
    await talk('933', 2_500)
    await talk(parties.callee.extension, 2_500)
    await eventually('one recording', 15_000, async () => ((await recordings()).length > 0 ? true : undefined))
    await pause(1_500)
    expect(await recordings()).toHaveLength(1)
  })
})

/** A call that goes on, and what is asked about it. */
const liveCall = async () => done(await parties.account.http.get<{ results: readonly { id: string }[] }>(`${parties.account.path}/calls`)).results[0]?.id ?? ''
const record = async (id: string, action: string) => (await parties.account.http.post(`${parties.account.path}/calls/${id}/record`, { action })).status

describe('a call that is recorded on demand', () => {
  it('begins when both were told, is silent while paused, ends when told so, and is kept; never of 911', async () => {
    done(await settings({ mode: 'OFF' }))
    const before = (await recordings()).length
    const [caller, callee] = await makeScriptedPhones(parties)
    const call = await caller.call(parties.callee.extension, { toneHz: CALLER_HZ })
    const answering = await callee.nextCall()
    await answering.answer(CALLEE_HZ)
    expect(await call.finalStatus()).toBe(200)
    const id = await liveCall()
    expect([await record(id, 'STOP'), await record(id, 'START')]).toEqual([400, 204])
    expect(await record(id, 'START'), 'it is being announced').toBe(400)
    await pause(4_500)
    expect(await record(id, 'PAUSE')).toBe(204)
    await pause(2_500)
    expect(await record(id, 'STOP')).toBe(204)
    const [recording] = await eventually('the recording', 10_000, async () => {
      const found = await recordings()
      return found.length > before ? found : undefined
    })
    expect(recording?.durationSeconds).toBeGreaterThan(3)
    const file = await parties.account.http.getBytes(`${parties.account.path}/call-recording/${recording?.id ?? ''}/content`)
    expect([toneOf(file, 0, 24_000), toneOf(file, 1, 24_000)], 'its first seconds').toEqual([CALLER_HZ, CALLEE_HZ])
    expect([loudestOf(file, 0), loudestOf(file, 1)], 'its last second').toEqual([0, 0])
    await call.hangUp()
    const help = await caller.call('911')
    expect(await help.finalStatus()).toBe(200)
    expect(await record(await liveCall(), 'START')).toBe(400)
    await help.hangUp()
    for (const phone of [caller, callee]) phone.close()
  })
})

/** The last recording, which is one more than there were before, and its sound. */
async function newRecordingAfter(before: number): Promise<{ readonly recording: Recording | undefined; readonly file: Uint8Array }> {
  const [recording] = await eventually('the recording', 10_000, async () => {
    const found = await recordings()
    return found.length > before ? found : undefined
  })
  return { recording, file: await parties.account.http.getBytes(`${parties.account.path}/call-recording/${recording?.id ?? ''}/content`) }
}

describe('a call that is recorded by keys', () => {
  it('begins at *1, is silent from *2 to *2, and ends at *1, of whoever talks; both hear beeps, and the other party none of the keys', async () => {
    done(await settings({ mode: 'OFF', keys: true, announce: false, beep: true }))
    const before = (await recordings()).length
    const [caller, callee] = await makeScriptedPhones(parties)
    const call = await caller.call(parties.callee.extension, { toneHz: CALLER_HZ })
    const answering = await callee.nextCall()
    await answering.answer(CALLEE_HZ)
    expect(await call.finalStatus()).toBe(200)
    const press = async (keys: string, pressedMs?: number) => {
      await answering.media?.press(answering.invite.body, keys, pressedMs)
      answering.media?.speak(answering.invite.body, CALLEE_HZ)
    }
    await press('*1')
    call.media.forget()
    await pause(2_500)
    await press('*2')
    await eventually('the beeps of the pause', 3_000, () => (call.media.heardOnce(BEEP_HZ) ? true : undefined))
    await pause(2_500)
    await press('*2')
    await pause(2_500)
    await press('*1')
    expect(call.media.keysHeard, 'what the other party hears of it').toBe('')
    await press('*3')
    await eventually('keys that are for the other party', 5_000, () => (call.media.keysHeard === '*3' ? true : undefined))
    await press('7', 600)
    await eventually('a key as long as it was pressed', 5_000, () => (call.media.keyLengthsMs.at(-1) === 600 ? true : undefined))
    expect([call.media.keysHeard, call.media.keyLengthsMs]).toEqual(['*37', [80, 80, 600]])
    const { recording, file } = await newRecordingAfter(before)
    expect(recording?.durationSeconds).toBeGreaterThan(6.5)
    expect([toneOf(file, 0, 16_000), toneOf(file, 1, 16_000)], 'its first two seconds').toEqual([CALLER_HZ, CALLEE_HZ])
    const frames = samplesOf(file, 0)
    const silent = Array.from({ length: Math.floor(frames.length / 4_000) }, (_unused, half) =>
      frames.subarray(half * 4_000, half * 4_000 + 4_000).every((sample) => sample === 0),
    )
    expect(silent.filter(Boolean).length, 'half seconds of silence').toBeGreaterThanOrEqual(2)
    expect(toneOf(file, 0, frames.length - 4_000), 'after it went on').toBe(CALLER_HZ)
    expect(silent.at(-2), 'after it went on').toBe(false)
    await call.hangUp()
    const [kept] = await eventually('the call record', 10_000, async () => {
      const found = (await parties.account.callRecords()).filter(({ id }) => id === recording?.callRecordId)
      return found.length > 0 ? found : undefined
    })
    expect(kept?.callFlagType).toBe('ANSWERED')
    for (const phone of [caller, callee]) phone.close()
  })

  it('by rules: of a hunt group always, of a user never, not even on demand', async () => {
    const { account } = parties
    const hunt = { name: 'Sales', extension: '4100', strategy: 'SIMULTANEOUS', members: [{ userId: parties.callee.userId }] }
    const { id: groupId } = done(await account.http.post<{ id: string }>(`${account.path}/hunt-group`, hunt))
    const before = (await recordings()).length
    const [caller, callee] = await makeScriptedPhones(parties)
    const ask = async (target: string, rule: object, during: (id: string) => Promise<void>) => {
      done(await settings({ mode: 'OFF', announce: false, rules: [rule] }))
      const call = await caller.call(target, { toneHz: CALLER_HZ })
      await (await callee.nextCall()).answer(CALLEE_HZ)
      expect(await call.finalStatus()).toBe(200)
      await during(await liveCall())
      expect(await call.hangUp()).toBe(200)
    }
    const always = { type: 'HUNT_GROUP', id: groupId, record: 'ALWAYS' }
    await ask(parties.callee.extension, always, async (id) => expect(await record(id, 'STOP'), 'not recorded').toBe(400))
    await ask('4100', always, async () => pause(1_500))
    await newRecordingAfter(before)
    const never = { type: 'END_USER', id: parties.callee.userId, record: 'NEVER' }
    await ask('4100', never, async (id) => expect(await record(id, 'START')).toBe(400))
    expect(await recordings()).toHaveLength(before + 1)
    for (const phone of [caller, callee]) phone.close()
  })
})
