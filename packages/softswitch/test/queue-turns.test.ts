import { afterEach, describe, expect, it } from 'vitest'
import type { ServiceDesk } from '../src/index.ts'
import { queueOfCarol } from './queue-of-carol.ts'
import { SwitchRig } from './switch-rig.ts'
import { LOCATION } from './switch-tenants.ts'

const QUEUE_NUMBER = '18015550109'
const MUSIC_HZ = 620
const ANNOUNCEMENT_HZ = 850
/** So long that no test hears its end. */
const ANNOUNCEMENT_MS = 600_000

let rig: SwitchRig

afterEach(() => rig.stop())

/** Carol and Bob are its agents. */
async function startQueue(announcementMs: number): Promise<void> {
  const services: ServiceDesk = {
    ask: () => Promise.resolve(undefined),
    clipsOf: (_tenant, phrases) =>
      Promise.resolve(
        phrases.flatMap((phrase) => {
          const tone = (frequencyHz: number, durationMs: number) => ({ kind: 'tone', frequenciesHz: [frequencyHz], durationMs }) as const
          if (phrase.kind !== 'prompt') return []
          if (phrase.promptId === 'system-hold-music') return [tone(MUSIC_HZ, 400)]
          return announcementMs > 0 && phrase.promptId === 'queue-hold' ? [tone(ANNOUNCEMENT_HZ, announcementMs)] : []
        }),
      ),
  }
  rig = await SwitchRig.start({ services })
  const { queues, ringGroups } = queueOfCarol({ offersCallback: false })
  const both = [...ringGroups].map(([id, group]) => [id, { ...group, members: [...group.members, { kind: 'user', id: 'bob' } as const] }] as const)
  const reference = { referenceType: 'CALL_QUEUE', referenceId: 'queue', operationalStatus: 'ACTIVE' } as const
  const number = { number: QUEUE_NUMBER, ...reference, callerName: 'Support', emergencyAddress: LOCATION }
  rig.furnish((account) => ({
    services: { ...account.services, queues, ringGroups: new Map(both) },
    numbers: new Map([...account.numbers, [QUEUE_NUMBER, number]]),
  }))
}

/** Somebody calls the queue. @returns when he hears that */
async function waits(number: string, frequencyHz: number): Promise<void> {
  const ear = await rig.ear()
  const call = rig.pstn.callIn(QUEUE_NUMBER, ear.description(), [['From', `<sip:+${number}@127.0.0.1>`]])
  ear.sing(440, (await call.saw('answered')).body)
  await ear.hears(frequencyHz)
}

/** In no time at all. */
async function atOnce<Value>(expected: Promise<Value>): Promise<Value> {
  let isThere = false
  void expected.then(() => (isThere = true))
  while (!isThere) {
    await new Promise((resolve) => setImmediate(resolve))
    rig.time.advance(0)
  }
  return expected
}

describe('callers of a queue get an agent as soon as one is there for each', () => {
  it.each([
    ['does not wait until it looks again', 0, MUSIC_HZ],
    ['does not hear the rest of its position', ANNOUNCEMENT_MS, ANNOUNCEMENT_HZ],
  ])('the second %s (S0-50)', async (_what, announcementMs, heardHz) => {
    await startQueue(announcementMs)
    await waits('16075551211', MUSIC_HZ)
    rig.time.advance(500)
    await waits('16075551212', heardHz)
    const [carol, bob] = [await rig.phone('carol-desk'), await rig.phone('bob-desk')]
    const calls = Promise.all([carol.nextCall(), bob.nextCall()])
    // The first looks now, a second after it came.
    rig.time.advance(500)
    const froms = (await atOnce(calls)).map(({ invite }) => invite.request.header('From'))
    expect(froms).toEqual([expect.stringContaining('16075551211'), expect.stringContaining('16075551212')])
  })
})
