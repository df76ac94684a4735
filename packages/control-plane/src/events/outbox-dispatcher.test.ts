import { ManualTime, ok, silentLogger } from '@dialtone/foundation'
import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SYSTEM_ACTOR } from '../access/index.ts'
import { type EventSubscriber, type OutboxDispatcher, startOutboxDispatcher, write } from './index.ts'

/** Longer than the wait after a failure. */
const RETRY_MS = 2_000

let platform: TestControlPlane
let time: ManualTime
let dispatcher: OutboxDispatcher | undefined

beforeEach(async () => {
  // The platform's own dispatcher gets timers that never fire: only the one under test takes from the outbox.
  platform = await startTestControlPlane({ timers: new ManualTime(0) })
  await platform.plane.settled()
  time = new ManualTime(platform.time.nowMs())
})
afterEach(async () => {
  await dispatcher?.stop()
  await platform.stop()
})

function start(...subscribers: readonly EventSubscriber[]): OutboxDispatcher {
  dispatcher = startOutboxDispatcher({ database: platform.plane.context.database, subscribers, timers: time, clock: time, logger: silentLogger })
  return dispatcher
}

/** Commits events without waking the platform's own dispatcher. */
async function commit(...names: readonly string[]): Promise<void> {
  const context = { ...platform.plane.context, changes: { committed: () => Promise.resolve() } }
  await write(context, SYSTEM_ACTOR, (change) => {
    for (const name of names) change.emit({ type: 'test.happened', partitionId: platform.partitionId, accountId: undefined, data: { name } })
    return Promise.resolve(ok(undefined))
  })
}

function recorder(): { seen: unknown[]; subscriber: EventSubscriber } {
  const seen: unknown[] = []
  return { seen, subscriber: { name: 'recorder', handle: (event) => Promise.resolve(void seen.push(event.data['name'])) } }
}

describe('the outbox', () => {
  it('hands every committed event to every subscriber, in order, once when all goes well', async () => {
    const [one, two] = [recorder(), recorder()]
    await commit('a', 'b')
    await commit('c')
    const outbox = start(one.subscriber, two.subscriber)
    await outbox.settled()
    await outbox.settled()
    expect([one.seen, two.seen]).toEqual([
      ['a', 'b', 'c'],
      ['a', 'b', 'c'],
    ])
  })

  it('at least once: an event that a subscriber failed on comes again after a while, and nothing overtakes it', async () => {
    const { seen, subscriber } = recorder()
    let failures = 2
    const unsteady: EventSubscriber = {
      name: 'unsteady',
      handle: (event) => (event.data['name'] === 'b' && failures-- > 0 ? Promise.reject(new Error('not now')) : subscriber.handle(event)),
    }
    await commit('a', 'b', 'c')
    const outbox = start(unsteady)
    await outbox.settled()
    expect(seen).toEqual(['a'])
    time.advance(RETRY_MS)
    await outbox.settled()
    expect(seen).toEqual(['a', 'b', 'c'])
    const { sql } = platform.plane.context.database
    expect(await sql.selectFrom('event_outbox').select('id').where('dispatched_at', 'is', null).execute()).toEqual([])
  })

  it('one event that a subscriber fails with for a minute is passed over, and holds up nobody else’s any longer', async () => {
    const { seen, subscriber } = recorder()
    const broken: EventSubscriber = {
      name: 'broken',
      handle: (event) => (event.data['name'] === 'b' ? Promise.reject(new Error('a defect')) : subscriber.handle(event)),
    }
    await commit('a', 'b', 'c')
    const outbox = start(broken)
    for (let failures = 0; failures < 30; failures++) {
      await outbox.settled()
      expect(seen).toEqual(['a'])
      time.advance(RETRY_MS)
    }
    await outbox.settled()
    expect(seen).toEqual(['a', 'c'])
    const { sql } = platform.plane.context.database
    expect(await sql.selectFrom('event_outbox').select('id').where('dispatched_at', 'is', null).execute()).toEqual([])
  })

  it('what was not handed out before a stop comes after the next start', async () => {
    const { seen, subscriber } = recorder()
    await commit('a')
    const first = start({ name: 'broken', handle: () => Promise.reject(new Error('down')) })
    await first.settled()
    await first.stop()
    await start(subscriber).settled()
    expect(seen).toEqual(['a'])
  })

  it('a kick is enough to look again', async () => {
    const { seen, subscriber } = recorder()
    const outbox = start(subscriber)
    await outbox.settled()
    await commit('later')
    outbox.kick()
    await outbox.settled()
    expect(seen).toEqual(['later'])
  })

  it('a refused change leaves no event', async () => {
    const { seen, subscriber } = recorder()
    const refused = await write(platform.plane.context, SYSTEM_ACTOR, (change) => {
      change.emit({ type: 'test.happened', partitionId: platform.partitionId, accountId: undefined, data: { name: 'never' } })
      return Promise.resolve({ ok: false, error: { code: 'No', status: 400, message: 'no' } })
    })
    expect(refused).toMatchObject({ ok: false, error: { code: 'No' } })
    await start(subscriber).settled()
    expect(seen).toEqual([])
  })
})
