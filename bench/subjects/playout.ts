// The media engine of the server with so many announcements playing, all to one port. Parameters: streams, port of the ear, first and last RTP port.
import { setTimeout as wait } from 'node:timers/promises'
import { loadPrompts, type MediaEngine } from '@dialtone/media'
import { startMediaEngine } from './media-engine.ts'
import { phoneDescription } from './phone-description.ts'
import { answerQuestions, tellReady } from './serve-subject.ts'

export interface PlayoutQuestion {
  /** How long the main thread works without a pause, again and again; 0: it idles. */
  readonly busyMs: number
}

/** What is left for messages between two stretches of work. */
const PAUSE_MS = 5

const [streams = 0, earPort = 0, first = 0, last = 0] = process.argv.slice(2).map(Number)
const engine = await startMediaEngine({ first, last })
const music = (await loadPrompts('en-US')).get('system-hold-music')
if (music === undefined) throw new Error('no hold music')
for (let index = 0; index < streams; index++) await play(engine, index, music)
let busyMs = 0
answerQuestions((question) => {
  busyMs = (question as PlayoutQuestion).busyMs
  return {}
})
tellReady({})
for (;;) {
  work(busyMs)
  await wait(PAUSE_MS)
}

async function play(media: MediaEngine, index: number, samples: SharedArrayBuffer): Promise<void> {
  const opened = await media.openSession({ sessionId: `stream-${index}` })
  if (!opened.ok) throw new Error(opened.error.message)
  const answered = opened.value.answerLocally('a', phoneDescription(earPort))
  if (!answered.ok) throw new Error(answered.error.message)
  opened.value.play('a', { kind: 'clips', playId: 'music', clips: [{ kind: 'samples', samples }], loop: true })
}

/** Garbage of the kind an interface makes: texts and objects. */
function work(durationMs: number): void {
  const untilMs = performance.now() + durationMs
  while (performance.now() < untilMs) JSON.parse(JSON.stringify(Array.from({ length: 200 }, (_unused, index) => ({ index, text: `row ${index}` }))))
}
