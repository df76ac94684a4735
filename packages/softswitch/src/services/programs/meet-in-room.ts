import type { RoutingConferenceRoom } from '@dialtone/call-routing'
import type { Tone } from '../mix-place.ts'
import { prompt, soundsOf } from '../phrase.ts'
import type { Phrase } from '../phrase.ts'
import { collectDigits, HANG_UP } from '../service-program.ts'
import type { ServiceProgram, ServiceReply, ServiceRequest } from '../service-program.ts'

const PIN_ATTEMPTS = 3
const LONGEST_PIN = 10
const KEY_TIMEOUT_MS = 5_000
/** Up for who comes, down for who leaves. */
const COMING: Tone = { kind: 'tone', frequenciesHz: [880], durationMs: 250 }
const LEAVING: Tone = { kind: 'tone', frequenciesHz: [587], durationMs: 250 }
const TALK = { kind: 'talk' } as const

/** A caller comes into a conference room: PIN, welcome, music while nobody else is there, then everybody hears everybody. Over when the caller hangs up. @param room undefined: it was deleted a moment ago */
export function* meetInRoom(room: RoutingConferenceRoom | undefined): ServiceProgram {
  if (room === undefined) return yield* apologize()
  if (room.pin !== undefined && !(yield* knowsPin(room.pin))) {
    yield { kind: 'play', phrases: [prompt('goodbye')], interruptedBy: '' }
    return HANG_UP
  }
  yield { kind: 'play', phrases: [prompt('conference-welcome')], interruptedBy: '' }
  let { parties } = yield { kind: 'enter', roomId: room.id, maxParties: room.maxParties }
  if (parties === undefined) {
    yield { kind: 'play', phrases: [prompt('conference-full')], interruptedBy: '' }
    return HANG_UP
  }
  const music: readonly Phrase[] = room.music.length === 0 ? [prompt('system-hold-music')] : soundsOf(room.music)
  const leaving = room.hasTones ? LEAVING : undefined
  // Who comes first has nobody to be told to.
  let coming = room.hasTones && parties > 1 ? COMING : undefined
  for (;;) {
    if (parties < 2) yield { kind: 'music', phrases: [prompt('conference-alone'), ...music] }
    else {
      const { isMixed } = yield { kind: 'mix', order: { mixId: `conference:${room.id}`, part: TALK, coming, leaving } }
      if (isMixed !== true) return yield* apologize()
    }
    coming = undefined
    ;({ parties = 1 } = yield { kind: 'await', parties })
  }
}

function* knowsPin(pin: string): Generator<ServiceRequest, boolean, ServiceReply> {
  for (let attempt = 0; attempt < PIN_ATTEMPTS; attempt++) {
    const before = attempt === 0 ? [] : [prompt('vm-pin-wrong')]
    if ((yield* collectDigits([...before, prompt('vm-enter-pin')], { max: LONGEST_PIN, timeoutMs: KEY_TIMEOUT_MS })) === pin) return true
  }
  yield { kind: 'play', phrases: [prompt('vm-pin-wrong')], interruptedBy: '' }
  return false
}

function* apologize(): ServiceProgram {
  yield { kind: 'play', phrases: [prompt('not-available-now')], interruptedBy: '' }
  return HANG_UP
}
