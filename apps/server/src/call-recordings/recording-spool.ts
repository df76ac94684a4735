import { createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FinishedRecording } from '@dialtone/control-plane'
import type { Logger, Result, Timer, Timers } from '@dialtone/foundation'
import { type MediaSide, wavHeader } from '@dialtone/media'
import type { CallRecorder, NewRecording } from '@dialtone/softswitch'
import { StereoTrack } from './stereo-track.ts'

const HEADER_BYTES = 44
const BYTES_PER_MS = 32
/** What a disk that does not keep up makes wait, of one recording: a quarter of an hour. What comes then is lost, and said to be. */
const MAX_WAITING_BYTES = 30_000_000
const RETRY_MS = 60_000
const NAME = /^([0-9a-f-]{36})\.json$/

export interface RecordingSpoolNeeds {
  readonly directory: string
  readonly timers: Timers
  readonly logger: Logger
  /** Takes a finished recording for good; rejects when it should be tried again later. */
  readonly keep: (recording: FinishedRecording, content: AsyncIterable<Uint8Array>) => Promise<Result<undefined, { readonly code: string }>>
}

interface OpenRecording {
  readonly facts: NewRecording
  readonly track: StereoTrack
  readonly file: Promise<FileHandle>
  /** Everything written so far. */
  written: Promise<void>
  waitingBytes: number
  isBehind: boolean
}

/** Recordings on this machine's disk while their calls go on: written as they come, so that what was said is there after whatever ends the switch. */
export class RecordingSpool implements CallRecorder {
  readonly #needs: RecordingSpoolNeeds
  readonly #open = new Map<string, OpenRecording>()
  readonly #finishing = new Set<Promise<void>>()
  #retry: Timer | undefined
  #isStopped = false

  constructor(needs: RecordingSpoolNeeds) {
    this.#needs = needs
  }

  begin(facts: NewRecording): void {
    const file = this.#create(facts)
    // Told of when something is written.
    file.catch(() => undefined)
    this.#open.set(facts.recordingId, { facts, track: new StereoTrack(), file, written: Promise.resolve(), waitingBytes: 0, isBehind: false })
  }

  write(recordingId: string, side: MediaSide, pcm: Uint8Array): void {
    const recording = this.#open.get(recordingId)
    if (recording !== undefined) this.#append(recording, recording.track.take(side, pcm))
  }

  end(recordingId: string): void {
    const recording = this.#open.get(recordingId)
    if (recording === undefined) return
    this.#append(recording, recording.track.rest())
    const finishing = recording.written
      .then(async () => (await recording.file).close())
      .catch((error: unknown) => this.#needs.logger.error('a recording could not be written', { recordingId, error: String(error) }))
      .then(() => this.#open.delete(recordingId))
      .then(() => this.#deliver(recording.facts))
      .finally(() => this.#finishing.delete(finishing))
    this.#finishing.add(finishing)
  }

  /** What a switch left behind that is no more, and what could not be kept before. */
  async recover(): Promise<void> {
    await mkdir(this.#needs.directory, { recursive: true, mode: 0o700 })
    for (const name of await readdir(this.#needs.directory)) {
      const id = NAME.exec(name)?.[1]
      if (id === undefined || this.#open.has(id)) continue
      const facts = await readFacts(join(this.#needs.directory, name))
      if (facts?.recordingId === id) await this.#deliver(facts)
      else this.#needs.logger.error('what a recording was of cannot be read', { recordingId: id })
    }
  }

  /** Resolves when everything that has ended is kept, or waits for the next start. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#retry?.cancel()
    await Promise.all(this.#finishing)
  }

  async #create(facts: NewRecording): Promise<FileHandle> {
    await mkdir(this.#needs.directory, { recursive: true, mode: 0o700 })
    const file = await open(this.#path(facts.recordingId, 'wav'), 'wx', 0o600)
    await file.writeFile(wavHeader(0, 2))
    await writeFile(this.#path(facts.recordingId, 'json'), JSON.stringify(facts), { mode: 0o600 })
    return file
  }

  #append(recording: OpenRecording, bytes: Uint8Array): void {
    if (bytes.length === 0) return
    if (recording.waitingBytes > MAX_WAITING_BYTES) {
      if (!recording.isBehind) this.#needs.logger.error('the disk does not keep up with a recording', { recordingId: recording.facts.recordingId })
      recording.isBehind = true
      return
    }
    recording.waitingBytes += bytes.length
    recording.written = recording.written.then(async () => {
      await (await recording.file).appendFile(bytes)
      recording.waitingBytes -= bytes.length
    })
    // Told of at the end.
    recording.written.catch(() => undefined)
  }

  /** The length into its header, then to the store; files of the spool go when it is there. */
  async #deliver(facts: NewRecording): Promise<void> {
    const { logger, keep } = this.#needs
    const { recordingId } = facts
    const path = this.#path(recordingId, 'wav')
    try {
      const bytes = Math.max(0, ((await stat(path).catch(() => undefined))?.size ?? 0) - HEADER_BYTES) & ~3
      if (bytes > 0) {
        const file = await open(path, 'r+')
        await file.write(wavHeader(bytes, 2), 0, HEADER_BYTES, 0)
        await file.truncate(HEADER_BYTES + bytes)
        await file.close()
        const kept = await keep({ ...facts, durationMs: bytes / BYTES_PER_MS }, createReadStream(path))
        if (!kept.ok) logger.error('a recording cannot be kept', { recordingId, code: kept.error.code })
      }
      await rm(path, { force: true })
      await rm(this.#path(recordingId, 'json'), { force: true })
    } catch (error) {
      logger.warn('a recording could not be kept yet', { recordingId, error: String(error) })
      if (this.#isStopped) return
      this.#retry?.cancel()
      this.#retry = this.#needs.timers.start(
        RETRY_MS,
        () => void this.recover().catch((failure: unknown) => logger.error('recordings wait still', { error: String(failure) })),
      )
    }
  }

  #path(recordingId: string, extension: 'wav' | 'json'): string {
    return join(this.#needs.directory, `${recordingId}.${extension}`)
  }
}

async function readFacts(path: string): Promise<NewRecording | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as NewRecording
  } catch {
    return undefined
  }
}
