import type { CallerIdentity, CallTarget, ServiceOrder } from '@dialtone/call-routing'
import { callbackDialed } from '../callback-dialed.ts'
import { prompt, soundsOf } from '../phrase.ts'
import type { Phrase } from '../phrase.ts'
import type { QueuePlace } from '../queue-board.ts'
import { HANG_UP } from '../service-program.ts'
import type { ServiceProgram } from '../service-program.ts'

type Order = Extract<ServiceOrder, { kind: 'queue' }>

/** How often the line is looked at, and agents that were all taken are asked again. */
const LOOK_MS = 1_000
const CALLBACK_KEY = '1'

/**
 * A caller waits for an agent: music, the position now and then, an agent as soon as one is free and it is its turn (S0-50).
 * @param who waits now: its place may be given to somebody else meanwhile
 */
export function* waitInQueue({ queue, agents }: Order, who: () => CallerIdentity, calledNumber: string): ServiceProgram {
  const { music, announcesPosition, announcementIntervalSeconds, maxWaitSeconds, ringSeconds, overflow } = queue
  let at = (yield { kind: 'join', queueId: queue.id, maxCallers: queue.maxCallers, callerNumber: who().number }).place
  if (at === undefined) return yield* leave(overflow)
  const sound: readonly Phrase[] = music.length === 0 ? [prompt('system-hold-music')] : soundsOf(music)
  const dialedBack = () => (queue.offersCallback ? callbackDialed(who()) : undefined)
  const offer = dialedBack() === undefined ? [] : [prompt('queue-callback-offer')]
  let announcedMs = -1
  let isOffered = offer.length === 0
  while (at.waitedMs < maxWaitSeconds * 1000) {
    if (at.isNext) {
      if (announcedMs < 0) yield { kind: 'music', phrases: sound }
      announcedMs = Math.max(announcedMs, 0)
      yield { kind: 'ring', to: agents, timeoutMs: Math.min(ringSeconds, maxWaitSeconds) * 1000 }
    }
    const isDue = announcedMs < 0 || (announcesPosition && at.waitedMs - announcedMs >= announcementIntervalSeconds * 1000)
    if (!isOffered || (!at.isNext && isDue)) {
      isOffered = true
      announcedMs = at.waitedMs
      const words = at.isNext ? offer : [...positionWords(announcesPosition, at), ...offer]
      const { key } = yield { kind: 'play', phrases: words, interruptedBy: offer.length === 0 ? '' : CALLBACK_KEY, untilTurn: true }
      const dialed = key === undefined ? undefined : dialedBack()
      if (dialed !== undefined) return yield* keepPlace(who(), calledNumber, dialed)
      yield { kind: 'music', phrases: sound }
    }
    const { key } = yield { kind: 'key', timeoutMs: LOOK_MS }
    const dialed = key === CALLBACK_KEY ? dialedBack() : undefined
    if (dialed !== undefined) return yield* keepPlace(who(), calledNumber, dialed)
    const now = yield { kind: 'look' }
    at = now.place ?? at
    // The last agent has gone home: waiting is of no use.
    if (now.isStaffed === false) break
  }
  return yield* leave(overflow)
}

function* leave(overflow: CallTarget | undefined): ServiceProgram {
  if (overflow !== undefined) return { kind: 'go', to: overflow }
  yield { kind: 'play', phrases: [prompt('not-available-now')], interruptedBy: '' }
  return HANG_UP
}

function positionWords(announcesPosition: boolean, { place }: QueuePlace): readonly Phrase[] {
  return announcesPosition ? [prompt('queue-hold'), prompt('queue-position'), { kind: 'number', value: place }] : [prompt('queue-hold')]
}

function* keepPlace(caller: CallerIdentity, calledNumber: string, dialed: string): ServiceProgram {
  yield { kind: 'callBack', caller, calledNumber, dialed }
  yield { kind: 'play', phrases: [prompt('queue-callback-confirmed')], interruptedBy: '' }
  return HANG_UP
}
