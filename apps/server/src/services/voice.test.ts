import { describe, expect, it } from 'vitest'
import type { LogFields, Logger } from '@dialtone/foundation'
import { Voice } from './voice.ts'

const NODE = process.execPath
const VOICES = { 'en-US': 'anna', 'fr-CA': 'anne' }

function listening(): { readonly logger: Logger; readonly reasons: unknown[] } {
  const reasons: unknown[] = []
  const note = (_message: string, fields?: LogFields) => void reasons.push(fields?.['reason'])
  const logger: Logger = { debug: () => undefined, info: () => undefined, warn: note, error: note }
  return { logger, reasons }
}

const textOf = (bytes: Uint8Array | undefined): string | undefined => (bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8'))
/** A program that tells what it was asked. */
const ECHO = [NODE, '-e', 'process.stdin.on("data", (text) => process.stdout.write(process.argv[1] + ":" + text))', '{voice}']

describe('the voice', () => {
  it('gives the program the words and the voice of the language, and nothing to a shell', async () => {
    const { logger, reasons } = listening()
    const voice = new Voice({ command: ECHO, voices: VOICES }, logger)
    const text = 'Bienvenue $(id) "chez" `Acme`; {voice}'
    expect([textOf(await voice.say(text, 'fr-CA')), await voice.say(text, 'es-MX'), reasons]).toEqual([`anne:${text}`, undefined, []])
  })

  it.each([
    ['is not installed', ['no-such-voice-program'], 'no-such-voice-program: ENOENT'],
    ['fails', [NODE, '-e', 'process.exit(3)'], `${NODE} ended with code 3`],
    ['hangs', [NODE, '-e', 'setInterval(() => {}, 1000)'], `${NODE} ended with SIGKILL`],
    ['never ends to speak', [NODE, '-e', 'const more = () => process.stdout.write(Buffer.alloc(1_000_000), more); more()'], `${NODE} ended with SIGKILL`],
  ])('says nothing when the program %s, and tells why once', async (_how, command, reason) => {
    const { logger, reasons } = listening()
    const voice = new Voice({ command, voices: VOICES, longestMs: command.at(-1)?.includes('setInterval') === true ? 300 : undefined }, logger)
    expect([await voice.say('Hello', 'en-US'), await voice.say('Hello', 'en-US'), reasons]).toEqual([undefined, undefined, [reason]])
  })

  it('runs two programs at once, and lets no more wait than callers bear', async () => {
    const { logger, reasons } = listening()
    const voice = new Voice({ command: ECHO, voices: VOICES }, logger)
    const said = await Promise.all(Array.from({ length: 30 }, (_, index) => voice.say(String(index), 'en-US')))
    expect(said.map(textOf)).toEqual(Array.from({ length: 30 }, (_, index) => (index < 18 ? `anna:${index}` : undefined)))
    expect(reasons).toEqual(['too many texts wait to be said'])
  })

  it('without a program says nothing', async () => {
    expect(await new Voice(undefined, listening().logger).say('Hello', 'en-US')).toBeUndefined()
  })
})
