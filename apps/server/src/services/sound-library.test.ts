import { ok, silentLogger } from '@dialtone/foundation'
import { wavOf } from '@dialtone/media'
import type { FileStore } from '@dialtone/control-plane'
import { describe, expect, it } from 'vitest'
import { SoundLibrary } from './sound-library.ts'

/** Samples of one value each. */
function filesOf(sounds: Readonly<Record<string, number>>): { readonly store: FileStore; readonly opened: string[] } {
  const opened: string[] = []
  return {
    opened,
    store: {
      store: () => Promise.resolve(ok({ bytes: 0 })),
      remove: () => Promise.resolve(),
      open: async (name) => {
        opened.push(name)
        const value = sounds[name]
        return value === undefined ? undefined : pieces(wavOf([new Uint8Array(new Int16Array(8).fill(value).buffer)]))
      },
    },
  }
}

async function* pieces(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(bytes)
}

describe('the sound library', () => {
  it('reads a recording once, and another name as another sound', async () => {
    const { store, opened } = filesOf({ 'greeting/a': 100, 'greeting/b': 200 })
    const library = new SoundLibrary(store, silentLogger)
    const first = async (key: string) => {
      const [clip] = await library.clipsOf([{ kind: 'recording', key }], 'en-US')
      return clip?.kind === 'samples' ? new Int16Array(clip.samples)[0] : undefined
    }
    expect([await first('greeting/a'), await first('greeting/a'), await first('greeting/b')]).toEqual([100, 100, 200])
    expect(opened).toEqual(['greeting/a', 'greeting/b'])
  })

  it('leaves out what is not there: a caller hears the rest', async () => {
    const library = new SoundLibrary(filesOf({}).store, silentLogger)
    const beep = { kind: 'silence', durationMs: 20 } as const
    expect(await library.clipsOf([{ kind: 'recording', key: 'greeting/gone' }, beep], 'en-US')).toEqual([beep])
  })
})
