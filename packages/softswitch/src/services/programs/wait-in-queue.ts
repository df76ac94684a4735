import type { ServiceOrder } from '@dialtone/call-routing'
import { prompt, soundsOf } from '../phrase.ts'
import type { Phrase } from '../phrase.ts'
import { HANG_UP } from '../service-program.ts'
import type { ServiceEnd, ServiceProgram } from '../service-program.ts'

type Order = Extract<ServiceOrder, { kind: 'queue' }>

/** How often the line is looked at, and agents that were all taken are asked again. */
const LOOK_MS = 1_000

/** A caller waits for an agent: music, the position now and then, an agent as soon as one is free and it is its turn (S0-50). */
export function* waitInQueue({ queue, agents }: Order): ServiceProgram {
  const { music, announcesPosition, announcementIntervalSeconds, maxWaitSeconds, ringSeconds, overflow } = queue
  const end: ServiceEnd = overflow === undefined ? HANG_UP : { kind: 'go', to: overflow }
  let at = (yield { kind: 'join', queueId: queue.id, maxCallers: queue.maxCallers }).place
  if (at === undefined) return end
  const sound: readonly Phrase[] = music.length === 0 ? [prompt('system-hold-music')] : soundsOf(music)
  let announcedMs = -1
  while (at.waitedMs < maxWaitSeconds * 1000) {
    if (at.isNext) {
      if (announcedMs < 0) yield { kind: 'music', phrases: sound }
      announcedMs = Math.max(announcedMs, 0)
      yield { kind: 'ring', to: agents, timeoutMs: Math.min(ringSeconds, maxWaitSeconds) * 1000 }
    } else if (announcedMs < 0 || (announcesPosition && at.waitedMs - announcedMs >= announcementIntervalSeconds * 1000)) {
      announcedMs = at.waitedMs
      const words = announcesPosition ? [prompt('queue-hold'), prompt('queue-position'), { kind: 'number', value: at.place } as const] : [prompt('queue-hold')]
      yield { kind: 'play', phrases: words, interruptedBy: '' }
      yield { kind: 'music', phrases: sound }
    }
    yield { kind: 'key', timeoutMs: LOOK_MS }
    const now = yield { kind: 'look' }
    at = now.place ?? at
    // The last agent has gone home: waiting is of no use.
    if (now.isStaffed === false) break
  }
  if (overflow === undefined) yield { kind: 'play', phrases: [prompt('not-available-now')], interruptedBy: '' }
  return end
}
