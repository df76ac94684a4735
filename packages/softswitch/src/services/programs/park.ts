import type { ServiceOrder } from '@dialtone/call-routing'
import { prompt, soundsOf } from '../phrase.ts'
import { HANG_UP } from '../service-program.ts'
import type { ServiceProgram } from '../service-program.ts'

/** How long the phones ring of who parked it. */
const RETURN_RING_MS = 30_000
/** Somebody whom nobody fetches does not wait longer. */
const LONGEST_WAIT_MS = 3_600_000

/** Music until somebody fetches the caller. Whoever parked it is rung after the time of the spot, then it goes where the spot leads, or waits on for as long (S0-59). */
export function* park({ spot, returnTo }: Extract<ServiceOrder, { kind: 'park' }>): ServiceProgram {
  const roundMs = Math.max(1, spot.timeoutSeconds) * 1000
  yield { kind: 'music', phrases: spot.music.length === 0 ? [prompt('system-hold-music')] : soundsOf(spot.music) }
  for (let waitedMs = 0; waitedMs < LONGEST_WAIT_MS; waitedMs += roundMs) {
    yield { kind: 'pause', durationMs: roundMs }
    if (returnTo !== undefined) yield { kind: 'ring', to: returnTo, timeoutMs: RETURN_RING_MS }
    if (spot.overflow !== undefined) return { kind: 'go', to: spot.overflow }
  }
  yield { kind: 'play', phrases: [prompt('not-available-now')], interruptedBy: '' }
  return HANG_UP
}

/** Who dialed the spot hears where the other party of its call waits. */
export function* parkOther({ spot, call }: Extract<ServiceOrder, { kind: 'park-other' }>): ServiceProgram {
  const { isDone } = yield { kind: 'send-on', ...call, dialed: spot.spotNumber }
  const words = isDone === true ? [prompt('parked-at'), { kind: 'digits', digits: spot.spotNumber } as const] : [prompt('not-available-now')]
  yield { kind: 'play', phrases: [{ kind: 'silence', durationMs: 200 }, ...words], interruptedBy: '' }
  return HANG_UP
}
