import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { err, ManualTime, newUuid, ok, silentLogger } from '@dialtone/foundation'
import type { FinishedRecording } from '@dialtone/control-plane'
import type { NewRecording } from '@dialtone/softswitch'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RecordingSpool } from './recording-spool.ts'

let directory: string
let time: ManualTime
const kept: { readonly recording: FinishedRecording; readonly file: Buffer }[] = []
let refusals: ('later' | 'never')[]

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dialtone-recordings-'))
  time = new ManualTime()
  kept.length = 0
  refusals = []
})
afterEach(() => rm(directory, { recursive: true, force: true }))

function spool(): RecordingSpool {
  return new RecordingSpool({
    directory,
    timers: time,
    logger: silentLogger,
    keep: async (recording, content) => {
      const refusal = refusals.shift()
      if (refusal === 'later') throw new Error('the database is away')
      if (refusal === 'never') return err({ code: 'EntityNotFound' })
      const pieces: Uint8Array[] = []
      for await (const piece of content) pieces.push(piece)
      kept.push({ recording, file: Buffer.concat(pieces) })
      return ok(undefined)
    },
  })
}

const facts = (): NewRecording => ({
  ...{ recordingId: newUuid(), sessionId: 's', partitionId: 'p', accountId: 'a', callRecordId: 'c' },
  ...{ startedAtMs: 1_000, callingNumber: '4000', calledNumber: '4001' },
})
const second = (value: number, samples = 8_000) => new Uint8Array(new Int16Array(samples).fill(value).buffer)
/** The samples of a side, 0 left and 1 right. */
const channel = (file: Buffer, side: 0 | 1) => Array.from({ length: (file.length - 44) / 4 }, (_unused, index) => file.readInt16LE(44 + index * 4 + side * 2))
const isAll = (samples: readonly number[], value: number) => samples.every((sample) => sample === value)

describe('the spool of recordings', () => {
  it('makes a stereo file of two tracks, the caller left; when one has ended it is silent', async () => {
    const recordings = spool()
    const one = facts()
    recordings.begin(one)
    for (let turn = 0; turn < 2; turn++) {
      recordings.write(one.recordingId, 'a', second(100))
      recordings.write(one.recordingId, 'b', second(200))
    }
    recordings.write(one.recordingId, 'b', second(200, 4_000))
    recordings.end(one.recordingId)
    await recordings.stop()
    const [{ recording, file } = { recording: undefined, file: Buffer.alloc(0) }] = kept
    expect(recording).toMatchObject({ callRecordId: 'c', durationMs: 2_500 })
    expect([file.toString('latin1', 0, 4), file.readUInt16LE(22), file.readUInt32LE(40)]).toEqual(['RIFF', 2, file.length - 44])
    expect(isAll(channel(file, 0).slice(0, 16_000), 100) && isAll(channel(file, 0).slice(16_000), 0)).toBe(true)
    expect(isAll(channel(file, 1), 200)).toBe(true)
    expect(await readdir(directory)).toEqual([])
  })

  it('has what was said until the last second after the process is gone', async () => {
    const one = facts()
    const gone = spool()
    gone.begin(one)
    for (const side of ['a', 'b'] as const) gone.write(one.recordingId, side, second(300))
    await expect.poll(async () => (await readdir(directory)).length).toBe(2)
    const after = spool()
    await expect
      .poll(async () => {
        await after.recover()
        return kept.length
      })
      .toBe(1)
    expect(kept[0]?.recording).toMatchObject({ recordingId: one.recordingId, sessionId: 's' })
    gone.end(one.recordingId)
    await gone.stop()
  })

  it('tries again when it could not be kept, and lets go of what never can be', async () => {
    refusals = ['later']
    const recordings = spool()
    const one = facts()
    recordings.begin(one)
    recordings.write(one.recordingId, 'a', second(1))
    recordings.write(one.recordingId, 'b', second(1))
    recordings.end(one.recordingId)
    await expect.poll(() => refusals.length).toBe(0)
    expect((await readdir(directory)).length).toBe(2)
    await expect
      .poll(() => {
        time.advance(60_000)
        return kept.length
      })
      .toBe(1)
    await recordings.stop()
    refusals = ['never']
    const other = spool()
    const two = facts()
    other.begin(two)
    other.write(two.recordingId, 'a', second(1))
    other.end(two.recordingId)
    await other.stop()
    expect(await readdir(directory)).toEqual([])
  })

  it('keeps nothing of a call in which nobody said anything, and knows no recording it was not told of', async () => {
    const recordings = spool()
    const one = facts()
    recordings.begin(one)
    recordings.write('somebody-else', 'a', second(1))
    recordings.end(one.recordingId)
    recordings.end(one.recordingId)
    await recordings.stop()
    expect([kept.length, await readdir(directory)]).toEqual([0, []])
  })
})
