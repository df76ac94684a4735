import { setImmediate } from 'node:timers/promises'
import { silentLogger } from '@dialtone/foundation'
import { wavHeader, wavOf } from '@dialtone/media'
import { afterEach, describe, expect, it } from 'vitest'
import { drawPaper, tiffOf } from '../../../../interop/fax/paper.ts'
import { SideThread } from './side-thread.ts'

const threads: SideThread[] = []
afterEach(() => Promise.all(threads.splice(0).map((thread) => thread.close())))

function newThread(): SideThread {
  const thread = new SideThread('test', silentLogger)
  threads.push(thread)
  return thread
}

/** A WAV file of 16-bit PCM at 16 kHz: all of it has to be filtered. */
function longSound(seconds: number): Uint8Array {
  const bytes = Buffer.concat([wavHeader(seconds * 32_000), Buffer.alloc(seconds * 32_000, 1)])
  bytes.writeUInt32LE(16_000, 24)
  return bytes
}

describe('a side thread', () => {
  it('reads sounds and documents', async () => {
    const thread = newThread()
    const samples = new Int16Array(8).fill(100)
    const sound = await thread.ask('sound', wavOf([new Uint8Array(samples.buffer)]))
    expect(sound?.ok === true ? [...new Int16Array(sound.value)] : sound).toEqual([...samples])
    expect(await thread.ask('sound', Buffer.from('RIFF'))).toMatchObject({ ok: false, error: { code: 'NotWav' } })
    expect(await thread.ask('speech', wavOf([new Uint8Array(16_000)]))).toMatchObject({ ok: false, error: { code: 'EmptyWav' } })
    const document = tiffOf([drawPaper(30), drawPaper(12)])
    expect(await thread.ask('faxPageCount', document)).toEqual({ ok: true, value: 2 })
    const fax = await thread.ask('fax', document)
    expect(fax?.ok === true ? fax.value.map(({ rows }) => rows) : fax).toEqual([30, 12])
  })

  it('lets the thread that asks go on meanwhile', async () => {
    const thread = newThread()
    await thread.ask('sound', longSound(1))
    let turns = 0
    let isDone = false
    const reading = thread.ask('sound', longSound(60)).then(() => (isDone = true))
    while (!isDone) {
      await setImmediate()
      turns++
    }
    await reading
    // Read here it would be done in one.
    expect(turns).toBeGreaterThan(100)
  })

  it('takes no more than it can hold, answers what fails, and what waits when it ends', async () => {
    const thread = newThread()
    const answers = Array.from({ length: 20 }, () => thread.ask('faxPageCount', Buffer.from('%PDF')))
    expect((await Promise.all(answers)).map((answer) => answer?.ok)).toEqual([...Array.from({ length: 16 }, () => false), ...Array.from({ length: 4 })])
    expect(await thread.ask('no such work' as 'fax', Buffer.alloc(0))).toBeUndefined()
    expect(await thread.ask('faxPageCount', Buffer.from('%PDF'))).toMatchObject({ ok: false })
    const cutOff = thread.ask('sound', longSound(60))
    await thread.close()
    expect([await cutOff, await thread.ask('sound', longSound(1))]).toEqual([undefined, undefined])
  })

  it('that died is begun anew with the next question', async () => {
    const thread = newThread()
    expect(await thread.ask('die' as 'fax', Buffer.alloc(0))).toBeUndefined()
    expect(await thread.ask('faxPageCount', Buffer.from('%PDF'))).toMatchObject({ ok: false })
  })
})
