import { spawn } from 'node:child_process'
import type { Logger } from '@dialtone/foundation'
import type { PromptLanguage } from '@dialtone/media'
import type { VoiceConfig } from '../configuration/index.ts'

/** Who says it has hung; a text of 2000 characters takes a quarter of a second. */
const LONGEST_MS = 20_000
/** Ten minutes of 16-bit PCM at 22050 Hz. */
const LARGEST_BYTES = 26_000_000
/** Programs at once; and as many may wait as callers bear. */
const MAX_RUNNING = 2
const MAX_WAITING = 16

interface VoiceProgram extends VoiceConfig {
  readonly longestMs?: number | undefined
}

/** The voice of the platform. What it cannot say is told once in the log for each reason, and callers hear the rest. */
export class Voice {
  readonly #program: VoiceProgram | undefined
  readonly #logger: Logger
  readonly #toldReasons = new Set<string>()
  readonly #waiting: (() => void)[] = []
  #running = 0

  /** @param program undefined: nothing is said. `longestMs`: after which it has hung; default 20 s */
  constructor(program: VoiceProgram | undefined, logger: Logger) {
    this.#program = program
    this.#logger = logger
  }

  /** @returns a WAV file; undefined when there is no voice for the language, or its program fails */
  async say(text: string, language: PromptLanguage): Promise<Uint8Array | undefined> {
    const voice = this.#program?.voices[language]
    if (this.#program === undefined || voice === undefined) return undefined
    if (this.#running >= MAX_RUNNING) {
      if (this.#waiting.length >= MAX_WAITING) return this.#fail('too many texts wait to be said')
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
    this.#running++
    const [program = '', ...parameters] = this.#program.command.map((word) => word.replaceAll('{voice}', voice))
    const said = await run(program, parameters, { text, timeoutMs: this.#program.longestMs ?? LONGEST_MS })
    this.#running--
    this.#waiting.shift()?.()
    return typeof said === 'string' ? this.#fail(said) : said
  }

  #fail(reason: string): undefined {
    if (!this.#toldReasons.has(reason)) {
      this.#toldReasons.add(reason)
      this.#logger.warn('a text of a menu cannot be said: see DIALTONE_VOICE_COMMAND', { reason })
    }
    return undefined
  }
}

/** @returns what it wrote, or why there is nothing */
function run(
  program: string,
  parameters: readonly string[],
  { text, timeoutMs }: { readonly text: string; readonly timeoutMs: number },
): Promise<Uint8Array | string> {
  return new Promise((resolve) => {
    const child = spawn(program, parameters, { stdio: ['pipe', 'pipe', 'ignore'], timeout: timeoutMs, killSignal: 'SIGKILL', cwd: '/' })
    const pieces: Uint8Array[] = []
    let size = 0
    child.stdout.on('data', (piece: Buffer) => {
      size += piece.length
      if (size > LARGEST_BYTES) child.kill('SIGKILL')
      else pieces.push(piece)
    })
    child.on('error', (error: NodeJS.ErrnoException) => resolve(`${program}: ${error.code ?? error.message}`))
    child.on('close', (code, signal) => resolve(code === 0 ? Buffer.concat(pieces) : `${program} ended with ${signal ?? `code ${code ?? '?'}`}`))
    // One that ends without reading has said why by its code.
    child.stdin.on('error', () => undefined)
    child.stdin.end(text)
  })
}
