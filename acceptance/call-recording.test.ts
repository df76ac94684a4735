import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { eventually, pause } from './eventually.ts'
import { Baresip } from './phones/baresip.ts'
import { isAbsent } from './phones/program-present.ts'
import { dominantTone } from './phones/tone.ts'
import { CALLEE_HZ, CALLER_HZ, makeTwoParties, TONES_HZ, type TwoParties } from './phones/two-parties.ts'
import { done } from './tenant.ts'

const WAV_HEADER_BYTES = 44

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
  if (dialed === parties.callee.extension) {
    expect(caller.lastToneHeard(TONES_HZ)).toBe(CALLEE_HZ)
    expect(callee.lastToneHeard(TONES_HZ)).toBe(CALLER_HZ)
  }
  await caller.hangUp()
  await caller.saw('CALL_CLOSED')
}

/** What a side of a recording says in its last two seconds: 0 the caller, 1 the called. */
function toneOf(file: Uint8Array, side: 0 | 1): number | undefined {
  const view = new DataView(file.buffer, file.byteOffset + WAV_HEADER_BYTES)
  const frames = Math.floor(view.byteLength / 4)
  return dominantTone(Int16Array.from({ length: frames }, (_unused, index) => view.getInt16(index * 4 + side * 2, true)).subarray(-16_000), TONES_HZ)
}

describe.skipIf(isAbsent('baresip'))('recorded calls', () => {
  it('of a selected user: both are told, both sides are kept in one file, found by the call record, and deleted', async () => {
    done(await settings({ mode: 'SELECTED', userIds: [parties.callee.userId], announce: true, retentionDays: 7 }))
    await talk(parties.callee.extension, 9_000)
    const [recording] = await eventually('the recording', 15_000, async () => {
      const found = await recordings()
      return found.length > 0 ? found : undefined
    })
    const records = await parties.account.callRecords()
    expect(records.map((record) => record.id)).toContain(recording?.callRecordId)
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
