/*
 * Music on hold, of our own: a calm progression of 24 bars in C, chords below plucked notes, and a sparse melody in the second half. It ends where it begins,
 * so that it loops. Everything lies between 200 and 2,000 Hz, where telephones are good, and nothing in it is random.
 */

const RATE_HZ = 8_000
const BAR_SECONDS = 3
const BEATS = 8
const A4_HZ = 440
const A4 = 69
/** Peak of the loudest sample: about -20 dBm0 on average, softer than speech. */
const PEAK = 9_000

/** The chords by their notes (MIDI), a bar each. */
const [C, AM, F, G, EM, DM] = [
  [60, 64, 67, 72],
  [57, 64, 69, 72],
  [57, 60, 65, 72],
  [59, 62, 67, 74],
  [59, 64, 67, 71],
  [57, 62, 65, 69],
]
const BARS = [C, AM, F, G, C, EM, F, G, AM, EM, F, C, DM, AM, F, G, C, AM, DM, G, F, EM, DM, G]
const PATTERN = [0, 2, 1, 3, 2, 1, 3, 2]
/** Notes of the melody: bar, beat, note. */
const MELODY = [
  [8, 0, 76],
  [8, 4, 72],
  [9, 0, 74],
  [9, 5, 71],
  [10, 0, 72],
  [10, 4, 69],
  [11, 0, 67],
  [12, 0, 69],
  [12, 4, 74],
  [13, 0, 72],
  [13, 5, 76],
  [14, 0, 77],
  [14, 4, 76],
  [15, 0, 74],
  [18, 2, 77],
  [18, 6, 74],
  [19, 2, 71],
  [20, 0, 72],
  [20, 4, 76],
  [21, 0, 74],
  [22, 0, 72],
  [22, 4, 69],
  [23, 0, 71],
] as const

/** 72 seconds at 8000 Hz. */
export function holdMusic(): Int16Array {
  const music = new Float64Array(BARS.length * BAR_SECONDS * RATE_HZ)
  for (const [bar, chord] of BARS.entries()) {
    for (const note of chord ?? []) pad(music, bar * BAR_SECONDS, note)
    for (const [beat, index] of PATTERN.entries()) pluck(music, at(bar, beat), (chord?.[index] ?? A4) + 12, 0.5, 1.2)
  }
  for (const [bar, beat, note] of MELODY) pluck(music, at(bar, beat), note, 0.9, 2.4)
  const peak = music.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  return Int16Array.from(music, (value) => Math.round((value / peak) * PEAK))
}

function at(bar: number, beat: number): number {
  return bar * BAR_SECONDS + (beat * BAR_SECONDS) / BEATS
}

/** A soft chord note that comes and goes with its bar, reaching into the next. */
function pad(music: Float64Array, start: number, note: number): void {
  const seconds = BAR_SECONDS * 1.25
  add(music, start, seconds, (time) => {
    const envelope = Math.sin((Math.PI * time) / seconds) ** 2
    return 0.22 * envelope * (wave(note, time) + 0.25 * wave(note + 12, time))
  })
}

/** A note that is struck and fades, with two overtones that fade faster. */
function pluck(music: Float64Array, start: number, note: number, level: number, seconds: number): void {
  add(music, start, seconds, (time) => {
    const attack = Math.min(1, time / 0.008)
    const release = Math.min(1, (seconds - time) / 0.1)
    const overtones = 0.35 * Math.exp(-time * 5) * wave(note + 12, time) + 0.12 * Math.exp(-time * 9) * wave(note + 19, time)
    return level * attack * release * Math.exp(-time * 2.6) * (wave(note, time) + overtones)
  })
}

/** What reaches behind the end sounds at the beginning: the loop has no seam. */
function add(music: Float64Array, start: number, seconds: number, sound: (time: number) => number): void {
  const first = Math.round(start * RATE_HZ)
  for (let index = 0; index < seconds * RATE_HZ; index++) {
    const place = (first + index) % music.length
    music[place] = (music[place] ?? 0) + sound(index / RATE_HZ)
  }
}

function wave(note: number, time: number): number {
  return Math.sin(2 * Math.PI * A4_HZ * 2 ** ((note - A4) / 12) * time)
}
