import { ok, silentLogger } from '@dialtone/foundation'
import { wavOf } from '@dialtone/media'
import type { FileStore } from '@dialtone/control-plane'
import { afterAll, describe, expect, it } from 'vitest'
import { SideThread } from '../side-thread/index.ts'
import { SoundLibrary } from './sound-library.ts'

/** Samples of one value each. */
function filesOf(sounds: Readonly<Record<string, number>>): { readonly store: FileStore; readonly opened: string[] } {
  const opened: string[] = []
  return {
    opened,
    store: {
      spool: () => Promise.reject(new Error('is not asked')),
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

const thread = new SideThread('test', silentLogger)
afterAll(() => thread.close())

const silence = { kind: 'silence', durationMs: 20 } as const

/** A library of these sounds, whose voice says every text as samples of the text's length. */
function libraryOf(sounds: Readonly<Record<string, number>>, isMute = false) {
  const { store, opened } = filesOf(sounds)
  const said: string[] = []
  const voice = {
    say: async (text: string, language: string) => {
      said.push(`${language} ${text}`)
      return isMute ? undefined : wavOf([new Uint8Array(new Int16Array(800).fill(text.length * 100).buffer)])
    },
  }
  return { library: new SoundLibrary({ files: store, thread, voice, logger: silentLogger }), opened, said }
}

describe('the sound library', () => {
  it('reads a recording once, and another name as another sound', async () => {
    const { library, opened } = libraryOf({ 'greeting/a': 100, 'greeting/b': 200 })
    const first = async (key: string) => {
      const [clip] = await library.clipsOf([{ kind: 'recording', key }], 'en-US')
      return clip?.kind === 'samples' ? new Int16Array(clip.samples)[0] : undefined
    }
    expect([...(await Promise.all([first('greeting/a'), first('greeting/a')])), await first('greeting/a'), await first('greeting/b')]).toEqual([
      100, 100, 100, 200,
    ])
    expect(opened).toEqual(['greeting/a', 'greeting/b'])
  })

  it('has a text said once in each language, however many callers ask at once', async () => {
    const { library, said } = libraryOf({})
    const spoken = (language: string) => library.clipsOf([{ kind: 'text', text: 'Welcome' }], language)
    const [one, two] = await Promise.all([spoken('fr-CA'), spoken('fr-CA')])
    const again = await spoken('fr-CA')
    expect([one[0]?.kind, one, again]).toEqual(['samples', two, one])
    await spoken('es-MX')
    // What nobody has a prompt in is said in English.
    await spoken('de-DE')
    expect(said).toEqual(['fr-CA Welcome', 'es-MX Welcome', 'en-US Welcome'])
  })

  it('leaves out what is not there or cannot be said: a caller hears the rest', async () => {
    const { library } = libraryOf({}, true)
    expect(await library.clipsOf([{ kind: 'recording', key: 'greeting/gone' }, { kind: 'text', text: 'Welcome' }, silence], 'en-US')).toEqual([silence])
  })
})
