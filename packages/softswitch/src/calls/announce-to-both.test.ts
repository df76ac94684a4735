import { ManualTime } from '@dialtone/foundation'
import type { MediaSession } from '@dialtone/media'
import { describe, expect, it } from 'vitest'
import { prompt } from '../services/phrase.ts'
import { announceToBoth } from './announce-to-both.ts'
import type { CallContext } from './call-context.ts'

const WORDS_MS = 1_600
const ENDS_IN_MS = 7_000

/** As much of a call as is looked at: two who talk, and words that come when they are given. */
function talk() {
  const time = new ManualTime()
  const given: (() => void)[] = []
  const clips = [{ kind: 'silence', durationMs: WORDS_MS }] as const
  const services = { clipsOf: () => new Promise((resolve) => given.push(() => resolve(clips))) }
  const call = {
    state: { sessionId: 'one', phase: 'talking' },
    needs: { clock: time, timers: time, services, directory: { snapshotOf: () => undefined } },
  } as unknown as CallContext
  const said: number[] = []
  const session = { joinMix: () => ({ ok: true }), announceInMix: () => said.push(time.nowMs()), leaveMix: () => undefined } as unknown as MediaSession
  return { time, call, session, said, give: () => given.splice(0).forEach((each) => each()) }
}

const flushed = () => new Promise((resolve) => setImmediate(resolve))

describe('words that have to be over with the call', () => {
  it.each([0, 2_000])('end in its last second when they came %i ms after they were asked for, and are told of when they begin', async (lateMs) => {
    const { time, call, session, said, give } = talk()
    const beganAtMs = time.nowMs()
    const begun: number[] = []
    const account = { accountId: 'a', partitionId: 'p' }
    const told = announceToBoth(call, session, {
      ...{ phrases: [prompt('minutes-used-up')], account, part: { kind: 'absent' }, endsInMs: ENDS_IN_MS },
      onBegun: () => begun.push(time.nowMs() - beganAtMs),
    })
    time.advance(lateMs)
    give()
    await flushed()
    time.advance(ENDS_IN_MS - WORDS_MS - lateMs)
    await flushed()
    expect([begun, said.map((atMs) => atMs - beganAtMs)]).toEqual([[ENDS_IN_MS - WORDS_MS], [ENDS_IN_MS - WORDS_MS]])
    time.advance(WORDS_MS)
    expect(await told).toBe(true)
  })
})
