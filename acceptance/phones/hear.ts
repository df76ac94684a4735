import { eventually } from '../eventually.ts'
import { TONES_HZ } from './two-parties.ts'

/** What tells a tone from others as soon as it has heard enough of it. */
interface Ear {
  toneHeard(candidatesHz: readonly number[]): number | undefined
}

/** What records what it hears, from which the last second can be told. */
interface Recorder {
  lastToneHeard(candidatesHz: readonly number[]): number | undefined
}

const WITHIN_MS = 5_000
const A_RECORDING_WITHIN_MS = 10_000

/** Each of them hears the tone named beside it, and no other louder, within five seconds: packets have their time to come. */
export async function hear(...pairs: readonly (readonly [Ear | undefined, number])[]): Promise<void> {
  const heard = (): readonly (number | undefined)[] => pairs.map(([ear]) => ear?.toneHeard(TONES_HZ))
  await eventually(
    () => `to hear ${pairs.map(([, toneHz]) => toneHz).join(' and ')} Hz, not ${heard().join(' and ')}`,
    WITHIN_MS,
    () => (pairs.every(([, toneHz], index) => heard()[index] === toneHz) ? true : undefined),
  )
}

/** Each of them, in a call, hears the tone named beside it for a second, and no other louder, within ten: what connects them has its time. */
export async function hearAtLast(...pairs: readonly (readonly [Recorder, number])[]): Promise<void> {
  const heard = (): readonly (number | undefined)[] => pairs.map(([recorder]) => recorder.lastToneHeard(TONES_HZ))
  await eventually(
    () => `to hear ${pairs.map(([, toneHz]) => toneHz).join(' and ')} Hz, not ${heard().join(' and ')}`,
    A_RECORDING_WITHIN_MS,
    () => (pairs.every(([, toneHz], index) => heard()[index] === toneHz) ? true : undefined),
  )
}
